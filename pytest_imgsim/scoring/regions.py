"""The regions of a picture that changed, each with the score of its worst cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pytest_imgsim.pictures.changed import changed_boxes
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Mask
from pytest_imgsim.record import RegionScore
from pytest_imgsim.rect import Rect
from pytest_imgsim.scoring.cell_scores import Cell, CellScores
from pytest_imgsim.scoring.formula import DISTINCT_SCORE, reason
from pytest_imgsim.scoring.tiles import changed_frame

#: Regions of one picture that are kept; the worst are.
MAX_REGIONS = 20
#: Cells around one with a low score whose changes belong to its region.
DISTINCT_REACH = 2


def find_regions(pair: PicturePair, cells: CellScores) -> tuple[RegionScore, ...]:
    """Return the regions that changed, worst first, at most `MAX_REGIONS`.

    Parameters
    ----------
    pair : PicturePair
        Two pictures that differ.
    cells : CellScores
        Their scores.
    """
    distinct = _near_low_scores(cells)
    boxes = _parted(pair.changed, distinct, cells.stride) if distinct.any() else pair.boxes
    return worst_first(score_regions(boxes, cells))


def _parted(changed: Mask, distinct: Mask, stride: int) -> list[Rect]:
    """Return the boxes of what changed in some cells, and then of what changed elsewhere."""
    rows, columns = changed_frame(changed)
    inside = changed[rows, columns]
    for axis, side in enumerate((rows, columns)):
        distinct = distinct.take(np.arange(side.start, side.stop) // stride, axis)
    found = changed_boxes(inside & distinct) + changed_boxes(inside & ~distinct)
    return [Rect(r.x + columns.start, r.y + rows.start, r.width, r.height) for r in found]


def worst_first(regions: Iterable[RegionScore]) -> tuple[RegionScore, ...]:
    """Return the worst of some regions with a score, at most `MAX_REGIONS`."""
    return tuple(sorted(regions, key=_by_score)[:MAX_REGIONS])


def score_regions(rects: Sequence[Rect], cells: CellScores) -> list[RegionScore]:
    """Return rectangles as regions, each with the lowest score in or next to it.

    The lowest score of all goes to the nearest rectangle: the receptive field of the network can
    carry it some cells away from its cause.
    """
    worst = [cells.worst_near(rect) for rect in rects]
    row, column = cells.worst
    centre = (column + 0.5) * cells.stride, (row + 0.5) * cells.stride
    places = range(len(rects))
    nearest = min(places, key=lambda i: (_distance(rects[i], centre), cells.values[worst[i]]))
    worst[nearest] = row, column
    return [_region(rect, cells, cell) for rect, cell in zip(rects, worst, strict=True)]


def _by_score(region: RegionScore) -> float:
    return 0.0 if region.score is None else region.score


def _region(rect: Rect, cells: CellScores, cell: Cell) -> RegionScore:
    weight = float(cells.weights[cell])
    return RegionScore(
        rect.x,
        rect.y,
        rect.width,
        rect.height,
        float(cells.values[cell]),
        cosine=float(cells.cosines[cell]),
        weight=weight,
        reason=reason(weight),
    )


def _near_low_scores(cells: CellScores) -> Mask:
    """Return the cells, (h, w) bool, near one that scores below `DISTINCT_SCORE`."""
    reach = DISTINCT_REACH
    low = np.pad(cells.values < DISTINCT_SCORE, reach)
    height, width = cells.values.shape
    near = np.zeros((height, width), dtype=np.bool_)
    for down in range(2 * reach + 1):
        for across in range(2 * reach + 1):
            near |= low[down : down + height, across : across + width]
    return near


def _distance(rect: Rect, point: tuple[float, float]) -> float:
    """Return the squared distance of a point from a rectangle, in pixels."""
    across = max(rect.x - point[0], 0.0, point[0] - rect.right)
    down = max(rect.y - point[1], 0.0, point[1] - rect.bottom)
    return across**2 + down**2

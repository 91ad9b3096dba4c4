"""From two pictures of one size to two scores and the regions that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.changed import changed_boxes, changed_pixels, differing
from pytest_imgsim.pictures.picture import Mask, Picture, Pixels, opacity
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring import caret
from pytest_imgsim.scoring.cosine import CosineMap, Extractor
from pytest_imgsim.scoring.formula import scale_angles
from pytest_imgsim.scoring.pixel_evidence import pixel_evidence
from pytest_imgsim.scoring.pooled import pooled_similarity
from pytest_imgsim.scoring.same_renderer import same_renderer
from pytest_imgsim.scoring.tiles import ALIGNMENT, Tile, changed_frame, tiles

MAX_REGIONS = 20
#: How far a picture is seen beyond its edges, as in a mirror, in pixels.
MIRROR_PADDING = 8
#: How much more the angle between features counts where one machine drew both pictures.
SAME_RENDERER_GAIN = 2.0
#: Changes in cells less alike than this make regions of their own, so that noise around them,
#: which may cover the page, does not widen them.
DISTINCT_SCORE = 0.85

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Scores:
    """How alike two pictures of one size are.

    Parameters
    ----------
    score : float
        The smallest local cosine, in [-1, 1]; what a threshold judges.
    global_score : float
        The cosine of the pooled (2048,) vectors, in [-1, 1].
    regions : tuple of RegionScore
        Where they differ, worst first, at most 20.
    cells : CosineMap or None
        The local cosines; None where the pictures are equal, or differ by a text caret alone.
    """

    score: float
    global_score: float
    regions: tuple[RegionScore, ...]
    cells: CosineMap | None = field(default=None, compare=False)


def compare(actual: Picture, baseline: Picture, extractor: Extractor) -> Scores:
    """Score two pictures of one size.

    Colours and, where either picture is transparent, opacity are scored in the same way;
    the lower of the two counts.

    Parameters
    ----------
    actual, baseline : Picture
        Pictures of one size.
    extractor : Extractor
        The model.

    Returns
    -------
    Scores
        Exactly 1.0 where the pictures are equal, without a call of the model.

    Raises
    ------
    ValueError
        If the sizes differ.
    """
    if actual.size != baseline.size:
        raise ValueError(f"expected one size, got {actual.size} and {baseline.size}")
    changed = changed_pixels(actual, baseline)
    if not changed.any():
        return Scores(1.0, 1.0, ())
    if box := caret.lone_caret(actual.rgb, baseline.rgb, changed):
        found = RegionScore(int(box.x), int(box.y), int(box.width), int(box.height), caret.SCORE)
        similarity = pooled_similarity(actual.rgb, baseline.rgb, changed, extractor)
        return Scores(caret.SCORE, similarity, (found,))
    layers = [
        _compare_layer(left, right, where, extractor)
        for left, right, where in _layers(actual, baseline, changed)
    ]
    values = np.minimum.reduce([cells.values for cells, _ in layers])
    cells = CosineMap(layers[0][0].stride, values)
    return Scores(
        float(values.min()),
        min(similarity for _, similarity in layers),
        _score_regions(_boxes(changed, cells), cells),
        cells,
    )


def _layers(
    actual: Picture, baseline: Picture, changed: Mask
) -> Iterator[tuple[Pixels, Pixels, Mask]]:
    """Yield the colours, and the opacity as grey, where they differ, and at which pixels."""
    if actual.alpha is None and baseline.alpha is None:
        yield actual.rgb, baseline.rgb, changed
        return
    greys = _as_grey(opacity(actual)), _as_grey(opacity(baseline))
    for left, right in ((actual.rgb, baseline.rgb), greys):
        changed = differing(left, right)
        if changed.any():
            yield left, right, changed


def _as_grey(plane: Pixels) -> Pixels:
    return np.repeat(plane[:, :, None], 3, axis=2)


def _compare_layer(
    a: Pixels, b: Pixels, changed: Mask, extractor: Extractor
) -> tuple[CosineMap, float]:
    """Return the local cosines and the cosine of the pooled vectors of two pictures that differ."""
    where = _pad(changed)
    still = same_renderer(_pad(a), _pad(b), where, changed.shape)
    pieces = [
        (window, _cosines(window, a, b, still, extractor))
        for window in tiles(where, extractor.receptive_radius)
    ]
    return _assemble(pieces, where.shape), pooled_similarity(a, b, changed, extractor)


def _cosines(window: Tile, a: Pixels, b: Pixels, still: float, extractor: Extractor) -> CosineMap:
    """Return the local cosines of a window's own cells.

    The angle between two cells' features counts as much as the pixels speak for a change, down to
    half where another machine's drawing may explain it, and up to `SAME_RENDERER_GAIN` times more
    on a page that stood still.
    """
    left, right = window.cut(a), window.cut(b)
    cells = _seen(window, left, right, a.shape, extractor)
    own = window.own_cells(cells.stride)
    told = pixel_evidence(_pad(left), _pad(right), cells.stride, left.shape)[own]
    return CosineMap(
        cells.stride, scale_angles(cells.values[own], (1 + SAME_RENDERER_GAIN * still) * told)
    )


def _seen(
    window: Tile, left: Pixels, right: Pixels, shape: tuple[int, ...], extractor: Extractor
) -> CosineMap:
    """Return the local cosines of what a window shows of two pictures of a shape.

    Beyond the pictures' edges their last pixels are seen as in a mirror: a network makes little of
    a line with nothing beyond it.
    """
    beyond = [
        (MIRROR_PADDING * (start == 0), MIRROR_PADDING * (stop >= side))
        for (start, stop), side in zip(window.outer, shape, strict=False)
    ]
    filled = [
        (before, after + -side % ALIGNMENT)
        for (before, after), side in zip(beyond, left.shape, strict=False)
    ]
    cells = extractor.cosines(
        *(np.pad(rgb, [*filled, (0, 0)], mode="reflect") for rgb in (left, right))
    )
    (top, bottom), (before, after) = ((i // cells.stride, j // cells.stride) for i, j in beyond)
    height, width = cells.values.shape
    return CosineMap(cells.stride, cells.values[top : height - bottom, before : width - after])


def _pad(values: NDArray[_T]) -> NDArray[_T]:
    """Return values with the last row and column repeated up to multiples of `ALIGNMENT`."""
    down, across = (-side % ALIGNMENT for side in values.shape[:2])
    if not down and not across:
        return values
    return np.pad(values, ((0, down), (0, across), (0, 0))[: values.ndim], mode="edge")


def _assemble(pieces: list[tuple[Tile, CosineMap]], shape: tuple[int, ...]) -> CosineMap:
    """Return one map for the whole picture; beyond the windows, the cosine is 1."""
    stride = pieces[0][1].stride
    values = np.ones((shape[0] // stride, shape[1] // stride))
    for window, cells in pieces:
        values[window.cells(stride)] = cells.values
    return CosineMap(stride, values)


def _boxes(changed: Mask, cells: CosineMap) -> list[Box]:
    """Return the boxes of what changed, those near cells that are unlike first."""
    rows, columns = changed_frame(changed)
    inside = changed[rows, columns]
    unlike = _near_unlike(cells)
    for axis, side in enumerate((rows, columns)):
        places = np.arange(side.start, side.stop) // cells.stride
        unlike = unlike.take(places, axis)
    found = changed_boxes(inside & unlike) + changed_boxes(inside & ~unlike)
    return [replace(box, x=box.x + columns.start, y=box.y + rows.start) for box in found]


def _near_unlike(cells: CosineMap) -> Mask:
    """Return the cells at most two cells from one below `DISTINCT_SCORE`."""
    low = np.pad(cells.values < DISTINCT_SCORE, 2)
    height, width = cells.values.shape
    near = np.zeros((height, width), dtype=np.bool_)
    for down in range(5):
        for across in range(5):
            near |= low[down : down + height, across : across + width]
    return near


def _score_regions(boxes: list[Box], cells: CosineMap) -> tuple[RegionScore, ...]:
    """Return the boxes with their scores, worst first."""
    regions = [
        RegionScore(int(box.x), int(box.y), int(box.width), int(box.height), score)
        for box, score in zip(boxes, score_boxes(boxes, cells), strict=True)
    ]
    return worst_first(regions)


def worst_first(regions: list[RegionScore]) -> tuple[RegionScore, ...]:
    """Return the worst regions of those with a score, at most `MAX_REGIONS`."""
    return tuple(sorted(regions, key=lambda region: region.score or 0.0)[:MAX_REGIONS])


def score_boxes(boxes: Sequence[Box], cells: CosineMap) -> list[float]:
    """Return the smallest cosine in or next to each box; that of the whole map is in one."""
    scores = [_around(box, cells) for box in boxes]
    # The receptive field can carry the smallest cosine some cells away from its cause.
    row, column = np.unravel_index(int(cells.values.argmin()), cells.values.shape)
    centre = (float(column + 0.5) * cells.stride, float(row + 0.5) * cells.stride)
    nearest = min(range(len(boxes)), key=lambda i: (_distance(boxes[i], centre), scores[i]))
    scores[nearest] = float(cells.values.min())
    return scores


def _around(box: Box, cells: CosineMap) -> float:
    stride = cells.stride
    top, left = int(box.y) // stride, int(box.x) // stride
    bottom = (int(box.y + box.height) - 1) // stride
    right = (int(box.x + box.width) - 1) // stride
    near = cells.values[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2]
    return float(near.min())


def _distance(box: Box, point: tuple[float, float]) -> float:
    across = max(box.x - point[0], 0.0, point[0] - box.x - box.width)
    down = max(box.y - point[1], 0.0, point[1] - box.y - box.height)
    return float(across**2 + down**2)

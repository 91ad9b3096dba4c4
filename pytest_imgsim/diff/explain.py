"""What a mismatch or warning leaves behind: two more scores, and pictures that explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pytest_imgsim.diff.alignment import Aligned, align, find_shift
from pytest_imgsim.diff.changes import changes_in
from pytest_imgsim.diff.drawing import draw_boxes, draw_heat, fill_changes
from pytest_imgsim.diff.fingerprint import fingerprint
from pytest_imgsim.diff.shifts import changes_on
from pytest_imgsim.diff.ssim import ssim
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Mask, Picture, Pixels, encode_png
from pytest_imgsim.record import HEAT_CELL, RegionScore
from pytest_imgsim.rect import Rect
from pytest_imgsim.scoring.cell_scores import CellScores
from pytest_imgsim.scoring.compare import Scores
from pytest_imgsim.scoring.regions import MAX_REGIONS, score_regions, worst_first


@dataclass(frozen=True)
class Explanation:
    """What explains a difference to a person.

    Parameters
    ----------
    regions : tuple of RegionScore
        The regions with what happened to each, worst first, at most 20.
    fingerprint : str
        Short name of the change, or "".
    pixel_difference : float
        The share of pixels that differ at all, in [0, 1].
    ssim : float
        Mean structural similarity in [-1, 1].
    pictures : mapping of str to bytes
        PNG files by what they show: "diff", "filled", and "heat" where there are cell scores.
    """

    regions: tuple[RegionScore, ...]
    fingerprint: str
    pixel_difference: float
    ssim: float
    pictures: Mapping[str, bytes]


def explain_change(pair: PicturePair, scores: Scores, shown: Pixels, passing: float) -> Explanation:
    """Explain the difference between two pictures of one size.

    Parameters
    ----------
    pair : PicturePair
        The pictures as they were compared.
    scores : Scores
        What came of that.
    shown : ndarray of shape (H, W, 3), uint8
        The actual picture without masks, to draw on.
    passing : float
        The lowest score that passes without a warning.
    """
    shift = _find_shift(pair)
    if shift is None:
        changed = pair.changed
        regions, name = _in_place(pair, scores, passing)
        boxes: Sequence[Rect] = _worst_first(pair.boxes, regions)
    else:
        changed = _on_actual(shift, pair.actual.size)
        regions, name = _pushed(shift, scores.cells)
        boxes = regions
    pictures = _drawn(shown, changed, boxes)
    if scores.cells is not None:
        pictures["heat"] = encode_png(_heat(scores.cells, pair.actual.size))
    return Explanation(
        regions,
        # Two changes of opacity may have the same colours, and must not be accepted as one.
        name if pair.opaque else "",
        float(changed.mean()),
        ssim(pair.actual.rgb, pair.baseline.rgb),
        pictures,
    )


def explain_sizes(actual: Picture, baseline: Picture) -> Explanation:
    """Explain the difference between two pictures of different sizes."""
    aligned = align(actual.rgb, baseline.rgb)
    found = changes_on(aligned)
    regions = [change.region for change in found]
    canvas = [change.canvas for change in found]
    name = fingerprint(aligned.actual, aligned.baseline, canvas, regions)
    opaque = actual.alpha is None and baseline.alpha is None
    return Explanation(
        tuple(regions[:MAX_REGIONS]),
        name if opaque else "",
        float(aligned.changed.mean()),
        ssim(aligned.actual, aligned.baseline),
        _drawn(aligned.actual, aligned.changed, canvas),
    )


def _find_shift(pair: PicturePair) -> Aligned | None:
    if not pair.opaque:
        return None
    return find_shift(pair.actual.rgb, pair.baseline.rgb, pair.changed)


def _worst_first(boxes: Sequence[Rect], regions: Sequence[RegionScore]) -> list[Rect]:
    """Return the boxes with the one of the worst region first."""
    return sorted(boxes, key=lambda box: [box.slices] != [r.slices for r in regions[:1]])


def _in_place(
    pair: PicturePair, scores: Scores, passing: float
) -> tuple[tuple[RegionScore, ...], str]:
    """Return the regions and the fingerprint of a change that pushed nothing aside."""
    actual, baseline = pair.actual.rgb, pair.baseline.rgb
    found = changes_in(actual, baseline, scores.regions, passing)
    failing = [region for region in scores.regions if _fails(region, passing)]
    boxes = pair.boxes
    if len(failing) < MAX_REGIONS:  # else there are more, which nobody must accept unseen
        boxes = [box for box in boxes if any(box.gap(region) < 0 for region in failing)]
    name = fingerprint(actual, baseline, boxes, [r for r in found if _fails(r, passing)])
    return tuple(found), name


def _fails(region: RegionScore, passing: float) -> bool:
    return region.score is not None and region.score < passing


def _pushed(shift: Aligned, cells: CellScores | None) -> tuple[tuple[RegionScore, ...], str]:
    """Return one region for what was pushed aside and others beside it, and the fingerprint."""
    found = changes_on(shift)
    regions = [change.region for change in found]
    canvas = [change.canvas for change in found]
    name = fingerprint(shift.actual, shift.baseline, canvas, regions)
    if cells is not None:
        scored = score_regions(regions, cells)
        regions = [
            replace(score, kind=region.kind, dx=region.dx, dy=region.dy)
            for score, region in zip(scored, regions, strict=True)
        ]
    return worst_first(regions), name


def _on_actual(shift: Aligned, size: tuple[int, int]) -> Mask:
    """Return what changed apart from the shift, (H, W) bool, on the actual picture."""
    out = np.zeros(size[::-1], dtype=np.bool_)
    rows, columns = shift.rows[0], shift.columns[0]
    shown = shift.changed[rows >= 0][:, columns >= 0]
    out[np.ix_(rows[rows >= 0], columns[columns >= 0])] = shown
    return out


def _heat(cells: CellScores, size: tuple[int, int]) -> Pixels:
    """Return the heat map, one pixel a `HEAT_CELL`, without the cells beyond the picture."""
    width, height = (-(-side // HEAT_CELL) for side in size)
    times = cells.stride // HEAT_CELL
    values = cells.values.repeat(times, axis=0).repeat(times, axis=1)
    return draw_heat(values[:height, :width])


def _drawn(rgb: Pixels, changed: Mask, boxes: Sequence[Rect]) -> dict[str, bytes]:
    return {
        "diff": encode_png(draw_boxes(rgb, boxes)),
        "filled": encode_png(fill_changes(rgb, changed)),
    }

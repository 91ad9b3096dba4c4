"""What a failure or warning leaves behind: two more scores, and pictures that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pytest_imgsim.diff.alignment import Aligned, align, find_shift
from pytest_imgsim.diff.changes import Change, changes_in, changes_on
from pytest_imgsim.diff.drawing import draw_boxes, draw_heat, draw_mask, fill_changes
from pytest_imgsim.diff.fingerprint import fingerprint
from pytest_imgsim.diff.ssim import ssim
from pytest_imgsim.pictures.boxes import Box, gap
from pytest_imgsim.pictures.changed import changed_boxes, changed_pixels
from pytest_imgsim.pictures.masks import apply_mask
from pytest_imgsim.pictures.picture import Mask, Picture, Pixels, encode_png, sha256
from pytest_imgsim.record import Record, RegionScore
from pytest_imgsim.results.folder import HEAT_CELL, PICTURE_FIELDS, ResultsFolder
from pytest_imgsim.scoring.compare import MAX_REGIONS, score_boxes, worst_first
from pytest_imgsim.scoring.cosine import CosineMap


@dataclass(frozen=True, eq=False)
class PicturePair:
    """What a comparison has looked at.

    Parameters
    ----------
    actual : Picture
        The picture under test.
    baseline : Picture or None
        What it should look like; None where there is none yet.
    covered : ndarray of shape (H, W), bool, or None
        Pixels that are ignored.
    cells : CosineMap or None
        The local cosines, where the model was asked.
    """

    actual: Picture
    baseline: Picture | None = None
    covered: Mask | None = None
    cells: CosineMap | None = None

    @cached_property
    def masked(self) -> tuple[Picture, Picture]:
        """The actual and the baseline picture with the ignored pixels hidden."""
        assert self.baseline is not None
        return apply_mask(self.actual, self.covered), apply_mask(self.baseline, self.covered)

    @property
    def fits(self) -> bool:
        """Whether there is a baseline of the same size."""
        return self.baseline is not None and self.baseline.size == self.actual.size

    @property
    def equal(self) -> bool:
        """Whether both show the same pixels where nothing is ignored."""
        return self.fits and self.masked[0].same_pixels(self.masked[1])

    @property
    def opaque(self) -> bool:
        """Whether colours are all there is to see, in both pictures."""
        return self.actual.alpha is None and (self.baseline is None or self.baseline.alpha is None)


def explain(record: Record, seen: PicturePair, results: ResultsFolder) -> Record:
    """Return a record with the scores and the kept pictures that explain it.

    Parameters
    ----------
    record : Record
        The comparison.
    seen : PicturePair
        What it looked at.
    results : ResultsFolder
        Where the pictures go.
    """
    record = _keep(record, results, "actual", seen.actual.png)
    record = record.with_(actual_sha256=sha256(seen.actual.png))
    if seen.baseline is None:
        return record
    record = _keep(record, results, "baseline", seen.baseline.png)
    if seen.actual.size != seen.baseline.size:
        record = _explain_sizes(record, seen.actual, seen.baseline, results)
    else:
        record = _explain_change(record, seen, results)
    # Two changes of opacity may have the same colours, and must not be accepted as one.
    return record if seen.opaque else record.with_(fingerprint="")


def _explain_change(record: Record, seen: PicturePair, results: ResultsFolder) -> Record:
    actual, baseline = seen.masked
    shift = find_shift(actual.rgb, baseline.rgb) if seen.opaque else None
    if shift is None:
        changed = changed_pixels(actual, baseline)
        boxes = changed_boxes(changed)
        record = _tell_in_place(record, actual.rgb, baseline.rgb, boxes)
        boxes.sort(key=lambda box: [box] != _boxes(record.regions[:1]))
    else:
        changed = _on_actual(shift, actual.size)
        record = _tell_shift(record, shift, seen.cells)
        boxes = _boxes(record.regions)
    record = record.with_(
        pixel_difference=float(changed.mean()), ssim=ssim(actual.rgb, baseline.rgb)
    )
    if seen.cells is not None:
        record = _keep(record, results, "heat", encode_png(_heat(seen.cells, actual.size)))
    if seen.covered is not None:
        record = _keep(record, results, "mask", encode_png(draw_mask(seen.covered)))
    return _draw(record, results, seen.actual.rgb, changed, boxes)


def _tell_in_place(record: Record, actual: Pixels, baseline: Pixels, boxes: list[Box]) -> Record:
    """Return the record with the kinds of its regions, of which nothing was pushed aside."""
    bar = record.threshold if record.warn_threshold is None else record.warn_threshold
    scores = [region.score or 0.0 for region in record.regions]
    scored = list(zip(_boxes(record.regions), scores, strict=True))
    found = changes_in(actual, baseline, scored, bar)
    unlike = [box for box, score in scored if score < bar]
    if len(unlike) < MAX_REGIONS:  # else there are more, which nobody must accept unseen
        boxes = [box for box in boxes if any(gap(box, other) < 0 for other in unlike)]
    told = [change for change in found if (change.score or 0.0) < bar]
    return record.with_(
        regions=tuple(change.region() for change in found),
        fingerprint=fingerprint(actual, baseline, boxes, told),
    )


def _tell_shift(record: Record, shift: Aligned, cells: CosineMap | None) -> Record:
    """Return the record with one region for what was pushed aside, and others beside it."""
    found = changes_on(shift)
    if cells is not None:
        scores = score_boxes([change.place for change in found], cells)
        found = [replace(change, score=score) for change, score in zip(found, scores, strict=True)]
    return _tell(record, shift, found).with_(
        regions=worst_first([change.region() for change in found])
    )


def _tell(record: Record, aligned: Aligned, found: Sequence[Change]) -> Record:
    boxes = [change.box for change in found]
    return record.with_(
        regions=tuple(change.region() for change in found[:MAX_REGIONS]),
        fingerprint=fingerprint(aligned.actual, aligned.baseline, boxes, found),
    )


def _boxes(regions: Sequence[RegionScore]) -> list[Box]:
    return [Box(region.x, region.y, region.width, region.height) for region in regions]


def _on_actual(shift: Aligned, size: tuple[int, int]) -> Mask:
    """Return what changed but for the shift, (H, W) bool, on the actual picture."""
    out = np.zeros(size[::-1], dtype=np.bool_)
    rows, columns = shift.rows[0], shift.columns[0]
    shown = shift.changed[rows >= 0][:, columns >= 0]
    out[np.ix_(rows[rows >= 0], columns[columns >= 0])] = shown
    return out


def _heat(cells: CosineMap, size: tuple[int, int]) -> Pixels:
    """Return the heat map, one pixel a `HEAT_CELL`, without the cells beyond the picture."""
    width, height = (-(-side // HEAT_CELL) for side in size)
    times = cells.stride // HEAT_CELL
    values = cells.values.repeat(times, axis=0).repeat(times, axis=1)
    return draw_heat(values[:height, :width])


def _explain_sizes(
    record: Record, actual: Picture, baseline: Picture, results: ResultsFolder
) -> Record:
    aligned = align(actual.rgb, baseline.rgb)
    found = changes_on(aligned)
    record = _tell(record, aligned, found).with_(
        pixel_difference=float(aligned.changed.mean()),
        ssim=ssim(aligned.actual, aligned.baseline),
    )
    boxes = [change.box for change in found]
    return _draw(record, results, aligned.actual, aligned.changed, boxes)


def _draw(
    record: Record, results: ResultsFolder, rgb: Pixels, changed: Mask, boxes: list[Box]
) -> Record:
    record = _keep(record, results, "diff", encode_png(draw_boxes(rgb, boxes)))
    return _keep(record, results, "filled", encode_png(fill_changes(rgb, changed)))


def _keep(record: Record, results: ResultsFolder, kind: str, data: bytes) -> Record:
    path = results.keep(record.name, kind, data)
    return record.with_(**{PICTURE_FIELDS[kind]: path})

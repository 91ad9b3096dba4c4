"""What happened between two pictures that were aligned line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_imgsim.diff.alignment import Aligned, Indices, Lines
from pytest_imgsim.diff.classify import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    RESIZED,
    TEXT,
    ChangeClass,
    classify,
    is_scaled,
)
from pytest_imgsim.pictures.changed import changed_boxes
from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.record import RegionScore
from pytest_imgsim.rect import Rect, bounding

#: Areas of one pair of pictures that are classified; the largest are.
MAX_CLASSIFIED = 20
#: Pixels between what was inserted and a change that belongs to it.
BESIDE = 2


@dataclass(frozen=True)
class Change:
    """One change between two aligned pictures.

    Parameters
    ----------
    canvas : Rect
        Where it is on the canvas that both are aligned on.
    region : RegionScore
        Where it is in the actual picture, or for what was removed, would be; without a score.
    is_band : bool
        Whether it is made of whole lines that one of the pictures lacks.
    """

    canvas: Rect
    region: RegionScore
    is_band: bool = False

    @property
    def kind(self) -> str:
        """What happened, in a word."""
        return self.region.kind


def changes_on(aligned: Aligned) -> list[Change]:
    """Return the changes between two pictures that were aligned line by line.

    What was inserted is one change, which also says how far it pushed what follows; where the
    space between two things has grown or shrunk, what follows is one change that moved. They
    come first, the largest of the others next.
    """
    left = aligned.changed.copy()
    found = []
    for axis, lines in enumerate((aligned.rows, aligned.columns)):
        absent = (lines[0] < 0) | (lines[1] < 0)
        left[absent if axis == 0 else np.s_[:, absent]] = False
        for box, kind in _pushes(aligned, axis, lines):
            found.append(_placed(aligned, box, kind, is_band=kind.word != MOVED))
    boxes = changed_boxes(left) if left.any() else []
    boxes.sort(key=lambda box: -box.area)
    for number, box in enumerate(boxes):
        close = number < MAX_CLASSIFIED
        kind = classify(aligned.actual, aligned.baseline, box) if close else ChangeClass(CHANGED)
        found.append(_placed(aligned, box, kind))
    return sorted(
        _joined(aligned, found), key=lambda change: not (change.region.dx or change.region.dy)
    )


def _pushes(aligned: Aligned, axis: int, lines: Lines) -> Iterator[tuple[Rect, ChangeClass]]:
    """Yield what was inserted or taken out along an axis, or else what that moved."""
    pictures = [
        pixels if axis == 0 else pixels.transpose(1, 0, 2)
        for pixels in (aligned.actual, aligned.baseline)
    ]
    absent = (lines[0] < 0) | (lines[1] < 0)
    bands = list(_stretches(absent))
    pushed = last = 0
    for number, (start, stop) in enumerate(bands):
        inserted = lines[1][start] < 0
        pushed += stop - start if inserted else start - stop
        after = bands[number + 1][0] if number + 1 < len(bands) else len(absent)
        content = _content(pictures[0] if inserted else pictures[1], start, stop)
        shift = pushed if after > stop else 0
        # Where a layout has fractions of pixels, lines are lost and won by rounding.
        rounding = last and abs(shift - last) <= 1
        offset = (0, shift) if axis == 0 else (shift, 0)
        if rounding:
            continue
        last = shift
        if content.any():
            yield _tight(content, start, axis), ChangeClass(ADDED if inserted else REMOVED, *offset)
        elif shift:
            whole = np.ones((after - stop, content.shape[1]), dtype=np.bool_)
            yield _tight(whole, stop, axis), ChangeClass(MOVED, *offset)


def _stretches(where: Mask) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each run of True."""
    steps = np.flatnonzero(np.diff(where, prepend=False, append=False))
    for start, stop in steps.reshape(-1, 2):
        yield int(start), int(stop)


def _content(pixels: Pixels, start: int, stop: int) -> Mask:
    """Return where some lines show another thing than the line before or the line after them."""
    beside = [pixels[line] for line in (start - 1, stop) if 0 <= line < len(pixels)]
    out = np.ones((stop - start, pixels.shape[1]), dtype=np.bool_)
    for line in beside:
        out &= (pixels[start:stop] != line).any(axis=2)
    return out


def _tight(content: Mask, start: int, axis: int) -> Rect:
    """Return the box around the content of some lines of the canvas."""
    [box] = changed_boxes(content, cell=max(content.shape))
    if axis == 1:
        return Rect(box.y + start, box.x, box.height, box.width)
    return Rect(box.x, box.y + start, box.width, box.height)


def _placed(aligned: Aligned, canvas: Rect, kind: ChangeClass, *, is_band: bool = False) -> Change:
    """Return a change of the canvas with its place in the actual picture."""
    y, height = _span(aligned.rows[0], canvas.y, canvas.height)
    x, width = _span(aligned.columns[0], canvas.x, canvas.width)
    region = RegionScore(x, y, width, height, None, kind.word, kind.dx, kind.dy)
    return Change(canvas, region, is_band)


def _span(lines: Indices, start: int, count: int) -> tuple[int, int]:
    """Return the first line in the actual picture of some of the canvas, and how many they are."""
    present = lines[start : start + count]
    if (present >= 0).any():
        present = present[present >= 0]
        return int(present[0]), int(present[-1] - present[0] + 1)
    return int(lines[:start].max(initial=-1)) + 1, count


def _joined(aligned: Aligned, found: Sequence[Change]) -> list[Change]:
    """Return the changes with those next to what was inserted or taken out made one with it."""
    bands: list[Change] = []
    others: list[Change] = []
    for change in found:
        near = [band for band in bands if _touch(band, change)]
        if near:
            bands = [band for band in bands if band not in near]
            bands.append(_as_one(aligned, [*near, change]))
        else:
            (bands if change.is_band else others).append(change)
    return bands + others


def _as_one(aligned: Aligned, parts: Sequence[Change]) -> Change:
    """Return one change for several: what came where another thing was is not just added."""
    canvas = bounding(part.canvas for part in parts)
    words = {part.kind for part in parts}
    if len(words) > 1:
        other = TEXT if words <= {ADDED, REMOVED, TEXT} and TEXT in words else CHANGED
        words = {RESIZED if is_scaled(*_present(aligned, canvas)) else other}
    # Offsets add up along the page: the last one says where what follows has come.
    last = max(
        (part for part in parts if part.is_band), key=lambda part: (part.canvas.y, part.canvas.x)
    )
    place = bounding(part.region for part in parts)
    region = RegionScore(
        place.x, place.y, place.width, place.height, None, words.pop(), last.region.dx,
        last.region.dy,
    )  # fmt: skip
    return Change(canvas, region, is_band=True)


def _present(aligned: Aligned, canvas: Rect) -> Iterator[Pixels]:
    """Yield what the actual picture and the baseline have in an area of the canvas."""
    down, across = canvas.slices
    pictures = (aligned.actual, aligned.baseline)
    for rgb, rows, columns in zip(pictures, aligned.rows, aligned.columns, strict=True):
        yield rgb[down, across][rows[down] >= 0][:, columns[across] >= 0]


def _touch(band: Change, change: Change) -> bool:
    return change.kind != MOVED and band.canvas.gap(change.canvas) <= BESIDE

"""Every change between two pictures, with its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from pytest_imgsim.diff.alignment import Aligned, Indices, Lines
from pytest_imgsim.diff.classify import (
    ADDED,
    CHANGED,
    MOVED,
    NEAR,
    REMOVED,
    RESIZED,
    TEXT,
    ChangeClass,
    classify,
    is_scaled,
)
from pytest_imgsim.pictures.boxes import Box, around, cut, gap
from pytest_imgsim.pictures.changed import changed_boxes
from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.record import RegionScore

#: Areas of one pair of pictures that are looked at closely; the largest are.
MAX_JUDGED = 20
#: Pixels between what was inserted and a change that belongs to it.
BESIDE = 2


@dataclass(frozen=True)
class Change:
    """One change.

    Parameters
    ----------
    box : Box
        Where it lies on the two pictures as they were laid on each other.
    kind : ChangeClass
        What became of the area. The offset of a kind other than ``MOVED`` tells how far
        what follows the area was pushed on its account.
    place : Box
        Where it lies in the actual picture; for what was removed, where it would lie.
    score : float or None
        The smallest cosine there, where one is known.
    is_band : bool
        Whether these are whole lines that one of the pictures lacks.
    """

    box: Box
    kind: ChangeClass
    place: Box
    score: float | None = None
    is_band: bool = False

    @property
    def is_edge(self) -> bool:
        """Whether just one straight edge has swept over the area."""
        sides = (int(self.box.width), 0), (0, int(self.box.height))
        return self.kind.word == MOVED and (abs(self.kind.dx), abs(self.kind.dy)) in sides

    def region(self) -> RegionScore:
        """Return the change as a record has it."""
        return RegionScore(
            int(self.place.x),
            int(self.place.y),
            int(self.place.width),
            int(self.place.height),
            self.score,
            self.kind.word,
            self.kind.dx,
            self.kind.dy,
        )


def changes_in(
    actual: Pixels, baseline: Pixels, regions: Sequence[tuple[Box, float]], bar: float
) -> list[Change]:
    """Return the changes in the given regions of two pictures of one size, in their order.

    What has left one region for another is one change, at the new place, with the lower score.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures.
    regions : sequence of (Box, float)
        Areas that differ, with their scores, worst first.
    bar : float
        The smallest score that passes.
    """
    found = [
        Change(box, classify(actual, baseline, box, alike=score >= bar), box, score)
        for box, score in regions
    ]
    for gone in [change for change in found if change.kind.word == REMOVED]:
        same = (come for come in found if _is_same(actual, baseline, come, gone))
        if come := next(same, None):
            offset = ChangeClass(MOVED, int(come.box.x - gone.box.x), int(come.box.y - gone.box.y))
            first, second = sorted((found.index(gone), found.index(come)))
            found[first] = replace(come, kind=offset, score=found[first].score)
            del found[second]
    return _without_lone_edges(found)


def _is_same(actual: Pixels, baseline: Pixels, come: Change, gone: Change) -> bool:
    """Return whether what came at one place is what has gone at the other."""
    if come.kind.word != ADDED:
        return False
    now, before = actual[cut(come.box)], baseline[cut(gone.box)]
    if now.shape != before.shape:
        return False
    return bool((np.abs(now.astype(np.int16) - before).max(axis=2) <= NEAR).mean() >= 0.95)


def _without_lone_edges(found: Sequence[Change]) -> list[Change]:
    """Return the changes with an edge that moved alone, of a thing, told as its new size."""
    offsets = [(change.kind.dx, change.kind.dy) for change in found if change.kind.word == MOVED]
    return [
        replace(change, kind=ChangeClass(RESIZED))
        if change.is_edge and offsets.count((change.kind.dx, change.kind.dy)) == 1
        else change
        for change in found
    ]


def changes_on(aligned: Aligned) -> list[Change]:
    """Return the changes between two pictures that were laid on each other line by line.

    What was inserted is one change, which also tells how far it pushed what follows; where the
    space between two things has grown or shrunk, what follows is one change that moved. They
    come first, the largest of the others next.
    """
    left = aligned.changed.copy()
    found = []
    for axis, lines in enumerate((aligned.rows, aligned.columns)):
        absent = (lines[0] < 0) | (lines[1] < 0)
        left[absent if axis == 0 else np.s_[:, absent]] = False
        for box, kind in _pushes(aligned, axis, lines):
            band = replace(_placed(aligned, box, kind), is_band=kind.word != MOVED)
            found.append(band)
    boxes = changed_boxes(left) if left.any() else []
    boxes.sort(key=lambda box: -box.width * box.height)
    for number, box in enumerate(boxes):
        judged = number < MAX_JUDGED
        kind = classify(aligned.actual, aligned.baseline, box) if judged else ChangeClass(CHANGED)
        found.append(_placed(aligned, box, kind))
    return sorted(
        _joined(aligned, found), key=lambda change: not (change.kind.dx or change.kind.dy)
    )


def _pushes(aligned: Aligned, axis: int, lines: Lines) -> Iterator[tuple[Box, ChangeClass]]:
    """Yield what was inserted or taken out along an axis, or else what moved on its account."""
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
        told = pushed if after > stop else 0
        # Where a layout has fractions of pixels, lines are lost and won by rounding.
        rounding = last and abs(told - last) <= 1
        offset = (0, told) if axis == 0 else (told, 0)
        if rounding:
            continue
        last = told
        if content.any():
            yield _tight(content, start, axis), ChangeClass(ADDED if inserted else REMOVED, *offset)
        elif told:
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


def _tight(content: Mask, start: int, axis: int) -> Box:
    """Return the box around the content of some lines of the canvas."""
    [box] = changed_boxes(content, cell=max(content.shape))
    if axis == 1:
        return Box(box.y + start, box.x, box.height, box.width)
    return Box(box.x, box.y + start, box.width, box.height)


def _placed(aligned: Aligned, box: Box, kind: ChangeClass) -> Change:
    y, height = _span(aligned.rows[0], int(box.y), int(box.height))
    x, width = _span(aligned.columns[0], int(box.x), int(box.width))
    return Change(box, kind, Box(x, y, width, height))


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
    box = reduce(around, (part.box for part in parts))
    words = {part.kind.word for part in parts}
    if len(words) > 1:
        other = TEXT if words <= {ADDED, REMOVED, TEXT} and TEXT in words else CHANGED
        words = {RESIZED if is_scaled(*_present(aligned, box)) else other}
    # Offsets add up along the page: the last one tells where what follows has come.
    bands = [part for part in parts if part.is_band]
    last = max(bands, key=lambda part: (part.box.y, part.box.x))
    place = reduce(around, (part.place for part in parts))
    return Change(box, replace(last.kind, word=words.pop()), place, is_band=True)


def _present(aligned: Aligned, box: Box) -> Iterator[Pixels]:
    """Yield what the actual picture and the baseline have in an area of the canvas."""
    down, across = cut(box)
    pictures = (aligned.actual, aligned.baseline)
    for rgb, rows, columns in zip(pictures, aligned.rows, aligned.columns, strict=True):
        yield rgb[down, across][rows[down] >= 0][:, columns[across] >= 0]


def _touch(band: Change, change: Change) -> bool:
    return change.kind.word != MOVED and gap(band.box, change.box) <= BESIDE

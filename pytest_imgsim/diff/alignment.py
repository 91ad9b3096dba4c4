"""Two pictures aligned line by line, so that what only moved is compared with itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Mask, Pixels

Indices = NDArray[np.intp]
#: Lines of `actual` and of `baseline` that meet on a line of the canvas; -1 for none.
Lines = tuple[Indices, Indices]

ABSENT = (255, 214, 231)
#: Lines with something to see on them that have to move together to be called a shift.
MIN_MOVED = 8


@dataclass(frozen=True, eq=False)
class Aligned:
    """Two pictures, or a part of them, on one canvas.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures; rows and columns that one of them lacks are pink there.
    changed : ndarray of shape (H, W), bool
        Pixels that differ or that one of the two lacks.
    rows, columns : tuple of two ndarray
        The lines of the actual and of the baseline picture that are on each line of the
        canvas, or -1.
    """

    actual: Pixels
    baseline: Pixels
    changed: Mask
    rows: Lines
    columns: Lines


def align(actual: Pixels, baseline: Pixels) -> Aligned:
    """Align two pictures of different sizes, so that what is the same meets.

    With equal widths, rows are matched (an inserted banner comes out as just that banner);
    with equal heights, columns are; otherwise the top left corners meet. Nothing is cropped
    or scaled.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The two pictures.
    """
    height, width = (a == b for a, b in zip(actual.shape[:2], baseline.shape[:2], strict=True))
    rows, columns = _in_order(actual, baseline), _in_order(_turned(actual), _turned(baseline))
    if width and not height:
        rows = _match(actual, baseline)
    if height and not width:
        columns = _match(_turned(actual), _turned(baseline))
    return _canvas(actual, baseline, rows, columns)


def find_shift(actual: Pixels, baseline: Pixels, changed: Mask) -> Aligned | None:
    """Align two pictures of one size, so that what was pushed aside meets.

    Only the columns in which they differ count, so that a fixed side bar does not hide that all
    beside it moved down; then only the rows. What was pushed out at the far edge, or came in
    there, is left out.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The two pictures.
    changed : ndarray of shape (H, W), bool
        Pixels that differ; one or more.

    Returns
    -------
    Aligned or None
        The part in which they differ; None unless a shift explains most of its lines.
    """
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    down, across = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    if lines := _pushed(actual[:, across], baseline[:, across]):
        every = np.arange(across.start, across.stop)
        return _canvas(actual, baseline, lines, (every, every))
    if lines := _pushed(_turned(actual[down]), _turned(baseline[down])):
        every = np.arange(down.start, down.stop)
        return _canvas(actual, baseline, (every, every), lines)
    return None


def _turned(pixels: Pixels) -> Pixels:
    return pixels.transpose(1, 0, 2)


def _pushed(a: Pixels, b: Pixels) -> Lines | None:
    """Return which lines meet, if most that differ in place are equal to others further on."""
    in_a, in_b = _match(a, b)
    shared = (in_a >= 0) & (in_b >= 0)
    end = int(np.flatnonzero(shared)[-1]) + 1
    in_a, in_b, shared = in_a[:end], in_b[:end], shared[:end]
    same = shared.copy()
    same[shared] = (a[in_a[shared]] == b[in_b[shared]]).all(axis=(1, 2))
    seen_a, seen_b = ((rgb != rgb[:, :1]).any(axis=(1, 2)) for rgb in (a, b))
    moved = seen_a[in_a[same & (in_a != in_b)]].sum()
    before = ((a != b).any(axis=(1, 2)) & (seen_a | seen_b)).sum()
    after = ((in_a >= 0) & seen_a[in_a] | (in_b >= 0) & seen_b[in_b])[~same].sum()
    return (in_a, in_b) if moved >= MIN_MOVED and 2 * after <= before else None


def _in_order(a: Pixels, b: Pixels) -> Lines:
    lines = np.arange(max(len(a), len(b)))
    return np.where(lines < len(a), lines, -1), np.where(lines < len(b), lines, -1)


def _match(a: Pixels, b: Pixels) -> Lines:
    """Return, for each line of the canvas, the line of `a` and of `b`, or -1 for none."""
    in_a: list[int] = []
    in_b: list[int] = []
    for a_from, a_to, b_from, b_to in _runs(_line_keys(a), _line_keys(b)):
        longest = max(a_to - a_from, b_to - b_from)
        in_a += [a_from + i if a_from + i < a_to else -1 for i in range(longest)]
        in_b += [b_from + i if b_from + i < b_to else -1 for i in range(longest)]
    return np.asarray(in_a, dtype=np.intp), np.asarray(in_b, dtype=np.intp)


def _runs(a: list[int], b: list[int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of lines, equal or not, as (start in `a`, stop, start in `b`, stop)."""
    # What is equal at both ends comes first: a matcher alone may tie blank lines elsewhere.
    head = _equal_lines(a, b)
    tail = _equal_lines(a[head:][::-1], b[head:][::-1])
    a_stop, b_stop = len(a) - tail, len(b) - tail
    yield 0, head, 0, head
    for _, i, j, k, m in SequenceMatcher(None, a[head:a_stop], b[head:b_stop]).get_opcodes():
        yield i + head, j + head, k + head, m + head
    yield a_stop, len(a), b_stop, len(b)


def _equal_lines(a: list[int], b: list[int]) -> int:
    """Return how many lines are equal from the start on."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (left, right) in pairs if left != right), min(len(a), len(b)))


def _line_keys(pixels: Pixels) -> list[int]:
    return [hash(line.tobytes()) for line in pixels]


def _canvas(actual: Pixels, baseline: Pixels, rows: Lines, columns: Lines) -> Aligned:
    left, in_left = _place(actual, rows[0], columns[0])
    right, in_right = _place(baseline, rows[1], columns[1])
    changed = differing(left, right) | ~in_left | ~in_right
    return Aligned(left, right, changed, rows, columns)


def _place(pixels: Pixels, rows: Indices, columns: Indices) -> tuple[Pixels, Mask]:
    present = (rows >= 0)[:, None] & (columns >= 0)[None, :]
    placed = pixels[np.maximum(rows, 0)][:, np.maximum(columns, 0)]
    placed[~present] = ABSENT
    return placed, present

"""The text caret, which blinks: the one change of a page that no person would call one."""

from __future__ import annotations

import numpy as np

from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.picture import Mask, Pixels

#: How wide a caret is at most, and how tall at least and at most, in pixels.
WIDEST, SHORTEST, TALLEST = 2, 9, 48
#: Levels of brightness between a caret and what it stands on; dividing lines are fainter.
CONTRAST = 100
#: What a caret scores: no threshold below 0.99 fails for it, and one of 1 does.
SCORE = 0.99


def lone_caret(a: Pixels, b: Pixels, changed: Mask) -> Box | None:
    """Return where a caret is, if one is all that two pictures differ by.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures.
    changed : ndarray of shape (H, W), bool
        Pixels that differ.

    Returns
    -------
    Box or None
        An upright line of one colour that stands out in one of the two pictures; None where
        there is any other difference.
    """
    if not 0 < np.count_nonzero(changed) <= WIDEST * TALLEST:
        return None
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    if right - left >= WIDEST or not SHORTEST <= bottom - top + 1 <= TALLEST:
        return None
    box = Box(left, top, right - left + 1, bottom - top + 1)
    return box if _stands_out(a, box) or _stands_out(b, box) else None


def _stands_out(rgb: Pixels, box: Box) -> bool:
    """Return whether a box has one colour, far from what is mostly on its left and right."""
    left, right = int(box.x), int(box.x + box.width)
    rows = rgb[int(box.y) : int(box.y + box.height), max(left - 1, 0) : right + 1]
    inside = np.zeros(rows.shape[1], dtype=np.bool_)
    inside[min(left, 1) :][: right - left] = True
    line, beside = rows[:, inside], rows[:, ~inside]
    if not beside.size or (line != line[0, 0]).any():
        return False
    contrast = float(line[0, 0].mean()) - float(np.median(beside.mean(axis=2)))
    return abs(contrast) >= CONTRAST

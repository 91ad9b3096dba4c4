"""The text caret, which blinks: the one change of a page that no person would call a change."""

from __future__ import annotations

import numpy as np

from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.rect import Rect
from pytest_imgsim.scoring.formula import (
    CARET_CONTRAST,
    CARET_MAX_HEIGHT,
    CARET_MAX_WIDTH,
    CARET_MIN_HEIGHT,
)


def lone_caret(a: Pixels, b: Pixels, changed: Mask) -> Rect | None:
    """Return where a caret is, if two pictures differ by nothing else.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures.
    changed : ndarray of shape (H, W), bool
        Pixels that differ.

    Returns
    -------
    Rect or None
        An upright line of one colour that stands out in one of the two pictures; None where
        there is any other difference.
    """
    if not 0 < np.count_nonzero(changed) <= CARET_MAX_WIDTH * CARET_MAX_HEIGHT:
        return None
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    box = Rect(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
    is_upright_line = (
        box.width <= CARET_MAX_WIDTH and CARET_MIN_HEIGHT <= box.height <= CARET_MAX_HEIGHT
    )
    return box if is_upright_line and (_stands_out(a, box) or _stands_out(b, box)) else None


def _stands_out(rgb: Pixels, box: Rect) -> bool:
    """Return whether a box has one colour, far from most of what is on its left and right."""
    rows = rgb[box.y : box.bottom, max(box.x - 1, 0) : box.right + 1]
    inside = np.zeros(rows.shape[1], dtype=np.bool_)
    inside[min(box.x, 1) :][: box.width] = True
    line, beside = rows[:, inside], rows[:, ~inside]
    if not beside.size or (line != line[0, 0]).any():
        return False
    contrast = float(line[0, 0].mean()) - float(np.median(beside.mean(axis=2)))
    return abs(contrast) >= CARET_CONTRAST

"""Whether the same renderer drew both pictures.

Another machine redraws nearly all text of a page. Where nearly all that is drawn is the same to the
last bit, one renderer drew both pictures, and its noise is no excuse for the cells that differ.
"""

from __future__ import annotations

import numpy as np

from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.scoring.cells import reduced
from pytest_imgsim.scoring.formula import (
    DRAWN_LEVELS,
    IGNORED_EDGE,
    MIN_TOTAL_CHANGE,
    RERENDERED_SHARE,
)

#: Side of the cells in which something is drawn or not, in pixels.
CELL = 8


def same_renderer(
    a: Pixels, b: Pixels, changed: Mask, size: tuple[int, ...] | None = None
) -> float:
    """Return how surely one renderer drew both pictures.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures; H and W are multiples of `CELL`.
    changed : ndarray of shape (H, W), bool
        Pixels that differ.
    size : tuple of int, optional
        Height and width of the pictures proper, from their first pixel on, without what was
        repeated to fill the last cells; all of it if left out.

    Returns
    -------
    float
        In [0, 1]: near 1, where hardly any cell with something drawn in it has changed, and 0
        where `RERENDERED_SHARE` of them or more have, or where the change as a whole is faint.
    """
    if _is_faint(a, b, changed):
        return 0.0
    height, width = (changed.shape if size is None else size)[:2]
    inside = np.zeros_like(changed)
    inner = np.s_[IGNORED_EDGE : height - IGNORED_EDGE, IGNORED_EDGE : width - IGNORED_EDGE]
    inside[inner] = changed[inner]
    differs = reduced(np.logical_or, inside[:, :, None], CELL)[:, :, 0]
    # Cells that have not changed show the same in both pictures.
    share = float(differs.sum()) / max(1, int((differs | _drawn(a)).sum()))
    return max(0.0, 1 - share / RERENDERED_SHARE)


def _is_faint(a: Pixels, b: Pixels, changed: Mask) -> bool:
    """Return whether two pictures differ by less than `MIN_TOTAL_CHANGE` in all."""
    if np.count_nonzero(changed) >= MIN_TOTAL_CHANGE:
        return False
    at = np.nonzero(changed)
    return int(np.abs(a[at].astype(np.int16) - b[at]).max(axis=1).sum()) < MIN_TOTAL_CHANGE


def _drawn(rgb: Pixels) -> Mask:
    """Return the cells, (h, w) bool, in which something is drawn."""
    levels = reduced(np.maximum, rgb, CELL) - reduced(np.minimum, rgb, CELL)
    return np.asarray(levels.max(axis=2) >= DRAWN_LEVELS)

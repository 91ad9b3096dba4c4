"""How still a picture stood but for what changed.

Another machine draws nearly all text of a page anew. Where nearly all that is drawn is the same to
the last bit, it was one machine, whose noise is no excuse for the cells that differ. The outermost
pixels do not count: a border that is another colour all around is still one change.
"""

from __future__ import annotations

import numpy as np

from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.scoring.cells import reduced

#: Side of the cells that are looked at, in pixels, and the levels between its darkest and its
#: lightest pixel from which on something is drawn in one.
CELL, DRAWN_LEVELS = 8, 16
#: Share of the drawn cells from which on another machine may have drawn the picture.
RERENDERED_SHARE = 0.1
#: How many pixels at each side of a picture do not count.
EDGE = 1
#: Levels, summed over all pixels, below which a change is no more than a stray pixel or two, as a
#: smooth corner may have from one run to the next.
MIN_TOTAL_CHANGE = 600


def same_renderer(
    a: Pixels, b: Pixels, changed: Mask, size: tuple[int, ...] | None = None
) -> float:
    """Return how surely one machine has drawn both pictures, from 0 to 1.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures; H and W are multiples of `CELL`.
    changed : ndarray of shape (H, W), bool
        Pixels that differ.
    size : tuple of int, optional
        Height and width of what is the pictures' own, from their first pixel on, and not repeated
        to fill the last cells; all of it if left out.

    Returns
    -------
    float
        Near 1, where hardly any cell with something drawn in it has changed, down to 0, where a
        share of `RERENDERED_SHARE` or more of them has, or the change is faint as a whole.
    """
    if _is_faint(a, b, changed):
        return 0.0
    height, width = (changed.shape if size is None else size)[:2]
    inside = np.zeros_like(changed)
    here = (slice(EDGE, height - EDGE), slice(EDGE, width - EDGE))
    inside[here] = changed[here]
    differs = reduced(np.logical_or, inside[:, :, None], CELL)[:, :, 0]
    # Cells that have not changed have the same drawn in them in both pictures.
    share = float(differs.sum()) / max(1, int((differs | _drawn(a)).sum()))
    return max(0.0, 1 - share / RERENDERED_SHARE)


def _is_faint(a: Pixels, b: Pixels, changed: Mask) -> bool:
    """Return whether two pictures differ by less than `MIN_TOTAL_CHANGE` in all."""
    if np.count_nonzero(changed) >= MIN_TOTAL_CHANGE:
        return False
    at = np.nonzero(changed)
    return int(np.abs(a[at].astype(np.int16) - b[at]).max(axis=1).sum()) < MIN_TOTAL_CHANGE


def _drawn(rgb: Pixels) -> Mask:
    levels = reduced(np.maximum, rgb, CELL) - reduced(np.minimum, rgb, CELL)
    return np.asarray(levels.max(axis=2) >= DRAWN_LEVELS)

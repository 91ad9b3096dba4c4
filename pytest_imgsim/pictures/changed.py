"""Which pixels of two pictures differ, and the boxes around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.picture import Mask, Picture, Pixels, opacity
from pytest_imgsim.rect import Rect

#: Rows that are compared at once: few enough to stay in the processor's cache.
BAND = 64


def differing(a: Pixels, b: Pixels) -> Mask:
    """Return where two (H, W, 3) pictures differ in any channel, (H, W) bool."""
    out = np.zeros(a.shape[:2], dtype=np.bool_)
    for top in range(0, len(a), BAND):
        rows = slice(top, top + BAND)
        unlike = a[rows] != b[rows]
        if unlike.any():
            red, green, blue = np.moveaxis(unlike, 2, 0)  # ten times as fast as any(axis=2)
            out[rows] = red | green | blue
    return out


def changed_pixels(a: Picture, b: Picture) -> Mask:
    """Return the pixels that differ in any channel, alpha included, as (H, W) bool."""
    changed = differing(a.rgb, b.rgb)
    if a.alpha is None and b.alpha is None:
        return changed
    return np.asarray(changed | (opacity(a) != opacity(b)))


def changed_boxes(changed: Mask, *, cell: int = 8) -> list[Rect]:
    """Return the boxes of connected changed areas, in reading order.

    Parameters
    ----------
    changed : ndarray of shape (H, W), bool
        Pixels that differ.
    cell : int
        Grid in pixels; changes in neighbouring cells (also across a corner) are one region,
        so the letters of a word come out as one box.

    Returns
    -------
    list of Rect
        Tight boxes.
    """
    rows = np.logical_or.reduceat(changed, np.arange(0, changed.shape[0], cell), axis=0)
    grid = np.logical_or.reduceat(rows, np.arange(0, changed.shape[1], cell), axis=1)
    boxes = [_tight(changed, cells, cell) for cells in _components(grid)]
    return sorted(boxes, key=lambda box: (box.y, box.x))


def _components(grid: Mask) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the rows and columns of each 8-connected group of True cells."""
    width = grid.shape[1] + 1  # a column more, or the ends of two rows would be neighbours
    rows, columns = np.nonzero(grid)
    left = set((rows * width + columns).tolist())
    around = [down * width + across for down in (-1, 0, 1) for across in (-1, 0, 1)]
    groups = []
    while left:
        group = [left.pop()]
        for cell in group:  # which grows on the way
            near = [cell + step for step in around if cell + step in left]
            left.difference_update(near)
            group += near
        groups.append(np.divmod(np.array(group), width))
    return groups


def _tight(changed: Mask, cells: tuple[NDArray[np.int64], NDArray[np.int64]], cell: int) -> Rect:
    """Return the smallest box around the changed pixels of a group of cells."""
    (top, left), (bottom, right) = (
        [int(extreme(side)) * cell for side in cells] for extreme in (np.min, np.max)
    )
    inside = changed[top : bottom + cell, left : right + cell]
    down, across = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return Rect(
        left + int(across[0]),
        top + int(down[0]),
        int(across[-1] - across[0] + 1),
        int(down[-1] - down[0] + 1),
    )

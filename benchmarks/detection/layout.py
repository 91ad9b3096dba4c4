"""Whether two machines have laid a page out alike: where its elements stand, and its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pictures import Pixels

#: How far (px) a part of a page may stand from its place on the plain machine; beyond it the page
#: has another layout, which is neither noise nor the regression that was meant.
MAX_SHIFT = 2
#: A shift that is larger than any page.
ELSEWHERE = 9999.0
BLOCK = 16
#: Share of a block's contrast that may be left of the difference once it is moved to where it fits
#: best. Text drawn by other rasterisers leaves 0.4 at most, another word 0.9 and more.
LEFT = 0.6
#: Levels that are added to the contrast, so that noise on empty ground is none.
NOISE = 8.0
Plane = NDArray[np.float32]


def shift(elements: list[float], reference: list[float], shot: Pixels, plain: Pixels) -> float:
    """Return by how many pixels any part of a page has moved.

    Parameters
    ----------
    elements, reference : list of float
        Edges of all elements on this machine and on the plain one.
    shot, plain : ndarray of shape (H, W, 3), uint8
        The page on both machines.

    Returns
    -------
    float
        `ELSEWHERE` if there are other elements, or if something stands elsewhere within one, as
        words do after a line that breaks at another place.
    """
    if len(elements) != len(reference) or stands_elsewhere(shot, plain):
        return ELSEWHERE
    return float(np.abs(np.subtract(elements, reference)).max(initial=0.0))


def stands_elsewhere(a: Pixels, b: Pixels) -> bool:
    """Return whether some block of `a` is nowhere within `MAX_SHIFT` pixels of its place in `b`."""
    height, width = (length // BLOCK * BLOCK for length in a.shape[:2])
    here, there = (_smooth(rgb[:height, :width]) for rgb in (a, b))
    around = np.pad(there, MAX_SHIFT, mode="edge")
    shifts = range(2 * MAX_SHIFT + 1)
    left = np.minimum.reduce(
        [
            _blocks(np.abs(here - around[down : down + height, across : across + width])).mean(1)
            for down in shifts
            for across in shifts
        ]
    )
    return bool((left > LEFT * (_blocks(here).std(1) + NOISE)).any())


def drifted(shot: Pixels, plain: Pixels) -> bool:
    """Return whether something stands elsewhere in a small picture, of any size from a block on.

    Blocks are cut from every corner: together they cover pictures that are no multiple of a block.
    """
    ways = (slice(None), slice(None, None, -1))
    corners = [(down, right) for down in ways for right in ways]
    return any(stands_elsewhere(shot[corner], plain[corner]) for corner in corners)


def _blocks(plane: Plane) -> Plane:
    """Return a plane as (blocks, pixels of a block)."""
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    cut = plane.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    return cut.reshape(rows * columns, BLOCK * BLOCK)


def _smooth(rgb: Pixels) -> Plane:
    """Return the brightness, each pixel the mean of 3 x 3."""
    luma = np.pad(rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32), 1, mode="edge")
    rows = luma[:-2] + luma[1:-1] + luma[2:]
    smooth: Plane = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / np.float32(9)
    return smooth

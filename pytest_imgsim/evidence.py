"""How much of a change is left in the pixels when a letter may be drawn one pixel aside.

Another machine draws text anew: its edges move by a part of a pixel, and the network, which has to
notice one letter, notices that too. What it says of a cell weighs less where the pixels of one
picture are nearly found in the other, at most one pixel away. "Nearly" goes by the contrast of what
is drawn: what is left between two drawings of pale grey letters is paler than between black ones.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.cells import reduced
from pytest_imgsim.picture import Pixels

#: How many cells are looked at together, down and across, around each one: 12 x 12 pixels with
#: the stride of our network's finest stage.
AROUND = 3
#: How far the pixels may be aside, in pixels, down and across.
ASIDE = 1
#: Mean difference of a channel, in levels, from which on the evidence is whole, where the contrast
#: is `FULL` levels or more; less in proportion where there is less contrast, down to a share of it.
WHOLE, FULL, FAINTEST = 24, 128, 0.25
#: What is left of it where the pixels explain all: the network sees more than they tell.
LEAST = 0.5
#: About as many pixels are worked on at once, so that they stay in the processor's cache.
BAND = 2**16


def evidence(a: Pixels, b: Pixels, stride: int) -> NDArray[np.float64]:
    """Return how much the pixels around each cell speak for a change; symmetric.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures; H and W are multiples of `stride`.
    stride : int
        Side of the cells in pixels.

    Returns
    -------
    ndarray of shape (H / stride, W / stride), float64
        From `LEAST` to 1.
    """
    unexplained = np.maximum(_unexplained(a, b, stride), _unexplained(b, a, stride))
    whole = WHOLE * np.clip(_contrast(a, b, stride) / FULL, FAINTEST, 1.0)
    return np.clip(unexplained / whole, LEAST, 1.0)


def _unexplained(a: Pixels, b: Pixels, stride: int) -> NDArray[np.float64]:
    """Return the mean difference, in levels, between what `a` has around a cell and `b` near it."""
    sums = _around(_differences(a, b, stride)).min(axis=0)
    return np.asarray(sums / (AROUND**2 * stride**2 * a.shape[2]))


def _contrast(a: Pixels, b: Pixels, stride: int) -> NDArray[np.float64]:
    """Return the levels from the darkest to the lightest value of a channel around each cell."""
    high = _extreme(np.maximum, np.maximum(a, b), stride)
    low = _extreme(np.minimum, np.minimum(a, b), stride)
    return np.asarray((high - low).max(axis=2), dtype=np.float64)


def _extreme(operation: np.ufunc, rgb: Pixels, stride: int) -> Pixels:
    """Return the largest or smallest of each channel around each cell, (h, w, C)."""
    out: Pixels = reduced(operation, rgb, stride)
    edge = AROUND // 2
    wide = np.pad(out, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    for down, across in product(range(AROUND), repeat=2):
        operation(out, wide[down : down + out.shape[0], across : across + out.shape[1]], out=out)
    return out


def _differences(a: Pixels, b: Pixels, stride: int) -> NDArray[np.uint32]:
    """Return the differences between `a` and `b` moved, summed over each cell, (moves, h, w)."""
    height, width, _ = a.shape
    moves = list(product(range(2 * ASIDE + 1), repeat=2))
    wide = np.pad(b, ((ASIDE, ASIDE), (ASIDE, ASIDE), (0, 0)), mode="edge")
    out = np.empty((len(moves), height // stride, width // stride), dtype=np.uint32)
    step = max(1, BAND // width // stride) * stride
    for top in range(0, height, step):
        band = a[top : top + step]
        rows = len(band)
        high, low = np.empty_like(band), np.empty_like(band)
        for number, (down, across) in enumerate(moves):
            moved = wide[top + down : top + down + rows, across : across + width]
            np.maximum(band, moved, out=high)
            np.minimum(band, moved, out=low)
            np.subtract(high, low, out=high)
            out[number, top // stride : (top + rows) // stride] = _per_cell(high, stride)
    return out


def _per_cell(values: Pixels, stride: int) -> NDArray[np.uint32]:
    """Return the sums of (H, W, C) values over each cell, (h, w)."""
    height, width, channels = values.shape
    rows = values.reshape(height // stride, stride, -1).sum(axis=1, dtype=np.uint16)
    places = rows.reshape(-1, stride * channels)
    total = places[:, 0].astype(np.uint32)
    for place in range(1, stride * channels):  # far faster than a sum over so short an axis
        total += places[:, place]
    return np.asarray(total.reshape(height // stride, width // stride))


def _around(cells: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the sums of (n, h, w) values over `AROUND` x `AROUND` cells; the edge's own go on."""
    height, width = cells.shape[1:]
    edge = AROUND // 2
    wide = np.pad(cells, ((0, 0), (edge, edge), (edge, edge)), mode="edge")
    tall = sum((wide[:, i : i + height] for i in range(1, AROUND)), start=wide[:, :height])
    return sum((tall[:, :, i : i + width] for i in range(1, AROUND)), start=tall[:, :, :width])

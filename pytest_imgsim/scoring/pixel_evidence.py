"""How well the pixels confirm a change that the network sees.

Another renderer redraws text: its edges move by a part of a pixel, and the network, which has to
notice a single letter, notices that too. A cell counts less where the pixels of one picture are
nearly found in the other, at most one pixel away. "Nearly" depends on the contrast: what is left
between two drawings of pale grey letters is paler than between black ones. What comes in from
beyond a picture's edge when a page shifts by one pixel does not count against it.

However its edges are drawn, text leaves about as much of its colour on the ground around it. Where
this shade differs, as it does for bold, faded or recoloured text, it confirms a change as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.picture import Pixels
from pytest_imgsim.scoring.cells import reduced
from pytest_imgsim.scoring.formula import (
    FULL_CONTRAST,
    FULL_EVIDENCE_LEVELS,
    FULL_SHADE_LEVELS,
    MAX_SHIFT,
    MIN_CONTRAST,
    MIN_WEIGHT,
)

#: Side of a cell's neighbourhood in cells: 12 x 12 pixels with our network's stride of 4.
NEIGHBOURHOOD = 3
SHIFTS = tuple(product(range(-MAX_SHIFT, MAX_SHIFT + 1), repeat=2))
#: About as many pixels are processed at once, so that they stay in the processor's cache.
BAND = 2**16

Size = tuple[int, ...]
Where = tuple[slice, slice]
_Whole = TypeVar("_Whole", bound=np.integer[Any])


def pixel_evidence(
    a: Pixels, b: Pixels, stride: int, size: Size | None = None
) -> NDArray[np.float64]:
    """Return how well the pixels around each cell confirm a change; symmetric.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The two pictures; H and W are multiples of `stride`.
    stride : int
        Side of the cells in pixels.
    size : tuple of int, optional
        Height and width of the pictures proper, from their first pixel on, without what was
        repeated to fill the last cells; all of it if left out.

    Returns
    -------
    ndarray of shape (H / stride, W / stride), float64
        From `MIN_WEIGHT` to 1.
    """
    own = a.shape if size is None else size
    known = (
        _around(np.stack([_known(shift, a.shape, own, stride) for shift in SHIFTS])) * a.shape[2]
    )
    unexplained = np.maximum(
        _unexplained(a, b, own, known, stride), _unexplained(b, a, own, known, stride)
    )
    shade = _shade(a, b, own, stride)
    near, wide = (
        np.clip(levels / FULL_CONTRAST, MIN_CONTRAST, 1.0) for levels in _contrasts(a, b, stride)
    )
    return np.clip(
        np.maximum(unexplained / FULL_EVIDENCE_LEVELS / near, shade / FULL_SHADE_LEVELS / wide),
        MIN_WEIGHT,
        1.0,
    )


def _unexplained(
    a: Pixels, b: Pixels, own: Size, known: NDArray[np.uint32], stride: int
) -> NDArray[np.float64]:
    """Return the mean difference around each cell, in levels, from the best shift of `b`."""
    sums = _around(_differences(a, b, own, stride))
    means = np.full(sums.shape, np.inf)
    np.divide(sums, known, out=means, where=known > 0)
    return np.asarray(means.min(axis=0))


def _known(shift: Size, shape: Size, own: Size, stride: int) -> NDArray[np.uint32]:
    """Return how many pixels of each cell can be compared after a shift, (h, w)."""
    return _counts(_inside(shift, own), shape, stride)


def _counts(where: Where, shape: Size, stride: int) -> NDArray[np.uint32]:
    """Return how many pixels of each cell are in some rows and columns, (h, w)."""
    sides = []
    for inside, length in zip(where, shape, strict=False):
        seen = np.zeros(length, dtype=np.uint32)
        seen[inside] = 1
        sides.append(seen.reshape(-1, stride).sum(axis=1, dtype=np.uint32))
    return np.outer(*sides)


def _inside(shift: Size, own: Size) -> Where:
    """Return the rows and columns of a picture that overlap the other one after a shift."""
    down, across = (
        slice(max(0, -step), max(0, length - max(0, step)))
        for step, length in zip(shift, own, strict=False)
    )
    return down, across


def _shade(a: Pixels, b: Pixels, own: Size, stride: int) -> NDArray[np.float64]:
    """Return how far apart the shades around each cell are, in levels of a channel, (h, w).

    A shade is the mean over a cell's neighbourhood of such means: a tent over five cells. What its
    slope makes of a shift by one pixel does not count, and nothing counts where the tent reaches
    the outermost pixels, which may have come in from beyond the edge.
    """
    down, across = (slice(MAX_SHIFT, max(0, length - MAX_SHIFT)) for length in own[:2])
    counts = _around(_around(_counts((down, across), a.shape, stride)[None]))
    weights = np.float32(1) / np.maximum(counts, 1).astype(np.float32)
    one, other = (_tent(rgb, (down, across), stride) * weights for rgb in (a, b))
    apart = np.abs(one - other)
    for axis in (1, 2):
        if apart.shape[axis] > 1:
            apart -= MAX_SHIFT * np.abs(np.gradient((one + other) / 2, stride, axis=axis))
    confirmed = np.where(counts == NEIGHBOURHOOD**4 * stride**2, np.maximum(apart, 0), 0)
    return np.asarray(confirmed.max(axis=0), dtype=np.float64)


def _tent(rgb: Pixels, where: Where, stride: int) -> NDArray[np.float32]:
    """Return the sums around each cell, the nearest weighted most, (C, h, w).

    Only the given rows and columns count.
    """
    inside = np.zeros_like(rgb)
    inside[where] = rgb[where]
    cells = np.moveaxis(reduced(np.add, inside, stride, np.int32), -1, 0)
    return _around(_around(cells)).astype(np.float32)


def _contrasts(a: Pixels, b: Pixels, stride: int) -> Iterator[NDArray[np.float64]]:
    """Yield the levels from the darkest to the lightest value of a channel around each cell.

    First within the reach of `_unexplained`, then within that of `_shade`.
    """
    high = reduced(np.maximum, np.maximum(a, b), stride)
    low = reduced(np.minimum, np.minimum(a, b), stride)
    for _ in range(2):
        high, low = _spread(np.maximum, high), _spread(np.minimum, low)
        yield np.asarray((high - low).max(axis=2), dtype=np.float64)


def _spread(operation: np.ufunc, cells: Pixels) -> Pixels:
    """Return the largest or smallest value of each cell's neighbourhood, (h, w, C)."""
    out = cells.copy()
    edge = NEIGHBOURHOOD // 2
    wide = np.pad(cells, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    for down, across in product(range(NEIGHBOURHOOD), repeat=2):
        operation(out, wide[down : down + out.shape[0], across : across + out.shape[1]], out=out)
    return out


def _differences(a: Pixels, b: Pixels, own: Size, stride: int) -> NDArray[np.uint32]:
    """Return the differences between `a` and each shift of `b`, summed per cell, (shifts, h, w)."""
    height, width, _ = a.shape
    wide = np.pad(b, ((MAX_SHIFT, MAX_SHIFT), (MAX_SHIFT, MAX_SHIFT), (0, 0)))
    out = np.empty((len(SHIFTS), height // stride, width // stride), dtype=np.uint32)
    step = max(1, BAND // width // stride) * stride
    for top in range(0, height, step):
        band = a[top : top + step]
        rows = len(band)
        high, low = np.empty_like(band), np.empty_like(band)
        for number, shift in enumerate(SHIFTS):
            start, left = top + MAX_SHIFT + shift[0], MAX_SHIFT + shift[1]
            shifted = wide[start : start + rows, left : left + width]
            np.maximum(band, shifted, out=high)
            np.minimum(band, shifted, out=low)
            np.subtract(high, low, out=high)
            inside, columns = _inside(shift, own)
            high[: max(0, inside.start - top)] = 0
            high[max(0, inside.stop - top) :] = 0
            high[:, : columns.start] = 0
            high[:, columns.stop :] = 0
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


def _around(cells: NDArray[_Whole]) -> NDArray[_Whole]:
    """Return the sums of (n, h, w) values over each cell's neighbourhood; beyond the edge is 0."""
    height, width = cells.shape[1:]
    edge = NEIGHBOURHOOD // 2
    wide = np.pad(cells, ((0, 0), (edge, edge), (edge, edge)))
    tall = sum((wide[:, i : i + height] for i in range(1, NEIGHBOURHOOD)), start=wide[:, :height])
    return sum(
        (tall[:, :, i : i + width] for i in range(1, NEIGHBOURHOOD)), start=tall[:, :, :width]
    )

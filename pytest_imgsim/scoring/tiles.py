"""The parts of two pictures that the network has to see, so that the cost depends on what changed.

A cell's features depend on the pixels within its receptive field. Where none of these changed, both
pictures have the same features and the cosine is 1. Tiles cover the other cells, each with a margin
wide enough for its cells to get the values that the whole picture would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.picture import Mask

#: Tiles begin and end at multiples of this many pixels, which all strides divide.
ALIGNMENT = 8
#: Largest core of a tile in cells of `ALIGNMENT`, down and across: 400 x 1280 pixels, which
#: bounds the memory of a comparison.
LARGEST = (50, 160)
#: Side of the blocks, in cells, that are joined into tiles.
BLOCK = 16

Span = tuple[int, int]


@dataclass(frozen=True)
class Tile:
    """A part of a picture: its own cells, and these with their margin.

    Parameters
    ----------
    core, outer : tuple of (int, int)
        (start, stop) down and across, in pixels, without and with the margin; multiples of
        `ALIGNMENT`.
    """

    core: tuple[Span, Span]
    outer: tuple[Span, Span]

    def cut(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the part of an (H, W, ...) array that the tile and its margin cover."""
        (top, bottom), (left, right) = self.outer
        return pixels[top:bottom, left:right]

    def cells(self, stride: int) -> tuple[slice, slice]:
        """Return the core's cells within the whole picture's map."""
        down, across = (slice(start // stride, stop // stride) for start, stop in self.core)
        return down, across

    def own_cells(self, stride: int) -> tuple[slice, slice]:
        """Return the core's cells within the tile's own map."""
        down, across = (
            slice((core[0] - outer[0]) // stride, (core[1] - outer[0]) // stride)
            for core, outer in zip(self.core, self.outer, strict=True)
        )
        return down, across


def tiles(changed: Mask, receptive_radius: int) -> list[Tile]:
    """Return tiles over all cells that may differ.

    Parameters
    ----------
    changed : ndarray of shape (H, W), bool
        Pixels that differ; H and W are multiples of `ALIGNMENT`.
    receptive_radius : int
        How many pixels before and after a cell's first one its features look at.

    Returns
    -------
    list of Tile
        No core is larger than `LARGEST`.
    """
    cells = _cells_that_see(changed, receptive_radius)
    out = []
    for down in _pieces(cells.shape[0], LARGEST[0]):
        for across in _pieces(cells.shape[1], LARGEST[1]):
            piece = cells[slice(*down), slice(*across)]
            for core in _cores(piece, receptive_radius) if piece.any() else ():
                top, bottom, left, right = map(int, core)
                rows, columns = (
                    (down[0] + top, down[0] + bottom),
                    (across[0] + left, across[0] + right),
                )
                out.append(_tile((rows, columns), receptive_radius, changed.shape))
    return out


def _margins(receptive_radius: int) -> tuple[int, int]:
    """Return how many cells before and after a cell its features look at."""
    return -(-receptive_radius // ALIGNMENT), receptive_radius // ALIGNMENT


def _cells_that_see(changed: Mask, receptive_radius: int) -> Mask:
    """Return the cells of `ALIGNMENT` pixels with a changed pixel within reach, as (h, w) bool."""
    height, width = changed.shape[0] // ALIGNMENT, changed.shape[1] // ALIGNMENT
    rows = changed.reshape(height, ALIGNMENT, -1).any(axis=1)
    cells = np.asarray(rows.reshape(height, width, ALIGNMENT).any(axis=2))
    return _spread(_spread(cells, receptive_radius).T, receptive_radius).T


def _spread(cells: Mask, receptive_radius: int) -> Mask:
    """Return where a cell, or one within reach above or below it, is True."""
    before, after = _margins(receptive_radius)
    padded = np.pad(cells, ((before, after), (0, 0)))
    rows = [padded[shift : shift + len(cells)] for shift in range(before + after + 1)]
    return np.asarray(np.logical_or.reduce(rows))


def _pieces(length: int, largest: int) -> list[Span]:
    """Return the (start, stop) of equal pieces of a side, none longer than `largest`."""
    count = -(-length // largest)
    ends = [length * number // count for number in range(count + 1)]
    return list(pairwise(ends))


def _cores(cells: Mask, receptive_radius: int) -> NDArray[np.int64]:
    """Return (top, bottom, left, right) of rectangles over all True cells, (n, 4).

    Blocks are joined, two at a time, as long as one tile over both costs no more than two. If the
    result costs more than a single tile over everything, it is that single tile.
    """
    boxes = _blocks(cells, BLOCK)
    margin = sum(_margins(receptive_radius))
    while len(boxes) > 1:
        joined = _around(boxes[:, None], boxes[None])
        alone = _cost(boxes, margin)
        saved = alone[:, None] + alone - _cost(joined, margin)
        np.fill_diagonal(saved, -1)
        pair = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[pair] < 0:
            break
        boxes = np.vstack([np.delete(boxes, pair, axis=0), joined[pair]])
    whole = _blocks(cells, max(cells.shape))
    return boxes if _cost(boxes, margin).sum() < _cost(whole, margin).sum() else whole


def _blocks(cells: Mask, side: int) -> NDArray[np.int64]:
    """Return the tight rectangles around the True cells of each block of a side, (n, 4)."""
    boxes = []
    for top in range(0, cells.shape[0], side):
        for left in range(0, cells.shape[1], side):
            block = cells[top : top + side, left : left + side]
            down, across = np.flatnonzero(block.any(axis=1)), np.flatnonzero(block.any(axis=0))
            if len(down):
                rows, columns = top + down[[0, -1]], left + across[[0, -1]]
                boxes.append((rows[0], rows[1] + 1, columns[0], columns[1] + 1))
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def _around(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the smallest rectangles, (..., 4), around two each."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.stack([low[..., 0], high[..., 1], low[..., 2], high[..., 3]], axis=-1)


def _cost(boxes: NDArray[np.int64], margin: int) -> NDArray[np.int64]:
    """Return how many cells the network has to process for each rectangle, (...)."""
    height, width = boxes[..., 1] - boxes[..., 0], boxes[..., 3] - boxes[..., 2]
    return np.asarray((height + margin) * (width + margin))


def _tile(core: tuple[Span, Span], receptive_radius: int, shape: tuple[int, ...]) -> Tile:
    """Return the tile around a core in cells; its margin ends at the picture's edge."""
    before, after = _margins(receptive_radius)
    outer = [
        (max(start - before, 0) * ALIGNMENT, min((stop + after) * ALIGNMENT, length))
        for (start, stop), length in zip(core, shape, strict=True)
    ]
    (top, bottom), (left, right) = core
    inner = ((top * ALIGNMENT, bottom * ALIGNMENT), (left * ALIGNMENT, right * ALIGNMENT))
    return Tile(inner, (outer[0], outer[1]))


def changed_frame(changed: Mask) -> tuple[slice, slice]:
    """Return the rows and columns around all that changed, from multiples of `ALIGNMENT` on."""
    down = np.flatnonzero(changed.any(axis=1))
    rows = slice(int(down[0]) // ALIGNMENT * ALIGNMENT, int(down[-1]) + 1)
    across = np.flatnonzero(changed[rows].any(axis=0))
    return rows, slice(int(across[0]) // ALIGNMENT * ALIGNMENT, int(across[-1]) + 1)

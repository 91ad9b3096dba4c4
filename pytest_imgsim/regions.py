"""Areas of a picture: boxes and polygons to ignore, and the regions where two pictures differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pytest_imgsim.errors import MaskError
from pytest_imgsim.picture import Picture, opacity

Mask = NDArray[np.bool_]

#: The colour of a masked pixel: the mean that ResNet50's preprocessing subtracts, so that
#: a masked area looks like nothing at all to the network.
MASK_COLOUR = (124, 117, 104)


@dataclass(frozen=True)
class Box:
    """A rectangle to ignore, in pixels from the top left corner.

    Parameters
    ----------
    x, y : float
        Top left corner.
    width, height : float
        Extent, more than 0. A box that begins or ends inside a pixel covers all of it.
    relative : bool
        Whether the four numbers are shares of the picture's sides; see :meth:`fraction`.
    """

    x: float
    y: float
    width: float
    height: float
    relative: bool = False

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height)
        if not all(math.isfinite(number) for number in numbers):
            raise MaskError(f"{self}: expected four finite numbers")
        if self.width <= 0 or self.height <= 0:
            raise MaskError(f"{self}: expected a width and a height above 0")

    @classmethod
    def fraction(cls, x: float, y: float, width: float, height: float) -> Box:
        """Return a box given as shares (0 to 1) of the picture's width and height."""
        return cls(x, y, width, height, relative=True)

    def mask(self, size: tuple[int, int]) -> Mask:
        """Return the covered pixels, (H, W) bool, in a picture of (width, height) `size`."""
        across, down = size if self.relative else (1, 1)
        left, right = _span(self.x * across, self.width * across)
        top, bottom = _span(self.y * down, self.height * down)
        covered = np.zeros((size[1], size[0]), dtype=np.bool_)
        covered[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
        return covered


def _span(start: float, extent: float) -> tuple[int, int]:
    # 1e-6 px: shares such as 0.1 * 1280 must not reach into the next pixel by rounding.
    return math.floor(start + 1e-6), math.ceil(start + extent - 1e-6)


def gap(a: Box, b: Box) -> float:
    """Return how many pixels lie between two boxes, in the direction where they are further."""
    across = max(a.x - b.x - b.width, b.x - a.x - a.width)
    return max(across, a.y - b.y - b.height, b.y - a.y - a.height)


def around(a: Box, b: Box) -> Box:
    """Return the smallest box around two."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    return Box(x, y, right - x, bottom - y)


def cut(box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a box in whole pixels."""
    x, y = int(box.x), int(box.y)
    return np.s_[y : y + int(box.height), x : x + int(box.width)]


@dataclass(frozen=True)
class Polygon:
    """A polygon to ignore.

    Parameters
    ----------
    points : sequence of (float, float)
        Three corners or more, (x, y) in pixels; the edge belongs to the area.
    relative : bool
        Whether the corners are shares (0 to 1) of the picture's sides.
    """

    points: Sequence[tuple[float, float]]
    relative: bool = False

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise MaskError(f"{self}: expected at least three corners")

    def mask(self, size: tuple[int, int]) -> Mask:
        """Return the covered pixels, (H, W) bool, in a picture of (width, height) `size`."""
        across, down = size if self.relative else (1, 1)
        canvas = Image.new("1", size)
        ImageDraw.Draw(canvas).polygon(
            [(x * across, y * down) for x, y in self.points], fill=1, outline=1
        )
        return np.asarray(canvas, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class MaskImage:
    """A black and white picture whose light pixels are ignored; as large as the actual.

    Parameters
    ----------
    picture : Picture
        The mask; a pixel counts as light where its mean channel is 128 or more and it is
        not transparent.
    what : str
        Name for error messages.
    """

    picture: Picture
    what: str = "mask image"

    def mask(self, size: tuple[int, int]) -> Mask:
        """Return the covered pixels, (H, W) bool, in a picture of (width, height) `size`."""
        if self.picture.size != size:
            raise MaskError(
                f"{self.what}: expected the size of the picture, {size[0]} x {size[1]}, got "
                f"{self.picture.size[0]} x {self.picture.size[1]}"
            )
        light = self.picture.rgb.mean(axis=2) >= 128
        opaque = opacity(self.picture) >= 128
        return np.asarray(light & opaque)


Area = Box | Polygon | MaskImage


def ignored(areas: Sequence[Area], size: tuple[int, int]) -> Mask | None:
    """Return all pixels that `areas` cover.

    Parameters
    ----------
    areas : sequence of Box, Polygon or MaskImage
        What to ignore; one that reaches over the edge is cut there.
    size : tuple of int
        Width and height of the picture in pixels.

    Returns
    -------
    ndarray of shape (H, W), bool, or None
        True where a pixel is ignored; None without areas.

    Raises
    ------
    MaskError
        If an area covers no pixel of the picture, or all areas together hide all of it.
    """
    if not areas:
        return None
    covered = np.zeros((size[1], size[0]), dtype=np.bool_)
    for area in areas:
        mask = area.mask(size)
        if not mask.any():
            raise MaskError(
                f"ignore={_short(area)} covers no pixel of the {size[0]} x {size[1]} picture; "
                "remove it or correct its place"
            )
        covered |= mask
    if covered.all():
        raise MaskError(
            f"the ignored areas hide the whole {size[0]} x {size[1]} picture, so nothing is left "
            "to compare"
        )
    return covered


def _short(area: Area) -> str:
    return area.what if isinstance(area, MaskImage) else repr(area)


def hide(picture: Picture, covered: Mask | None) -> Picture:
    """Return `picture` with the covered pixels, (H, W) bool, made opaque and of one colour."""
    if covered is None:
        return picture
    rgb = picture.rgb.copy()
    rgb[covered] = MASK_COLOUR
    if picture.alpha is None:
        return Picture(rgb)
    alpha = picture.alpha.copy()
    alpha[covered] = 255
    return Picture(rgb, alpha)


def changed_boxes(changed: Mask, *, cell: int = 8) -> list[Box]:
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
    list of Box
        Tight boxes in whole pixels.
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


def _tight(changed: Mask, cells: tuple[NDArray[np.int64], NDArray[np.int64]], cell: int) -> Box:
    """Return the smallest box around the changed pixels of a group of cells."""
    (top, left), (bottom, right) = (
        [int(extreme(side)) * cell for side in cells] for extreme in (np.min, np.max)
    )
    inside = changed[top : bottom + cell, left : right + cell]
    down, across = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return Box(
        left + int(across[0]),
        top + int(down[0]),
        int(across[-1] - across[0] + 1),
        int(down[-1] - down[0] + 1),
    )

"""Boxes and polygons that tests give as areas to ignore."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from pytest_imgsim.errors import MaskError
from pytest_imgsim.pictures.picture import Mask


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

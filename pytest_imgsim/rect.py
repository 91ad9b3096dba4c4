"""Rectangles in whole pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rect:
    """A rectangle of whole pixels.

    Parameters
    ----------
    x, y : int
        Its top left pixel; the origin is the picture's top left corner.
    width, height : int
        Its extent in pixels, 1 or more.
    """

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height} at ({self.x}, {self.y})"

    @property
    def right(self) -> int:
        """The first column to its right."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """How many pixels it has."""
        return self.width * self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns, to index an (H, W, ...) array with."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def gap(self, other: Rect) -> int:
        """Return how many pixels are between two, on the axis where they are further apart.

        Below 0 they overlap; 0 means that they touch.
        """
        across = max(self.x - other.right, other.x - self.right)
        return max(across, self.y - other.bottom, other.y - self.bottom)


def bounding(rects: Iterable[Rect]) -> Rect:
    """Return the smallest rectangle around one or more others."""
    every = list(rects)
    x, y = min(rect.x for rect in every), min(rect.y for rect in every)
    right, bottom = max(rect.right for rect in every), max(rect.bottom for rect in every)
    return Rect(x, y, right - x, bottom - y)

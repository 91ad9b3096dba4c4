"""The scores of a picture's cells, with what each was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.rect import Rect
from pytest_imgsim.scoring.formula import scores

Cell = tuple[int, int]


@dataclass(frozen=True, eq=False)
class CellScores:
    """Scores on a grid.

    Parameters
    ----------
    stride : int
        Side of a cell in pixels.
    cosines : ndarray of shape (h, w), float64
        The cosine of each cell's features, in [-1, 1]; of ResNet50's, in [0, 1].
    weights : ndarray of shape (h, w), float64
        How much the angle of each cell counts.
    values : ndarray of shape (h, w), float64
        The scores that the formula makes of both, in [0, 1].
    """

    stride: int
    cosines: NDArray[np.float64]
    weights: NDArray[np.float64]
    values: NDArray[np.float64]

    @classmethod
    def unchanged(cls, stride: int, shape: tuple[int, ...]) -> CellScores:
        """Return the scores of equal pictures of (H, W) pixels, to write others into."""
        cells = shape[0] // stride, shape[1] // stride
        return cls(stride, np.ones(cells), np.ones(cells), np.ones(cells))

    def write(
        self,
        at: tuple[slice, slice],
        cosines: NDArray[np.float64],
        weights: NDArray[np.float64],
    ) -> None:
        """Score some rows and columns of cells."""
        self.cosines[at], self.weights[at] = cosines, weights
        self.values[at] = scores(cosines, weights)

    def lower_of(self, other: CellScores) -> CellScores:
        """Return the lower score of two for each cell, with what it was made of."""
        lower = other.values < self.values
        arrays = (
            np.where(lower, theirs, ours)
            for ours, theirs in (
                (self.cosines, other.cosines),
                (self.weights, other.weights),
                (self.values, other.values),
            )
        )
        return CellScores(self.stride, *arrays)

    @property
    def worst(self) -> Cell:
        """The row and column of the cell with the lowest score."""
        row, column = np.unravel_index(int(self.values.argmin()), self.values.shape)
        return int(row), int(column)

    def worst_near(self, rect: Rect) -> Cell:
        """Return the row and column of the lowest score in or next to a rectangle of pixels."""
        top, left = (max(side // self.stride - 1, 0) for side in (rect.y, rect.x))
        bottom, right = ((end - 1) // self.stride + 2 for end in (rect.bottom, rect.right))
        near = self.values[top:bottom, left:right]
        row, column = np.unravel_index(int(near.argmin()), near.shape)
        return top + int(row), left + int(column)

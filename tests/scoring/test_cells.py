"""Pixels, gathered into cells."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import noise

from pytest_imgsim.scoring.cells import reduced


@pytest.mark.parametrize("cell", [1, 4, 8])
@pytest.mark.parametrize("operation", [np.maximum, np.minimum, np.logical_or])
def test_each_cell_has_its_own_pixels(operation: np.ufunc, cell: int) -> None:
    """The operation is carried out over the rows and columns of each cell, channel by channel."""
    rgb = noise(16, 40) // 100
    out = reduced(operation, rgb, cell)
    assert out.shape == (16 // cell, 40 // cell, 3)
    for row, column in np.ndindex(out.shape[:2]):
        part = rgb[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        np.testing.assert_array_equal(out[row, column], operation.reduce(part, axis=(0, 1)))


def test_sums_do_not_run_over() -> None:
    """What is added up gets the type that it needs."""
    white = np.full((16, 32, 3), 255, np.uint8)
    out = reduced(np.add, white, 16, np.int32)
    assert out.dtype == np.int32
    assert (out == 255 * 16 * 16).all()

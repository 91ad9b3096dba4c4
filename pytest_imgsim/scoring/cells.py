"""Reductions over square cells of pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def reduced(
    operation: np.ufunc, values: NDArray[Any], cell: int, dtype: type[np.integer[Any]] | None = None
) -> NDArray[Any]:
    """Return values reduced over each cell.

    Parameters
    ----------
    operation : ufunc
        Of two values; their order must not matter.
    values : ndarray of shape (H, W, C)
        H and W are multiples of `cell`.
    cell : int
        Side of the cells in pixels.
    dtype : type, optional
        What the operation computes in and returns; its own choice if left out.

    Returns
    -------
    ndarray of shape (H / cell, W / cell, C)
    """
    height, width = values.shape[0] // cell, values.shape[1] // cell
    # Rows first, and then the columns as rows: what is summed is then contiguous in memory.
    rows = operation.reduce(values.reshape(height, cell, -1), axis=1, dtype=dtype)
    columns = np.ascontiguousarray(rows.T).reshape(width, cell, -1, height)
    return np.moveaxis(operation.reduce(columns, axis=1, dtype=dtype), -1, 0)

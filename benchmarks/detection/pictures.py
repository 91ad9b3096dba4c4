"""Pictures of the benchmark: how they are read and kept, and where two of them differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Box = list[int]
#: A change shows if so many pixels differ by so many levels.
PIXELS, LEVELS = 5, 12


def load(path: Path | str) -> Pixels:
    """Return a file's pixels, (H, W, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def keep(work: Path, file: str, pixels: Pixels) -> str:
    """Write a picture below `work` and return `file`, its name there."""
    path = work / file
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, compress_level=1)
    return file


def changed_box(a: Pixels, b: Pixels, levels: int = LEVELS) -> Box | None:
    """Return (left, top, width, height) of all that a person could see change, if anything.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        The same view before and after.
    levels : int, default `LEVELS`
        A pixel counts if one of its channels differs by so much.

    Returns
    -------
    list of int or None
        None if fewer than `PIXELS` pixels count.

    Examples
    --------
    >>> a = np.zeros((8, 8, 3), np.uint8)
    >>> b = a.copy()
    >>> b[2:4, 3:6] = 200
    >>> changed_box(a, b)
    [3, 2, 3, 2]
    """
    changed = np.abs(a.astype(np.int16) - b).max(axis=2) >= levels
    if changed.sum() < PIXELS:
        return None
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    return [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1]

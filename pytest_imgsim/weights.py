"""Which weights the ResNet50 gets: a known name or a file, as arrays in Keras' order.

``seeded`` needs no download: the kernels are drawn from a fixed seed and the BatchNorm
statistics, measured once by ``training/calibrate_batchnorm.py``, ship with the package, so
that every machine builds the very same network, bit by bit.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.settings import WEIGHTS_NAMES, WEIGHTS_RULE, WEIGHTS_SUFFIXES

SEEDED, IMAGENET = WEIGHTS_NAMES
SEED = 50
STATISTICS = "seeded_batchnorm.npz"


def weights_file(weights: str, root: Path) -> Path | None:
    """Return the file that `weights` names, or None for a known name.

    Parameters
    ----------
    weights : str
        A name in `WEIGHTS_NAMES`, or the path of a weights file.
    root : Path
        Where a relative path begins.

    Raises
    ------
    WeightsError
        If it is neither, or the file is missing.
    """
    if weights in WEIGHTS_NAMES:
        return None
    if not weights.endswith(WEIGHTS_SUFFIXES):
        raise WeightsError(f"weights {weights!r}: expected {WEIGHTS_RULE}")
    path = root / weights
    if not path.is_file():
        raise WeightsError(f"weights {weights!r}: expected {WEIGHTS_RULE}; there is no file {path}")
    return path


def seeded_kernels(shapes: Iterable[tuple[int, ...]]) -> list[NDArray[np.float32]]:
    """Return a uniform He-initialised kernel for each shape, the same on every machine.

    Parameters
    ----------
    shapes : iterable of tuple of int
        Kernel shapes (height, width, channels in, channels out), in Keras' layer order.

    Returns
    -------
    list of ndarray, float32
        Values in [-l, l] with l = sqrt(6 / fan_in).

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
       :doi:`10.1109/ICCV.2015.123`
    """
    generator = np.random.default_rng(SEED)
    kernels = []
    for shape in shapes:
        limit = np.float32(math.sqrt(6.0 / math.prod(shape[:3])))
        # float32 draws are exact (24 random bits each) and so is this arithmetic.
        draws = generator.random(shape, dtype=np.float32)
        kernels.append((draws * np.float32(2) - np.float32(1)) * limit)
    return kernels


def seeded_statistics() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the BatchNorm means and variances of all layers, two (26560,) float32 arrays."""
    resource = files("pytest_imgsim") / "data" / STATISTICS
    with resource.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return arrays["mean"], arrays["variance"]


def digest(arrays: Sequence[NDArray[Any]]) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 over all weights, in order."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
    return sha.hexdigest()[:8]

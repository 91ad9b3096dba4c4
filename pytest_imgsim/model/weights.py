"""The weights of the ResNet50: a known name or a file, as arrays in Keras' order.

``bundled`` ships with the package and needs no download: int8 kernels with a step size for each
filter, written by ``training/pack_weights.py``. They are converted to float32 by exact arithmetic,
so that every machine has the same network, bit by bit.
"""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.parsers import WEIGHTS_NAMES, WEIGHTS_RULE, WEIGHTS_SUFFIXES

BUNDLED, IMAGENET = WEIGHTS_NAMES
DATA = Path(__file__).parent / "data"
BUNDLED_FILE = "resnet50.npz"
#: The `digest` of its arrays, known before the file is read.
BUNDLED_DIGEST = "dbee0f69"
BUNDLED_SHA256 = "938db0b6392ab3afeecde96a62576f73b0b238be182fbc7423fe45dc081723c7"
Layers = dict[str, list[NDArray[np.float32]]]
Arrays = dict[str, NDArray[Any]]

#: Ends the name of the array with the step sizes of an int8 kernel.
STEPS = "/steps"
#: Blocks of each stage, conv2 to conv5; every stage but the first halves its input.
BLOCKS = (3, 4, 6, 3)
#: Keras' `epsilon` of the BatchNorms of its ResNet50.
EPSILON = 1.001e-5


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


def bundled() -> Arrays:
    """Return the bundled weights as they are packed.

    Returns
    -------
    dict of str to ndarray
        ``<layer>/<number>`` by the names that Keras gives its layers, in the order of their
        ``set_weights``: kernel (h, w, channels in, channels out) and bias of a convolution; gamma,
        beta, mean and variance of a BatchNorm. Kernels are int8, and the array of the same name
        plus `STEPS` has the value of 1 in each filter; everything else is float32.

    Raises
    ------
    WeightsError
        If the file is not the one of this release.
    """
    content = read_regular(DATA / BUNDLED_FILE)
    found = hashlib.sha256(content).hexdigest()
    if found != BUNDLED_SHA256:
        raise WeightsError(
            f"weights {BUNDLED!r}: expected SHA-256 {BUNDLED_SHA256[:12]}..., got {found[:12]}...: "
            f"the file {BUNDLED_FILE} of the package is damaged; install it again: "
            "python -m pip install --force-reinstall --no-deps pytest-imgsim"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def named(layers: Layers) -> Arrays:
    """Return the arrays of layers under the names that `bundled` gives them."""
    return {
        f"{layer}/{number}": value
        for layer, values in layers.items()
        for number, value in enumerate(values)
    }


def packed(layers: Layers) -> Arrays:
    """Return layers as the arrays of a file; `unpacked` is the inverse.

    Kernels become int8 in -127..127 with one step size for each filter.

    Parameters
    ----------
    layers : dict of str to list of ndarray, float32
        In the order of each layer's ``set_weights``.
    """
    arrays: Arrays = {}
    for name, value in named(layers).items():
        arrays[name] = value
        if value.ndim == 4:
            steps = np.abs(value).max(axis=(0, 1, 2)) / np.float32(127)
            steps = np.maximum(steps, np.finfo(np.float32).tiny)
            arrays[name + STEPS] = steps
            arrays[name] = np.rint(value / steps).astype(np.int8)
    return arrays


def unpacked(arrays: Arrays) -> Layers:
    """Return the layers that `packed` was given, kernels to half a step."""
    layers: Layers = defaultdict(list)
    for name, value in arrays.items():
        if name.endswith(STEPS):
            continue
        steps = arrays.get(name + STEPS, np.float32(1))
        layers[name.rpartition("/")[0]].append(value.astype(np.float32) * steps)
    return dict(layers)


def digest(arrays: Arrays) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 over all arrays, in order of name."""
    sha = hashlib.sha256()
    for _, array in sorted(arrays.items()):
        sha.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).data)
    return sha.hexdigest()[:8]

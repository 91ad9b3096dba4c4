"""Keras' own ImageNet weights: downloaded once, to where Keras itself keeps them.

Keras' own download takes no timeout but that of the whole process.
"""

from __future__ import annotations

import hashlib
import os
import urllib.request
from http.client import HTTPException
from pathlib import Path

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.files.writing import write_whole

#: The file and its hash as Keras publishes them (keras/src/applications/resnet.py).
NAME = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
URL = f"https://storage.googleapis.com/tensorflow/keras-applications/resnet/{NAME}"
MD5 = "4d473c1dd8becc155b73f8504c6f6626"
#: Seconds without an answer after which a request is given up.
TIMEOUT = 15.0
#: The file has 95 MB; no more than this is read.
MAX_BYTES = 200_000_000
KERAS_HOME_HELP = "Set KERAS_HOME to a folder that can be written to"


def imagenet_file() -> Path:
    """Return the file of Keras' ImageNet weights, which is downloaded if it is not there.

    Returns
    -------
    Path
        A file in ``$KERAS_HOME/models``, by default ``~/.keras/models``, with the right hash.

    Raises
    ------
    WeightsError
        If it cannot be downloaded or written.
    """
    path = _path()
    if not (path.is_file() and _md5(path.read_bytes()) == MD5):
        _keep(_download(), path)
    return path


def _path() -> Path:
    try:
        home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    except RuntimeError as error:  # a user without a home
        raise WeightsError(f"weights 'imagenet': {error} {KERAS_HOME_HELP}") from None
    return home / "models" / NAME


def _download() -> bytes:
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as response:
            content: bytes = response.read(MAX_BYTES)
    except (OSError, HTTPException) as error:
        raise WeightsError(
            f"weights 'imagenet': could not download Keras' ResNet50 file from {URL} ({error}). "
            "Connect once, or download the file elsewhere and pass its path with "
            "--imgsim-weights, or use --imgsim-weights=bundled, which needs no network"
        ) from None
    if _md5(content) != MD5:
        raise WeightsError(
            f"weights 'imagenet': expected a file with the MD5 {MD5} from {URL}, got "
            f"{len(content)} bytes with {_md5(content)}. Try again, or ask who runs your proxy"
        )
    return content


def _keep(content: bytes, path: Path) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise WeightsError(
            f"weights 'imagenet': could not write {path} ({error}). {KERAS_HOME_HELP}"
        ) from None


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()

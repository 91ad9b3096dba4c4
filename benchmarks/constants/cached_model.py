"""The network with a memory on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.scoring.cosine import CosineMap


class CachedModel:
    """The network, whose answers are kept in a folder: it sees nearly the same each time.

    Parameters
    ----------
    folder : Path
        Where answers are kept; shared by the processes of a run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = ResNet50()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def cosines(self, *pictures: Any) -> CosineMap:
        """Return the local cosines of two pictures."""
        stride, values = self._known(self._packed_cosines, pictures)
        return CosineMap(int(stride), values)

    def vector(self, rgb: Any) -> Any:
        """Return the pooled vector of a picture."""
        [vector] = self._known(lambda pixels: [self._model.vector(pixels)], [rgb])
        return vector

    def _packed_cosines(self, *pictures: Any) -> tuple[Any, ...]:
        cells = self._model.cosines(*pictures)
        return np.asarray(cells.stride), cells.values

    def _known(self, ask: Callable[..., Any], pictures: Any) -> list[Any]:
        sha = hashlib.sha256(repr([rgb.shape for rgb in pictures]).encode())
        for rgb in pictures:
            sha.update(rgb.tobytes())
        path = self._folder / f"{sha.hexdigest()}.npz"
        if not path.exists():
            np.savez(path, *ask(*pictures))
        with np.load(path) as kept:
            return list(kept.values())

"""Scores of earlier runs, so that the same two pictures are scored once.

Where baselines were made on another machine, every page differs a little from its baseline, and by
the same pixels on each run. An entry holds what a comparison that passes needs, some hundred bytes;
the cells, of which a heat map is drawn, are not in it.

Which runtime has worked a score out does not matter: they agree to four digits.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from pytest_imgsim._version import __version__
from pytest_imgsim.files import write_whole
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring.compare import Scores, compare
from pytest_imgsim.scoring.cosine import Extractor


class Model(Extractor, Protocol):
    """An extractor that counts the seconds it has worked, and is known before it has."""

    seconds: float

    @property
    def identity(self) -> str:
        """What tells its scores from those of any other; nothing is loaded for it."""
        ...


@dataclass(frozen=True)
class Scored:
    """The scores of a pair, and who gave them.

    Parameters
    ----------
    scores : Scores
        The scores; without cells where they are remembered.
    model : str
        The model's id.
    """

    scores: Scores
    model: str


class ScoreCache:
    """Compares pictures, and remembers what came of it.

    Parameters
    ----------
    folder : callable
        Returns where to, or None to remember nothing; not called before pictures differ. A folder
        that cannot be written is no failure.
    """

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._find = folder

    @cached_property
    def _folder(self) -> Path | None:
        return self._find()

    def compare(
        self, actual: Picture, baseline: Picture, model: Model, *, refresh: bool = False
    ) -> Scored:
        """Return the scores of two pictures of one size that differ.

        Parameters
        ----------
        actual, baseline : Picture
            The pictures, with their masks on.
        model : Model
            Asked where the scores are not known.
        refresh : bool
            Whether the cells are needed, which are not remembered.
        """
        if self._folder is None:
            return Scored(compare(actual, baseline, model), model.model_id)
        key = _key(actual, baseline, model.identity)
        path = self._folder / f"{key}.json"
        known = None if refresh else _read(path, key)
        if known is None:
            known = Scored(compare(actual, baseline, model), model.model_id)
            with suppress(OSError):
                write_whole(path, _packed(key, known), durable=False)
        return known


def _key(actual: Picture, baseline: Picture, identity: str) -> str:
    sha = hashlib.sha256(f"{_code()} {identity}".encode())
    for picture in (actual, baseline):
        sha.update(f"{picture.size} {picture.alpha is not None}".encode())
        sha.update(picture.rgb.tobytes())
        if picture.alpha is not None:
            sha.update(picture.alpha.tobytes())
    return sha.hexdigest()


@cache
def _code() -> str:
    """Return what tells this code from any other that scores, also between two releases."""
    sha = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def _packed(key: str, scored: Scored) -> bytes:
    scores = scored.scores
    content = {
        "key": key,
        "model": scored.model,
        "score": scores.score,
        "global_score": scores.global_score,
        "regions": [astuple(region) for region in scores.regions],
    }
    return json.dumps(content).encode()


def _read(path: Path, key: str) -> Scored | None:
    """Return what an entry holds, and note that it was used; None where it is not one of ours."""
    try:
        content = json.loads(path.read_bytes())
        if content["key"] != key:
            return None
        regions = tuple(RegionScore(*region) for region in content["regions"])
        scores = Scores(_cosine(content["score"]), _cosine(content["global_score"]), regions)
        known = Scored(scores, str(content["model"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    with suppress(OSError):
        os.utime(path)
    return known


def _cosine(value: Any) -> float:
    if not isinstance(value, float) or not -1 <= value <= 1:
        raise ValueError(f"expected a cosine, got {value!r}")
    return value

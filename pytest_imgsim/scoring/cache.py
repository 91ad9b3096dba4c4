"""Scores of earlier runs, so that the same two pictures are scored once.

Where baselines were made on another machine, every page differs a little from its baseline, and by
the same pixels on each run. An entry has what a comparison that passes needs, some hundred bytes;
it has no cell scores, of which a heat map is drawn.

Which runtime computed a score does not matter: they agree to four digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from pytest_imgsim._version import __version__
from pytest_imgsim.files import read_regular, write_whole
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring.compare import Scores, compare
from pytest_imgsim.scoring.cosine import Extractor
from pytest_imgsim.system import System

#: The folder of the package.
CODE = Path(__file__).parents[1]


class Model(Extractor, Protocol):
    """An extractor that counts the seconds it has run, and has an id before it is loaded."""

    seconds: float

    @property
    def identity(self) -> str:
        """What distinguishes its scores from those of any other; nothing is loaded for it."""
        ...


@dataclass(frozen=True)
class Scored:
    """The scores of a pair, and where they come from.

    Parameters
    ----------
    scores : Scores
        The scores; without cells where they are cached.
    model : str or None
        The model's id; None where a rule set the score and the model was not asked.
    cached : bool
        Whether an earlier run computed them.
    """

    scores: Scores
    model: str | None
    cached: bool = False


class ScoreCache:
    """Compares pictures, and remembers their scores.

    Parameters
    ----------
    folder : callable
        Returns the folder of the cache, or None for none; not called before pictures differ. A
        folder that cannot be written to is no failure.
    """

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._find = folder

    @cached_property
    def _folder(self) -> Path | None:
        return self._find()

    def compare(self, pair: PicturePair, model: Model, *, refresh: bool = False) -> Scored:
        """Return the scores of two pictures that differ.

        Parameters
        ----------
        pair : PicturePair
            The pictures.
        model : Model
            Asked where there is no entry.
        refresh : bool
            Whether the cells are needed, which no entry has.
        """
        if self._folder is None:
            return _score(pair, model)
        key = _key(pair, model.identity)
        path = self._folder / f"{key}.json"
        if not refresh and (known := _read(path, key)):
            return known
        scored = _score(pair, model)
        if scored.model is not None:
            with suppress(OSError):
                write_whole(path, _packed(key, scored), durable=False)
        return scored


def _score(pair: PicturePair, model: Model) -> Scored:
    scores = compare(pair, model)
    return Scored(scores, None if scores.global_score is None else model.model_id)


def _key(pair: PicturePair, identity: str) -> str:
    sha = hashlib.sha256(f"{_code_digest()} {identity}".encode())
    for picture in (pair.actual, pair.baseline):
        sha.update(f"{picture.size} {picture.alpha is not None}".encode())
        sha.update(picture.rgb.tobytes())
        if picture.alpha is not None:
            sha.update(picture.alpha.tobytes())
    return sha.hexdigest()


@cache
def _code_digest() -> str:
    """Return a digest of the package's code: two versions may score differently."""
    sha = hashlib.sha256(__version__.encode())
    for path in sorted(_sources(CODE)):
        sha.update(read_regular(path))
    return sha.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    """Yield the modules below a folder."""
    for name in System.listdir(folder):
        if name.endswith(".py"):
            yield folder / name
        elif System.isdir(folder / name):
            yield from _sources(folder / name)


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
    """Return what an entry has, and note that it was used; None where it is not one of ours."""
    try:
        content = json.loads(read_regular(path))
        if content["key"] != key:
            return None
        regions = tuple(RegionScore(*region) for region in content["regions"])
        scores = Scores(_checked(content["score"]), _checked(content["global_score"]), regions)
        known = Scored(scores, str(content["model"]), cached=True)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    with suppress(OSError):
        System.utime(path)
    return known


def _checked(value: Any) -> float:
    if not isinstance(value, float) or not 0 <= value <= 1:
        raise ValueError(f"expected a score from 0 to 1, got {value!r}")
    return value

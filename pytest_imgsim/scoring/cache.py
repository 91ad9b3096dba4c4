"""Scores of earlier runs, so that the same two pictures are scored once.

Where baselines were made on another machine, every page differs a little from its baseline, and by
the same pixels on each run. An entry has what a comparison that passes needs, some hundred bytes;
it has no cell scores, of which a heat map is drawn. Its first line is a checksum of the rest: an
entry that is damaged would otherwise decide whether a test passes.

Which runtime computed a score does not matter: they agree to four digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

from pytest_imgsim._version import __version__
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.strict_json import loads, parse
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring.compare import Scores, compare
from pytest_imgsim.scoring.cosine import Extractor

#: The folder of the package.
CODE = Path(__file__).parents[1]
#: The largest entry that is read, in bytes; one with all of its regions has four thousand.
MAX_BYTES = 100_000


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


@dataclass(frozen=True)
class _Entry:
    """What is remembered of a pair.

    Parameters
    ----------
    key : str
        The digest of the pair, as in the name of the file.
    model, score, global_score, regions
        As in :class:`Scored` and its scores.
    """

    key: str
    model: str
    score: float
    global_score: float
    regions: tuple[RegionScore, ...]


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
        path = self._folder / key
        if not refresh and (known := _read(path, key)):
            return known
        scored = _score(pair, model)
        if entry := _entry(key, scored):
            with suppress(OSError):
                write_whole(path, _packed(entry), durable=False)
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


def _entry(key: str, scored: Scored) -> _Entry | None:
    """Return what to remember; nothing where the model was not asked."""
    scores = scored.scores
    if scored.model is None or scores.global_score is None:
        return None
    return _Entry(key, scored.model, scores.score, scores.global_score, scores.regions)


def _packed(entry: _Entry) -> bytes:
    body = json.dumps(asdict(entry)).encode()
    return _checksum(body) + b"\n" + body


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _read(path: Path, key: str) -> Scored | None:
    """Return what an entry has, and note that it was used; None where it is not one of ours."""
    try:
        entry = _unpacked(read_regular(path, most=MAX_BYTES))
    except (OSError, ValueError):
        return None
    if entry.key != key:
        return None
    with suppress(OSError):
        System.utime(path)
    scores = Scores(entry.score, entry.global_score, entry.regions)
    return Scored(scores, entry.model, cached=True)


def _unpacked(data: bytes) -> _Entry:
    """Return the entry in a file.

    Raises
    ------
    ValueError
        If the file is damaged, or has something else.
    """
    checksum, _, body = data.partition(b"\n")
    if checksum != _checksum(body):
        raise ValueError("the checksum is another one")
    entry = parse(_Entry, loads(body))
    scores = [entry.score, entry.global_score, *(region.score for region in entry.regions)]
    if not all(score is not None and 0 <= score <= 1 for score in scores):
        raise ValueError("expected scores from 0 to 1")
    return entry

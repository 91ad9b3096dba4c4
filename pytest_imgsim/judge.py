"""The path of one comparison: capture, equal?, size, mask, score, verdict, update or explain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from pytest_imgsim.capture import Raw, describe, grab, settle, to_picture
from pytest_imgsim.compare import Scores, compare
from pytest_imgsim.errors import BaselineError, MaskError
from pytest_imgsim.explain import Seen, explain
from pytest_imgsim.files import check_inside, relative
from pytest_imgsim.masks import areas
from pytest_imgsim.picture import Picture, as_baseline, decode
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.regions import Mask, hide, ignored
from pytest_imgsim.results import ResultsFolder
from pytest_imgsim.scoring import Extractor
from pytest_imgsim.settings import Settings
from pytest_imgsim.store import Store, read

#: The verdicts on which each update mode writes the actual picture as the baseline.
WRITES = {
    "none": (),
    "missing": (Verdict.MISSING,),
    "changed": (Verdict.MISSING, Verdict.SIZE_CHANGED, Verdict.FAILED),
    "all": (
        Verdict.MISSING,
        Verdict.SIZE_CHANGED,
        Verdict.FAILED,
        Verdict.PASSED,
        Verdict.EQUAL,
    ),
}


class Model(Extractor, Protocol):
    """An extractor that counts the seconds it has worked."""

    seconds: float


@dataclass(frozen=True)
class Target:
    """The baseline of one check.

    Parameters
    ----------
    name : str
        Its name.
    path : Path
        The file to compare with.
    own : Path
        The file to write; another than `path` where `path` is shared between platforms.
    claimed : bool
        Whether the baseline belongs to this check alone.
    """

    name: str
    path: Path
    own: Path
    claimed: bool


class Judge:
    """Judges one check at a time.

    Parameters
    ----------
    root : Path
        Pytest's rootdir, outside which no baseline is written.
    store : Store
        The baselines.
    results : ResultsFolder
        Where the pictures of failures go.
    model : Model
        Scores what is not equal.
    """

    def __init__(self, root: Path, store: Store, results: ResultsFolder, model: Model) -> None:
        self._root = root
        self._store = store
        self._results = results
        self._model = model
        self._written: dict[Path, str] = {}

    def judge(self, record: Record, target: Target, source: Any, settings: Settings) -> Record:
        """Return `record` with the verdict on `source`, having written what goes with it.

        Parameters
        ----------
        record : Record
            What is known already: test, name, threshold.
        target : Target
            The baseline.
        source : object
            The actual picture.
        settings : Settings
            Those in force.

        Raises
        ------
        ImgsimError
            If no verdict can be reached.
        """
        stored = read(target.path)
        raw = _capture(source, stored, settings)
        if raw is None:
            return record.with_(verdict=Verdict.EQUAL, score=1.0, global_score=1.0)
        limit = settings.max_pixels
        actual = to_picture(raw, what=describe(source), max_pixels=limit)
        record = record.with_(actual_size=actual.size)
        if stored is None:
            return self._act(record.with_(verdict=Verdict.MISSING), target, settings, Seen(actual))
        baseline = decode(stored, what=f"baseline {record.baseline!r}", max_pixels=limit)
        record = record.with_(baseline_size=baseline.size)
        seen = Seen(actual, baseline)
        if actual.size != baseline.size:
            return self._act(record.with_(verdict=Verdict.SIZE_CHANGED), target, settings, seen)
        seen = replace(seen, covered=_covered(actual, source, settings))
        pictures = seen.masked
        if pictures[0].same_pixels(pictures[1]):
            record = record.with_(verdict=Verdict.EQUAL, score=1.0, global_score=1.0)
            return self._act(record, target, settings, seen)
        record, scores = self._score(record, *pictures)
        return self._act(record, target, settings, replace(seen, cells=scores.cells))

    def _score(self, record: Record, actual: Picture, baseline: Picture) -> tuple[Record, Scores]:
        """Return `record` with the verdict on two pictures of one size, and their scores."""
        before = self._model.seconds
        scores = compare(actual, baseline, self._model)
        passed = scores.score >= record.threshold
        record = record.with_(
            verdict=Verdict.PASSED if passed else Verdict.FAILED,
            score=scores.score,
            global_score=scores.global_score,
            regions=scores.regions,
            model=self._model.model_id,
            model_seconds=self._model.seconds - before,
        )
        return record, scores

    def _act(self, record: Record, target: Target, settings: Settings, seen: Seen) -> Record:
        """Write the baseline where the update mode says so, else keep what explains a failure."""
        if record.verdict in WRITES[settings.update]:
            return self._write(record, target, seen.actual)
        return explain(record, seen, self._results) if record.verdict.failed else record

    def _write(self, record: Record, target: Target, actual: Picture) -> Record:
        path = target.own
        if not target.claimed:
            check_inside(path, self._root)
        writer = self._written.setdefault(path, record.test)
        if writer != record.test:
            raise BaselineError(
                f"baseline {relative(path, self._root)} is updated by two tests, {writer} and "
                f"{record.test}, with different pictures: give each a baseline of its own"
            )
        self._store.write(path, as_baseline(actual, relative(path, self._root)))
        missing = record.verdict is Verdict.MISSING
        return record.with_(
            verdict=Verdict.CREATED if missing else Verdict.UPDATED,
            baseline=relative(path, self._root),
        )


def _capture(source: Any, stored: bytes | None, settings: Settings) -> Raw | None:
    """Return a capture that stands still, or None where its bytes are those of the baseline."""
    first = grab(source, full_page=settings.full_page)
    if _same_bytes(first, stored):
        return None
    settled = settle(
        source,
        first,
        timeout=settings.stable_timeout,
        max_pixels=settings.max_pixels,
        full_page=settings.full_page,
        seen=lambda picture: _masked(picture, source, settings),
    )
    return None if _same_bytes(settled, stored) else settled


def _masked(picture: Picture, source: Any, settings: Settings) -> Picture:
    """Return a capture of a page that may still move with its masks on, as far as they fit."""
    try:
        return hide(picture, _covered(picture, source, settings))
    except MaskError:  # told once the page stands still, if its size is right
        return picture


def _covered(picture: Picture, source: Any, settings: Settings) -> Mask | None:
    masks = areas(settings.ignore, source, picture.size, full_page=settings.full_page)
    return ignored(masks, picture.size)


def _same_bytes(raw: Raw, stored: bytes | None) -> bool:
    return isinstance(raw, bytes) and raw == stored

"""The path of a comparison whose bytes differ: size, mask, score, verdict, update or explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_imgsim.baselines.store import Store, Target
from pytest_imgsim.baselines.variants import MAIN, Accepted
from pytest_imgsim.diff.explain import PicturePair, explain
from pytest_imgsim.errors import BaselineError, MaskError
from pytest_imgsim.files import check_inside, relative
from pytest_imgsim.pictures.capture import capture_until_stable, to_picture
from pytest_imgsim.pictures.decode import as_baseline, decode
from pytest_imgsim.pictures.elements import areas
from pytest_imgsim.pictures.masks import apply_mask, union_mask
from pytest_imgsim.pictures.picture import Mask, Picture
from pytest_imgsim.pictures.sources import Capture, describe
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.scoring.cache import Model, ScoreCache
from pytest_imgsim.settings import Settings

#: The verdicts on which each update mode writes the actual picture as the baseline.
WRITES = {
    "none": (),
    "missing": (Verdict.MISSING,),
    "changed": (Verdict.MISSING, Verdict.SIZE_CHANGED, Verdict.FAILED),
    "all": (
        Verdict.MISSING,
        Verdict.SIZE_CHANGED,
        Verdict.FAILED,
        Verdict.WARNED,
        Verdict.PASSED,
        Verdict.EQUAL,
    ),
}


class CheckPipeline:
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
    memory : ScoreCache
        Knows the scores of earlier runs.
    """

    def __init__(
        self, root: Path, store: Store, results: ResultsFolder, model: Model, memory: ScoreCache
    ) -> None:
        self._root = root
        self._store = store
        self._results = results
        self._model = model
        self._memory = memory
        self._written: dict[Path, str] = {}

    def judge(
        self,
        record: Record,
        target: Target,
        accepted: Accepted,
        source: Any,
        first: Capture,
        settings: Settings,
    ) -> Record:
        """Return `record` with the verdict on `source`, having written what goes with it.

        Parameters
        ----------
        record : Record
            What is known already: test, name, threshold.
        target : Target
            The baseline.
        accepted : Accepted
            What lies there.
        source : object
            The actual picture.
        first : bytes, PIL image or ndarray
            What was captured of it already, and has the bytes of nothing accepted.
        settings : Settings
            Those in force.

        Raises
        ------
        ImgsimError
            If no verdict can be reached.
        """
        raw = _settled(source, first, settings)
        if number := accepted.number_of(raw):
            return record.equal_to(number)
        actual = to_picture(raw, what=describe(source), max_pixels=settings.max_pixels)
        record = record.with_(actual_size=actual.size)
        views: dict[int, PicturePair] = {}
        for number, seen in self._views(actual, accepted, source, settings):
            if seen.equal:
                record = record.with_(baseline_size=actual.size).equal_to(number)
                return self._act(record, target, settings, seen)
            views[number] = seen
        if not views:
            return self._act(
                record.with_(verdict=Verdict.MISSING), target, settings, PicturePair(actual)
            )
        record, seen = self._unequal(record, views)
        return self._act(record, target, settings, seen)

    def _views(
        self, actual: Picture, accepted: Accepted, source: Any, settings: Settings
    ) -> Iterator[tuple[int, PicturePair]]:
        """Yield what to compare with, by number: decoded one by one, for mostly the first fits."""
        covered: Mask | None = None
        asked = False
        for each in accepted:
            what = f"baseline {relative(each.path, self._root)!r}"
            baseline = decode(each.data, what=what, max_pixels=settings.max_pixels)
            if baseline.size == actual.size and not asked:
                covered, asked = _covered(actual, source, settings), True
            yield each.number, PicturePair(actual, baseline, covered)

    def _unequal(
        self, record: Record, views: Mapping[int, PicturePair]
    ) -> tuple[Record, PicturePair]:
        """Return `record` with the verdict where no view is equal, and the view that counts."""
        fitting = {number: seen for number, seen in views.items() if seen.fits}
        if fitting:
            return self._score(record.with_(baseline_size=record.actual_size), fitting)
        first = next(iter(views.values()))
        assert first.baseline is not None
        size = first.baseline.size
        return record.with_(verdict=Verdict.SIZE_CHANGED, baseline_size=size), first

    def _score(
        self, record: Record, views: Mapping[int, PicturePair]
    ) -> tuple[Record, PicturePair]:
        """Return `record` with the verdict on the view that scores best, and that view.

        The views are scored until one passes without a warning.
        """
        before = self._model.seconds
        scored = []
        for number, seen in views.items():
            known = self._memory.compare(*seen.masked, self._model)
            scored.append((known, number, seen))
            if _verdict(record, known.scores.score) is Verdict.PASSED:
                break
        known, number, seen = max(scored, key=lambda each: each[0].scores.score)
        if known.scores.cells is None and _verdict(record, known.scores.score).to_review:
            known = self._memory.compare(*seen.masked, self._model, refresh=True)
        scores = known.scores
        record = record.with_(
            verdict=_verdict(record, scores.score),
            variant=number,
            score=scores.score,
            global_score=scores.global_score,
            regions=scores.regions,
            model=known.model,
            model_seconds=self._model.seconds - before,
        )
        return record, replace(seen, cells=scores.cells)

    def _act(self, record: Record, target: Target, settings: Settings, seen: PicturePair) -> Record:
        """Write the baseline where the update mode says so, else keep what explains it."""
        if seen.covered is not None:
            record = record.with_(ignored=float(seen.covered.mean()))
        # What matches a variant is accepted as it is: it must not take the main file's place.
        matches_variant = not record.verdict.failed and record.variant != MAIN
        if record.verdict in WRITES[settings.update] and not matches_variant:
            return self._write(record, target, seen.actual)
        return explain(record, seen, self._results) if record.verdict.to_review else record

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
            variant=MAIN,
        )


def _verdict(record: Record, score: float) -> Verdict:
    if score < record.threshold:
        return Verdict.FAILED
    warned = record.warn_threshold is not None and score < record.warn_threshold
    return Verdict.WARNED if warned else Verdict.PASSED


def _settled(source: Any, first: Capture, settings: Settings) -> Capture:
    """Return a capture that stands still."""
    return capture_until_stable(
        source,
        first,
        timeout=settings.stable_timeout,
        max_pixels=settings.max_pixels,
        full_page=settings.full_page,
        seen=lambda picture: _masked(picture, source, settings),
    )


def _masked(picture: Picture, source: Any, settings: Settings) -> Picture:
    """Return a capture of a page that may still move with its masks on, as far as they fit."""
    try:
        return apply_mask(picture, _covered(picture, source, settings))
    except MaskError:  # told once the page stands still, if its size is right
        return picture


def _covered(picture: Picture, source: Any, settings: Settings) -> Mask | None:
    masks = areas(settings.ignore, source, picture.size, full_page=settings.full_page)
    return union_mask(masks, picture.size)

"""The path of a comparison whose bytes differ: settle, mask, score, verdict, update or explain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock

from pytest_imgsim.baselines.store import Target
from pytest_imgsim.baselines.variants import MAIN, Accepted, Stored
from pytest_imgsim.checks.attempts import Attempts
from pytest_imgsim.checks.outcome import Kept, Outcome, Request, equal, make_record
from pytest_imgsim.diff.drawing import draw_mask
from pytest_imgsim.diff.explain import Explanation, explain_change, explain_sizes
from pytest_imgsim.errors import DamagedError, reason
from pytest_imgsim.files.paths import relative
from pytest_imgsim.pictures.decode import as_baseline, decode
from pytest_imgsim.pictures.masks import apply_mask
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture, encode_png, sha256
from pytest_imgsim.pictures.shots import Shot, capture_until_stable
from pytest_imgsim.pictures.sources import Capture, Source
from pytest_imgsim.processes import PerProcess
from pytest_imgsim.record import PICTURE_FIELDS, Record, Verdict
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.scoring.cache import Model, ScoreCache, Scored
from pytest_imgsim.scoring.compare import Scores
from pytest_imgsim.settings import Settings

#: The verdicts on which each update mode writes the actual picture as the baseline.
WRITES = {
    "none": (),
    "missing": (Verdict.MISSING,),
    "changed": (Verdict.MISSING, Verdict.DAMAGED, Verdict.SIZE_CHANGED, Verdict.FAILED),
    "all": (
        Verdict.MISSING,
        Verdict.DAMAGED,
        Verdict.SIZE_CHANGED,
        Verdict.FAILED,
        Verdict.WARNED,
        Verdict.PASSED,
        Verdict.EQUAL,
    ),
}


@dataclass(frozen=True, eq=False)
class _View:
    """A baseline that the actual picture is compared with.

    Parameters
    ----------
    number : int
        Which of the accepted pictures it is.
    baseline : Picture
        The picture as it was accepted.
    pair : PicturePair or None
        Both pictures with masks applied; None where their sizes differ.
    scores : Scores or None
        What comparing them gave, where that was needed.
    """

    number: int
    baseline: Picture
    pair: PicturePair | None
    scores: Scores | None = None


class CheckPipeline:
    """Carries out checks, of which one at a time uses the model.

    Parameters
    ----------
    root : Path
        Pytest's rootdir, outside which no baseline is written.
    attempts : Attempts
        Writes baselines.
    results : ResultsFolder
        Where the pictures of mismatches go.
    model : Model
        Scores what is not equal.
    cache : ScoreCache
        Has the scores of earlier runs.
    """

    def __init__(
        self,
        root: Path,
        attempts: Attempts,
        results: ResultsFolder,
        model: Model,
        cache: ScoreCache,
    ) -> None:
        self._root = root
        self._attempts = attempts
        self._results = results
        self._model = model
        self._cache = cache
        self._lock = PerProcess(RLock)

    def run(
        self, request: Request, target: Target, accepted: Accepted, source: Source, raw: Capture
    ) -> Record:
        """Return the record of a check, having written what goes with it.

        Parameters
        ----------
        request : Request
            What the test asked for.
        target : Target
            The baseline's files.
        accepted : Accepted
            The pictures that are accepted there.
        source : Source
            Where the actual picture comes from.
        raw : bytes, PIL image or ndarray
            What was captured of it already; not the bytes of an accepted picture.

        Raises
        ------
        ImgsimError
            If no verdict can be reached.
        """
        settings = request.settings
        first = Shot(source, raw, settings.ignore, settings.max_pixels)
        shot = capture_until_stable(first, settings.stable_timeout)
        if number := accepted.number_of(shot.raw):
            return make_record(request, equal(number), self._root)
        outcome, view = self._judge(request, accepted, shot)
        # What matches a variant is accepted as it is: it must not replace the main file.
        matches_variant = not outcome.verdict.failed and outcome.variant != MAIN
        if outcome.verdict in WRITES[settings.update] and not matches_variant:
            outcome = self._write(request, target, outcome, shot.picture)
        kept = self._keep(request, outcome, view, shot) if outcome.verdict.to_review else None
        return make_record(request, outcome, self._root, kept=kept)

    def _judge(
        self, request: Request, accepted: Accepted, shot: Shot
    ) -> tuple[Outcome, _View | None]:
        """Return the outcome, and the baseline that decided it."""
        views = []
        # Decoded one by one, since the first one mostly fits.
        for stored in accepted:
            try:
                baseline = self._decoded(stored, request.settings)
            except DamagedError as error:
                if stored.number != MAIN:  # which an update would not replace
                    raise DamagedError(f"{error}; restore that file, or delete it") from None
                damaged = Outcome(Verdict.DAMAGED, actual_size=shot.picture.size)
                return replace(damaged, message=str(error)), None
            view = _view(stored.number, baseline, shot)
            if view.pair and view.pair.equal:
                return _sized(equal(stored.number), view, shot), view
            views.append(view)
        if not views:
            return Outcome(Verdict.MISSING, actual_size=shot.picture.size), None
        fitting = [(view, view.pair) for view in views if view.pair]
        if not fitting:
            return _sized(Outcome(Verdict.SIZE_CHANGED), views[0], shot), views[0]
        with self._lock():
            outcome, view = self._score(request.settings, fitting)
        return _sized(outcome, view, shot), view

    def _decoded(self, stored: Stored, settings: Settings) -> Picture:
        what = f"baseline {relative(stored.path, self._root)!r}"
        return decode(stored.data, what=what, max_pixels=settings.max_pixels)

    def _score(
        self, settings: Settings, views: list[tuple[_View, PicturePair]]
    ) -> tuple[Outcome, _View]:
        """Return the outcome for the baseline that scores best, and that baseline.

        They are scored until one passes without a warning.
        """
        before = self._model.seconds
        scored: list[tuple[Scored, _View, PicturePair]] = []
        for view, pair in views:
            found = self._cache.compare(pair, self._model)
            scored.append((found, view, pair))
            if _verdict(settings, found.scores.score) is Verdict.PASSED:
                break
        found, view, pair = max(scored, key=lambda each: each[0].scores.score)
        verdict = _verdict(settings, found.scores.score)
        if found.cached and verdict.to_review:  # the cells are needed, to explain it
            found = self._cache.compare(pair, self._model, refresh=True)
        scores = found.scores
        outcome = Outcome(
            verdict,
            score=scores.score,
            global_score=scores.global_score,
            regions=scores.regions,
            variant=view.number,
            model=found.model,
            model_seconds=self._model.seconds - before,
        )
        return outcome, replace(view, scores=scores)

    def _write(
        self, request: Request, target: Target, outcome: Outcome, actual: Picture
    ) -> Outcome:
        """Write the actual picture as the baseline, and return what that makes of the outcome.

        Where the disk does not take it, the outcome is what it was, with a note.
        """
        shown = relative(target.own, self._root)
        data = as_baseline(actual, shown)
        try:
            self._attempts.write(request.test, target, data)
        except OSError as error:
            return replace(outcome, note=f"baseline {shown} could not be written: {reason(error)}")
        missing = outcome.verdict is Verdict.MISSING
        verdict = Verdict.CREATED if missing else Verdict.UPDATED
        replaced = "a damaged baseline was replaced" if outcome.message else ""
        return replace(outcome, verdict=verdict, variant=MAIN, message="", note=replaced)

    def _keep(self, request: Request, outcome: Outcome, view: _View | None, shot: Shot) -> Kept:
        """Keep the pictures that explain a mismatch or warning."""
        pictures = {"actual": shot.picture.png}
        explanation = None
        if view is not None:
            pictures["baseline"] = view.baseline.png
            explanation = _explain(request.settings, view, shot)
            pictures.update(explanation.pictures)
        if outcome.ignored is not None and shot.mask is not None:
            pictures["mask"] = encode_png(draw_mask(shot.mask))
        kept, note = self._results.keep_all(request.kept_name, pictures)
        digest = sha256(pictures["actual"]) if "actual" in kept else None
        paths = {PICTURE_FIELDS[kind]: path for kind, path in kept.items()}
        return Kept(paths, digest, explanation, note)


def _view(number: int, baseline: Picture, shot: Shot) -> _View:
    """Return a baseline beside the actual picture, masked alike where their sizes are equal."""
    if baseline.size != shot.picture.size:
        return _View(number, baseline, None)
    pair = PicturePair(shot.masked, apply_mask(baseline, shot.mask))
    return _View(number, baseline, pair)


def _sized(outcome: Outcome, view: _View, shot: Shot) -> Outcome:
    """Return an outcome with the sizes of both pictures and the share that masks hide."""
    masked = view.pair is not None and shot.mask is not None
    return replace(
        outcome,
        actual_size=shot.picture.size,
        baseline_size=view.baseline.size,
        ignored=float(shot.mask.mean()) if masked and shot.mask is not None else None,
    )


def _verdict(settings: Settings, score: float) -> Verdict:
    if score < settings.threshold:
        return Verdict.FAILED
    return Verdict.WARNED if score < _passing(settings) else Verdict.PASSED


def _passing(settings: Settings) -> float:
    """Return the lowest score that passes without a warning."""
    warn = settings.warn_threshold
    return settings.threshold if warn is None else warn


def _explain(settings: Settings, view: _View, shot: Shot) -> Explanation:
    if view.pair is None or view.scores is None:
        return explain_sizes(shot.picture, view.baseline)
    return explain_change(view.pair, view.scores, shot.picture.rgb, _passing(settings))

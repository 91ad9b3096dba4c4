"""The path of one comparison: capture, equal?, mask, size, score, verdict, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pytest_imgsim.capture import Raw, describe, grab, settle, to_picture
from pytest_imgsim.compare import compare
from pytest_imgsim.diagnose import align, changed_pixels, draw_boxes, fill_changes, ssim
from pytest_imgsim.errors import BaselineError
from pytest_imgsim.files import check_inside, relative
from pytest_imgsim.masks import areas
from pytest_imgsim.picture import Picture, Pixels, decode, encode_png, encoded_for, sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.regions import Box, Mask, changed_boxes, hide, ignored
from pytest_imgsim.results import PICTURE_FIELDS, ResultsFolder
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
            return self._act(record.with_(verdict=Verdict.MISSING), target, settings, actual)
        baseline = decode(stored, what=f"baseline {record.baseline!r}", max_pixels=limit)
        record = record.with_(baseline_size=baseline.size)
        if actual.size != baseline.size:
            record = record.with_(verdict=Verdict.SIZE_CHANGED)
            return self._act(record, target, settings, actual, baseline)
        covered = ignored(
            areas(settings.ignore, source, actual.size, full_page=settings.full_page), actual.size
        )
        record = self._score(record, hide(actual, covered), hide(baseline, covered))
        return self._act(record, target, settings, actual, baseline, covered)

    def _score(self, record: Record, actual: Picture, baseline: Picture) -> Record:
        """Return `record` with the verdict on two pictures of one size."""
        if actual.same_pixels(baseline):
            return record.with_(verdict=Verdict.EQUAL, score=1.0, global_score=1.0)
        before = self._model.seconds
        scores = compare(actual, baseline, self._model)
        passed = scores.score >= record.threshold
        return record.with_(
            verdict=Verdict.PASSED if passed else Verdict.FAILED,
            score=scores.score,
            global_score=scores.global_score,
            regions=scores.regions,
            model=self._model.model_id,
            model_seconds=self._model.seconds - before,
        )

    def _act(
        self,
        record: Record,
        target: Target,
        settings: Settings,
        actual: Picture,
        baseline: Picture | None = None,
        covered: Mask | None = None,
    ) -> Record:
        """Write the baseline where the update mode says so, else keep what explains a failure."""
        if record.verdict in WRITES[settings.update]:
            return self._write(record, target, actual)
        if not record.verdict.failed:
            return record
        record = self._keep(record, "actual", actual.png).with_(actual_sha256=sha256(actual.png))
        if baseline is None:
            return record
        record = self._keep(record, "baseline", baseline.png)
        if record.verdict is Verdict.SIZE_CHANGED:
            return self._explain_sizes(record, actual, baseline)
        return self._explain(record, actual, hide(actual, covered), hide(baseline, covered))

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
        data = encoded_for(actual, path.suffix)
        if data is None:
            raise BaselineError(
                f"baseline {relative(path, self._root)}: cannot be written as {path.suffix} "
                "without loss; expected a path that ends in .png"
            )
        self._store.write(path, data)
        missing = record.verdict is Verdict.MISSING
        return record.with_(
            verdict=Verdict.CREATED if missing else Verdict.UPDATED,
            baseline=relative(path, self._root),
        )

    def _explain(
        self, record: Record, actual: Picture, seen: Picture, seen_baseline: Picture
    ) -> Record:
        changed = changed_pixels(seen, seen_baseline)
        boxes = changed_boxes(changed)
        if worst := record.region:
            box = Box(worst.x, worst.y, worst.width, worst.height)
            boxes.sort(key=lambda other: other != box)
        record = record.with_(
            pixel_difference=float(changed.mean()), ssim=ssim(seen.rgb, seen_baseline.rgb)
        )
        return self._draw(record, actual.rgb, changed, boxes)

    def _explain_sizes(self, record: Record, actual: Picture, baseline: Picture) -> Record:
        aligned = align(actual.rgb, baseline.rgb)
        record = record.with_(
            pixel_difference=float(aligned.changed.mean()),
            ssim=ssim(aligned.actual, aligned.baseline),
        )
        return self._draw(record, aligned.actual, aligned.changed, changed_boxes(aligned.changed))

    def _draw(self, record: Record, rgb: Pixels, changed: Mask, boxes: list[Box]) -> Record:
        record = self._keep(record, "diff", encode_png(draw_boxes(rgb, boxes)))
        return self._keep(record, "filled", encode_png(fill_changes(rgb, changed)))

    def _keep(self, record: Record, kind: str, data: bytes) -> Record:
        path = self._results.keep(record.name, kind, data)
        return record.with_(**{PICTURE_FIELDS[kind]: path})


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
    )
    return None if _same_bytes(settled, stored) else settled


def _same_bytes(raw: Raw, stored: bytes | None) -> bool:
    return isinstance(raw, bytes) and raw == stored

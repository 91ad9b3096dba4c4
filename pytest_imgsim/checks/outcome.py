"""What a test asked for, what came of it, and the record that both make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_imgsim.baselines.naming import TestId, encode_segment
from pytest_imgsim.baselines.store import Target
from pytest_imgsim.baselines.variants import MAIN
from pytest_imgsim.files.paths import relative
from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from pytest_imgsim.diff.explain import Explanation


@dataclass(frozen=True)
class Request:
    """What a test asked for.

    Parameters
    ----------
    test : TestId
        The test.
    name : str
        The baseline's name.
    settings : Settings
        Those in force.
    target : Target or None
        The baseline's files; None where it could not be named.
    """

    test: TestId
    name: str
    settings: Settings
    target: Target | None = None

    @property
    def kept_name(self) -> str:
        """The name of its pictures in the results folder, which repeats of a test do not share."""
        repeat = self.test.repeat
        return f"{self.name}~{encode_segment(repeat)}" if repeat else self.name


@dataclass(frozen=True)
class Outcome:
    """What came of a comparison.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    score, global_score, regions, variant, actual_size, baseline_size, ignored, model, model_seconds
        As in :class:`pytest_imgsim.record.Record`.
    message : str
        What is wrong with a damaged baseline, or "".
    note : str
        What could not be written, and why; that a damaged baseline was replaced; or "".
    """

    verdict: Verdict
    score: float | None = None
    global_score: float | None = None
    regions: tuple[RegionScore, ...] = ()
    variant: int = MAIN
    actual_size: tuple[int, int] | None = None
    baseline_size: tuple[int, int] | None = None
    ignored: float | None = None
    model: str | None = None
    model_seconds: float = 0.0
    message: str = ""
    note: str = ""


def equal(variant: int) -> Outcome:
    """Return the outcome for a picture that is equal to an accepted one."""
    return Outcome(Verdict.EQUAL, score=1.0, global_score=1.0, variant=variant)


@dataclass(frozen=True)
class Kept:
    """What was kept for review.

    Parameters
    ----------
    paths : mapping of str to str
        Paths below the results folder, by the record's fields.
    actual_sha256 : str or None
        Digest of the actual picture.
    explanation : Explanation or None
        What explains the difference; None where there is no baseline.
    note : str
        What could not be kept, and why, or "".
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    actual_sha256: str | None = None
    explanation: Explanation | None = None
    note: str = ""


def make_record(
    request: Request, outcome: Outcome, root: Path, *, kept: Kept | None = None, message: str = ""
) -> Record:
    """Return the record of one comparison.

    Parameters
    ----------
    request : Request
        What was asked for.
    outcome : Outcome
        What came of it.
    root : Path
        Where the paths of baselines begin: pytest's rootdir.
    kept : Kept, optional
        What was kept for review.
    message : str
        The error's text, for an error.
    """
    settings, target = request.settings, request.target
    kept = kept or Kept()
    explained = kept.explanation
    own = relative(target.own, root) if target else ""
    other = target is not None and target.path is not target.own and not outcome.verdict.wrote
    return Record(
        test=request.test.node,
        name=request.name,
        verdict=outcome.verdict,
        threshold=settings.threshold,
        threshold_from=settings.where("threshold"),
        warn_threshold=settings.warn_threshold,
        score=outcome.score,
        global_score=outcome.global_score,
        regions=explained.regions if explained else outcome.regions,
        fingerprint=explained.fingerprint if explained else "",
        pixel_difference=explained.pixel_difference if explained else None,
        ssim=explained.ssim if explained else None,
        actual_size=outcome.actual_size,
        baseline_size=outcome.baseline_size,
        baseline=relative(target.path, root) if target and other else own,
        variant=outcome.variant,
        update_path=own,
        ignored=outcome.ignored,
        actual_sha256=kept.actual_sha256,
        model=outcome.model,
        model_seconds=outcome.model_seconds,
        claimed=target.claimed if target else True,
        markers=request.test.markers,
        message=message or outcome.message,
        note="; ".join(filter(None, (outcome.note, kept.note))),
        **kept.paths,
    )

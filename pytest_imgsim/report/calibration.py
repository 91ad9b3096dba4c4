"""The report of ``calibrate``: the noise between runs, and the threshold that fits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_imgsim.report.words import number

if TYPE_CHECKING:
    from pytest_imgsim.scoring.calibrate import Sample

#: Samples that are listed.
SHOWN = 10


def lines(samples: Sequence[Sample], proposal: float | None, threshold: float) -> Iterator[str]:
    """Yield the lines of the report.

    Parameters
    ----------
    samples : sequence of Sample
        Those whose sizes differ first, then by score, the lowest first.
    proposal : float or None
        The threshold that fits them, in [0, 1]; None where all are equal.
    threshold : float
        The one in force, in [0, 1].
    """
    scores = [sample.score for sample in samples if sample.score is not None]
    other_size = len(samples) - len(scores)
    equal = sum(score == 1.0 for score in scores)
    yield f"{len({sample.name for sample in samples})} pages, {len(samples)} comparisons:"
    for sample in samples[:SHOWN]:
        if sample.score != 1.0:
            yield f"  {_row(sample)}"
    yield f"equal           {equal}"
    if other_size:
        yield f"other size      {other_size}: these fail at any threshold"
    if not scores:
        return
    yield f"noise floor     {number(min(scores))} (the lowest score without a change)"
    below = sum(score < threshold for score in scores)
    yield f"threshold {threshold:<5g} would fail {below} of {len(samples) - other_size}"
    if proposal is None:
        yield "all captures are the same to the pixel: keep the default"
    else:
        yield f"proposal        imgsim_threshold = {proposal:.2f}"


def _row(sample: Sample) -> str:
    if sample.score is None:
        return f"other size  {sample.first} and {sample.again}"
    return f"{number(sample.score)}  {sample.first} and {sample.again}, worst at {sample.region}"

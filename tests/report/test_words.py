"""Numbers, sizes, regions and commands, in the words of all reports."""

from __future__ import annotations

import math
import shlex
from typing import Any

import pytest
from fakes import a_record

from pytest_imgsim.record import RegionScore
from pytest_imgsim.report.words import (
    accept_any,
    accept_command,
    change,
    number,
    plural,
    score_origin,
    size,
    sizes,
    trim_command,
    variant,
)
from pytest_imgsim.scoring.formula import RERASTERISED, SAME_RENDERER, TEXT_CARET, reason, scores

ADDED = RegionScore(0, 60, 1280, 20, None, "added", 0, 20)
TEXT = RegionScore(10, 20, 30, 40, 0.5, "text changed")
MOVED = RegionScore(1, 2, 3, 4, 0.7, "moved", -3, 5)


def scored(cosine: float, weight: float) -> RegionScore:
    """Return a region whose score comes from a cosine and a weight, as the formula has it."""
    score = float(scores(cosine, weight))
    return RegionScore(0, 0, 8, 8, score, cosine=cosine, weight=weight, reason=reason(weight))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (1.0, "1.0000"),
        (0.99999999, "0.9999"),
        (0.94999, "0.9499"),
        (0.95, "0.9500"),
        (0.57, "0.5700"),
        (0.29, "0.2900"),
        (0.0, "0.0000"),
        (-0.5, "-0.5000"),
        (-1.0, "-1.0000"),
    ],
)
def test_number(value: float | None, shown: str) -> None:
    """Four decimals, cut off: only 1 reads as 1, and a round number reads as itself."""
    assert number(value) == shown


def test_plural() -> None:
    """One of a kind has no ending."""
    assert plural(1, "baseline") == "1 baseline"
    assert plural(0, "mismatch", "es") == "0 mismatches"


def test_sizes() -> None:
    """A size reads as people write it; None is nothing."""
    assert size((1280, 800)) == "1280 x 800"
    assert size(None) == ""
    record = a_record(actual_size=(1, 2), baseline_size=(3, 4))
    assert sizes(record) == "1 x 2, expected 3 x 4"


def test_variant() -> None:
    """The main file needs no mention."""
    assert [variant(a_record(variant=number)) for number in (1, 2)] == ["", "variant 2"]


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (RegionScore(1, 2, 3, 4, 0.5), ""),
        (TEXT, "text changed"),
        (MOVED, "moved left by 3 px and down by 5 px"),
        (RegionScore(1, 2, 3, 4, 0.5, "moved", 7, 0), "moved right by 7 px"),
        (ADDED, "added; what is below moved down by 20 px"),
        (
            RegionScore(1, 2, 3, 4, 0.5, "removed", -9),
            "removed; what is beside it moved left by 9 px",
        ),
    ],
)
def test_change(region: RegionScore, words: str) -> None:
    """A change has its place, its kind and, where something moved, how far."""
    assert region.words == words
    assert change(region) == (f"{region}: {words}" if words else str(region))
    assert change(None) == ""


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (scored(0.81234, 2.9), f"cosine 0.8123, weighted 2.9: {SAME_RENDERER}"),
        (scored(0.99999, 3.0), f"cosine 0.9999, weighted 3: {SAME_RENDERER}"),
        (scored(0.5, 0.5), f"cosine 0.5000, weighted 0.5: {RERASTERISED}"),
        (scored(0.75, 0.98765), f"cosine 0.7500, weighted 0.99: {RERASTERISED}"),
        (scored(0.75, 1.0), "cosine 0.7500"),
        (scored(0.75, 1.004), "cosine 0.7500"),
        (scored(0.75, 1.006), f"cosine 0.7500, weighted 1.01: {SAME_RENDERER}"),
        (RegionScore(0, 0, 8, 8, 0.99, reason=TEXT_CARET), "text caret"),
        (RegionScore(0, 0, 8, 8, None), ""),
        (RegionScore(0, 0, 8, 8, 0.5), ""),
        (None, ""),
    ],
)
def test_score_origin(region: RegionScore | None, words: str) -> None:
    """A score is said with its cosine, and with its weight where that is not 1; or with its rule.

    A region without any of them, such as one of an earlier release, says nothing.
    """
    assert score_origin(region) == words


def test_the_words_make_the_score() -> None:
    """The score follows from the two numbers that are shown, by the formula in the docs."""
    region = scored(0.9412, 2.9)
    shown = [float(part.strip(",:")) for part in score_origin(region).split()[1:4:2]]
    assert shown == [0.9412, 2.9]
    assert region.score == pytest.approx(math.cos(shown[1] * math.acos(shown[0])))


@pytest.mark.parametrize("name", ["t/a", "t/a[x y]", "t/a['q']", "t/a$(x)"])
@pytest.mark.parametrize("report", ["imgsim-results", "out dir/r"])
def test_commands(name: str, report: str) -> None:
    """A command can be pasted into a shell; the default results folder is left out."""
    start: list[Any] = ["python", "-m", "pytest_imgsim"]
    folder = [] if report == "imgsim-results" else ["--report", report]
    assert shlex.split(accept_command(name, report)) == [*start, "accept", *folder, name]
    assert shlex.split(accept_any(report)) == [*start, "accept", *folder]
    assert shlex.split(trim_command(report)) == [*start, "trim", *folder]

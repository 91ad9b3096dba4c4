"""What is said of one comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes import a_mismatch, a_record

from pytest_imgsim.record import RegionScore, Verdict
from pytest_imgsim.report.message import failure_message, one_line, pair_lines
from pytest_imgsim.scoring.formula import TEXT_CARET

WORST = RegionScore(10, 20, 30, 40, 0.5, cosine=0.9375, weight=2.9, reason="same renderer")
MOVED = RegionScore(1, 2, 3, 4, 0.9, "moved", -3, 5)
CARET = RegionScore(10, 20, 1, 16, 0.99, "added", reason=TEXT_CARET)
FAILED = a_mismatch(regions=(WORST, RegionScore(1, 2, 3, 4, 0.9)))
RESIZED = replace(
    FAILED, verdict=Verdict.SIZE_CHANGED, baseline_size=(1280, 780), score=None, regions=()
)


def test_failure() -> None:
    """A failure has score and origin, threshold and origin, place, files, and the next step."""
    assert failure_message(FAILED, "out").splitlines() == [
        "tests/test_shop/test_cart: looks different, 0.5000 < 0.95",
        "  score      0.5000 in the worst region (1 is identical)",
        "             cosine 0.9375, weighted 2.9: same renderer",
        "  threshold  0.95 (default)",
        "  worst at   30x40 at (10, 20)",
        "  regions    1 more, next 3x4 at (1, 2) with 0.9000",
        "  global     0.9876 (the whole picture at once)",
        "  pixels     1.235 % differ, SSIM 0.9000",
        "  size       1280 x 800, both",
        "  baseline   baselines/tests/test_shop/test_cart.png",
        "  actual     out/t/a.actual.png",
        "  diff       out/t/a.diff.png",
        "  filled     out/t/a.filled.png",
        "  accept it  python -m pytest_imgsim accept --report out tests/test_shop/test_cart",
    ]


def test_kinds() -> None:
    """What happened in the worst region and in the next one is said where each is."""
    text = RegionScore(10, 20, 30, 40, 0.5, "text changed")
    message = failure_message(replace(FAILED, regions=(text, MOVED)), "out")
    assert "  worst at   30x40 at (10, 20): text changed\n" in message
    assert "next 3x4 at (1, 2) with 0.9000: moved left by 3 px and down by 5 px\n" in message


@pytest.mark.parametrize("score", [0.5, 0.99])
def test_a_score_of_unknown_origin(score: float) -> None:
    """Where neither cosine nor rule is known, the score stands alone."""
    record = replace(FAILED, regions=(RegionScore(10, 20, 30, 40, score),))
    lines = failure_message(record, "out").splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["score", "threshold", "worst"]


def test_a_lone_caret() -> None:
    """A caret scores by a rule: it is named, and there is no cosine of any kind."""
    record = replace(
        FAILED, score=0.99, threshold=0.995, global_score=None, regions=(CARET,), model=None
    )
    message = failure_message(record, "out")
    assert "looks different, 0.9900 < 0.995\n" in message
    assert "\n             text caret\n" in message
    assert "cosine" not in message
    assert "global" not in message
    assert pair_lines(record, None) == [
        "score    0.9900 (threshold 0.995)",
        "         text caret",
        "worst at 1x16 at (10, 20): added",
        "verdict  failed",
    ]


def test_a_near_miss() -> None:
    """A score just below the threshold does not read as equal to it."""
    message = failure_message(replace(FAILED, score=0.949999999, threshold=0.95), "out")
    assert "looks different, 0.9499 < 0.95" in message
    near = failure_message(replace(FAILED, score=0.95001, threshold=0.95002), "out")
    assert "looks different, 0.95001 < 0.95002" in near


def test_another_size() -> None:
    """A changed size has both sizes and no score."""
    message = failure_message(RESIZED, "out")
    assert message.startswith("tests/test_shop/test_cart: the size changed\n")
    assert "  size       1280 x 800, expected 1280 x 780\n" in message
    assert (
        "  pixels     1.235 % differ, SSIM 0.9000, with equal rows or columns aligned\n" in message
    )
    assert "score" not in message
    assert "pixels" not in failure_message(replace(RESIZED, ssim=None), "out")


def test_changes_of_another_size() -> None:
    """The first changes are listed; they have no scores."""
    added = RegionScore(0, 60, 1280, 20, None, "added", 0, 20)
    regions = (added, *(RegionScore(n, 0, 9, 9, None, "changed") for n in range(5)))
    message = failure_message(replace(RESIZED, regions=regions), "out")
    assert [line for line in message.splitlines() if " change " in line] == [
        "  change     1280x20 at (0, 60): added; what is below moved down by 20 px",
        "  change     9x9 at (0, 0): changed",
        "  change     9x9 at (1, 0): changed",
    ]


def test_a_missing_baseline() -> None:
    """Without a baseline the message says where the picture is and how to accept it."""
    record = a_record(verdict=Verdict.MISSING, actual_size=(5, 6), actual="t/a.actual.png")
    assert failure_message(record, "imgsim-results").splitlines() == [
        "tests/test_shop/test_cart: no baseline yet",
        "  size       5 x 6",
        "  next step  look at the actual picture; if it is right, accept it, or write all",
        "             baselines that are missing or no longer pass: pytest --update-baselines",
        "  baseline   baselines/tests/test_shop/test_cart.png",
        "  actual     imgsim-results/t/a.actual.png",
        "  accept it  python -m pytest_imgsim accept tests/test_shop/test_cart",
    ]


@pytest.mark.parametrize(
    ("report", "files"),
    [(None, []), ("out", ["diff     out/t/a.diff.png", "filled   out/t/a.filled.png"])],
)
def test_two_files(report: str | None, files: list[str]) -> None:
    """The command line has scores, origin, place and verdict, and the pictures if kept."""
    assert pair_lines(FAILED, report) == [
        "score    0.5000 (threshold 0.95)",
        "         cosine 0.9375, weighted 2.9: same renderer",
        "global   0.9876",
        "worst at 30x40 at (10, 20)",
        *files,
        "verdict  failed",
    ]


def test_two_files_of_other_sizes() -> None:
    """Two sizes are part of the verdict."""
    assert pair_lines(RESIZED, None) == ["verdict  size changed: 1280 x 800, expected 1280 x 780"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "failed, score 0.5000, threshold 0.95 (default)"),
        (
            {"verdict": Verdict.WARNED, "warn_threshold": 0.97},
            "warned, score 0.5000, threshold 0.95 (default), warns below 0.97",
        ),
        (
            {"verdict": Verdict.SIZE_CHANGED, "score": None, "baseline_size": (1, 2)},
            "size changed, threshold 0.95 (default), size 1280 x 800, expected 1 x 2",
        ),
    ],
)
def test_one_line(changes: dict[str, Any], text: str) -> None:
    """Reports of other plugins get one line with verdict, score and threshold."""
    assert one_line(replace(FAILED, **changes)) == f"tests/test_shop/test_cart: {text}"


def test_a_damaged_baseline() -> None:
    """The message says what is wrong with the file, and the ways to mend it."""
    record = a_record(
        verdict=Verdict.DAMAGED, message="0 bytes", actual_size=(5, 6), actual="t/a.actual.png"
    )
    assert failure_message(record, "imgsim-results").splitlines()[:5] == [
        "tests/test_shop/test_cart: the baseline is damaged",
        "  damage     0 bytes",
        "  size       5 x 6",
        "  next step  restore the file from version control, or look at the actual picture; if it "
        "is right, accept it, or write all",
        "             baselines that are missing or no longer pass: pytest --update-baselines",
    ]


def test_pictures_that_were_not_kept() -> None:
    """The message says so, and names no command that would need them."""
    text = failure_message(a_mismatch(actual=None, diff=None, filled=None, note="no room"), "out")
    assert "\n  note       no room" in text
    assert "accept" not in text
    missing = failure_message(a_record(verdict=Verdict.MISSING, note="no room"), "out")
    assert "\n  next step  write all\n" in missing

"""What changed, in the words that people read."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import a_record

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.html import page
from pytest_imgsim.report.markdown import markdown
from pytest_imgsim.report.message import failure_message
from pytest_imgsim.report.summary import alike_lines, flaky_lines, groups
from pytest_imgsim.report.terminal import View, row_cells, summary
from pytest_imgsim.results.folder import Results

ADDED = RegionScore(0, 60, 1280, 20, None, "added", 0, 20)
TEXT = RegionScore(10, 20, 30, 40, 0.5, "text changed")
MOVED = RegionScore(1, 2, 3, 4, 0.7, "moved", -3, 5)


def failed(name: str = "t/a", **changes: Any) -> Record:
    """Return a record of a failure whose picture was kept."""
    values = {"regions": (TEXT, MOVED), "score": 0.5, "actual": f"{name}.actual.png"}
    return a_record(**{"name": name, "test": f"t.py::{name}", **values, **changes})


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
def test_words(region: RegionScore, words: str) -> None:
    """A kind reads as people would say it, with the way of what moved."""
    assert region.words == words


def test_message() -> None:
    """A failure says what became of the worst region and of the next."""
    message = failure_message(failed(), "out")
    assert "  worst at   30x40 at (10, 20): text changed\n" in message
    assert "next 3x4 at (1, 2) with 0.7000: moved left by 3 px and down by 5 px\n" in message


def test_message_of_another_size() -> None:
    """The first changes are told, which have no scores."""
    regions = (ADDED, *(RegionScore(n, 0, 9, 9, None, "changed") for n in range(5)))
    sizes: dict[str, Any] = {"actual_size": (1280, 820), "baseline_size": (1280, 800)}
    record = failed(verdict=Verdict.SIZE_CHANGED, score=None, regions=regions, **sizes)
    lines = [line for line in failure_message(record, "out").splitlines() if " change " in line]
    assert lines == [
        "  change     1280x20 at (0, 60): added; what is below moved down by 20 px",
        "  change     9x9 at (0, 0): changed",
        "  change     9x9 at (1, 0): changed",
    ]
    assert row_cells(record)[-1] == "1280x800 -> 1280x820: added"


@pytest.mark.parametrize(
    ("width", "region"),
    [(90, "30x40 at (10, 20): text changed"), (66, "30x40 at (10, 20)"), (40, None)],
)
def test_the_word_gives_way(width: int, region: str | None) -> None:
    """In a narrow terminal the word goes before the region does, and the region at last."""
    records = [failed("folder/first_name"), failed("folder/other_name")]
    lines = [line.text for line in summary(Results(records), View(width))]
    row = next(line for line in lines if line.startswith("0.5000"))
    assert len(row) <= width
    assert row.endswith(region) if region else "30x40" not in row


def test_groups() -> None:
    """Those with one fingerprint are alike, the largest group first; "" is none."""
    names = {"a": "x", "b": "y", "c": "y", "d": "x", "e": "y", "f": "z", "g": "", "h": ""}
    records = [failed(name, fingerprint=mark) for name, mark in names.items()]
    assert [[record.name for record in group] for group in groups(records)] == [
        ["b", "c", "e"],
        ["a", "d"],
    ]
    assert list(alike_lines(records)) == [
        "3 of 8 show the same change: 30x40 at (10, 20): text changed",
        "2 of 8 show the same change: 30x40 at (10, 20): text changed",
    ]


def test_what_was_not_kept_is_not_alike() -> None:
    """Only what can be accepted is grouped."""
    records = [failed("a", fingerprint="x"), failed("b", fingerprint="x", actual=None)]
    assert list(alike_lines(records)) == []


def test_markdown_tells_groups_and_flaky_ones() -> None:
    """The page of a CI job has the word, the groups and the flaky ones, as text."""
    records = [failed(name, fingerprint="x", flaky="it *came* back") for name in ("a", "b")]
    lines = markdown(Results(records)).splitlines()
    assert any("30x40 at (10, 20): text changed |" in line for line in lines)
    assert "2 of 2 show the same change: 30x40 at (10, 20): text changed" in lines
    assert r"flaky: a: it \*came\* back" in lines


def test_flaky_lines() -> None:
    """Each flaky comparison is told with its reason."""
    assert list(flaky_lines([failed(), failed("b", flaky="why")])) == ["flaky: b: why"]


def test_the_page_has_the_words() -> None:
    """The page's script gets each region's words."""
    assert '"words": "moved left by 3 px and down by 5 px"' in page(Results([failed()]), "out")

"""What the terminal and the Markdown page both say of a run."""

from __future__ import annotations

from typing import Any

from fakes import a_record

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.summary import (
    flaky_lines,
    headline,
    is_notable,
    note_lines,
    row_cells,
    same_change_groups,
    same_change_lines,
    worst_first,
)

TEXT = RegionScore(10, 20, 30, 40, 0.5, "text changed")


def failed(name: str = "t/a", **changes: Any) -> Record:
    """Return a record of a failure whose picture was kept."""
    values = {"regions": (TEXT,), "score": 0.5, "actual": f"{name}.actual.png"}
    return a_record(**{"name": name, "test": f"t.py::{name}", **values, **changes})


def test_headline() -> None:
    """Verdicts are counted, worst first, and those that did not occur are left out."""
    verdicts = ("PASSED", "EQUAL", "FAILED", "PASSED", "ERROR")
    records = [a_record(verdict=Verdict[name]) for name in verdicts]
    assert headline(records) == "imgsim: 5 compared, 1 error, 1 failed, 2 passed, 1 equal"


def test_worst_first() -> None:
    """Failures come first, then warnings, then the rest, each with the lowest score first."""
    records = [
        a_record(name="equal", verdict=Verdict.EQUAL, score=1.0),
        a_record(name="passed", verdict=Verdict.PASSED, score=0.96),
        a_record(name="written", verdict=Verdict.UPDATED, score=0.1),
        a_record(name="warned", verdict=Verdict.WARNED, score=0.95),
        a_record(name="failed", score=0.9),
        a_record(name="worse", score=0.0),
        a_record(name="missing", verdict=Verdict.MISSING),
    ]
    ordered = [record.name for record in worst_first(records)]
    assert ordered == ["missing", "worse", "failed", "warned", "written", "passed", "equal"]
    notable = [record.name for record in worst_first(filter(is_notable, records))]
    assert notable == ordered[:5]


def test_row_cells() -> None:
    """A row has score, threshold, verdict, test, baseline and the worst region with its kind."""
    cells = ("0.5000", "0.95", "failed", "t/a", "t/a", "30x40 at (10, 20): text changed")
    assert row_cells(failed()) == cells
    warned = failed(verdict=Verdict.WARNED, warn_threshold=0.97, variant=2)
    assert row_cells(warned)[1:3] == ("0.97", "warned")
    assert row_cells(warned)[-1] == "30x40 at (10, 20), variant 2: text changed"
    assert row_cells(a_record(variant=2))[-1] == "variant 2"
    assert row_cells(a_record())[-1] == ""


def test_row_cells_of_another_size() -> None:
    """A changed size shows both sizes in place of the region."""
    sizes: dict[str, Any] = {"actual_size": (1280, 820), "baseline_size": (1280, 800)}
    added = RegionScore(0, 60, 1280, 20, None, "added", 0, 20)
    record = failed(verdict=Verdict.SIZE_CHANGED, score=None, regions=(added,), **sizes)
    assert row_cells(record)[0] == "-"
    assert row_cells(record)[-1] == "1280x800 -> 1280x820: added"


def test_same_change_groups() -> None:
    """Records with one fingerprint are a group, the largest first; "" is no fingerprint."""
    names = {"a": "x", "b": "y", "c": "y", "d": "x", "e": "y", "f": "z", "g": "", "h": ""}
    records = [failed(name, fingerprint=mark) for name, mark in names.items()]
    assert [[record.name for record in group] for group in same_change_groups(records)] == [
        ["b", "c", "e"],
        ["a", "d"],
    ]
    assert list(same_change_lines(records)) == [
        "3 of 8 show the same change: 30x40 at (10, 20): text changed",
        "2 of 8 show the same change: 30x40 at (10, 20): text changed",
    ]


def test_only_kept_pictures_are_grouped() -> None:
    """A group is what can be accepted together."""
    records = [failed("a", fingerprint="x"), failed("b", fingerprint="x", actual=None)]
    assert list(same_change_lines(records)) == []


def test_flaky_lines() -> None:
    """Each flaky comparison is listed with its reason."""
    assert list(flaky_lines([failed(), failed("b", flaky="why")])) == ["flaky: b: why"]


def test_note_lines() -> None:
    """What could not be written is told once, however many comparisons it is about."""
    records = [failed(), *(failed(name, note="no room") for name in "bcd"), failed("e", note="x")]
    assert list(note_lines(records)) == ["b and 2 more: no room", "e: x"]

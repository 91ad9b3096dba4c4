"""The scores as Markdown."""

from __future__ import annotations

from dataclasses import replace

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.markdown import MAX_ROWS, markdown
from pytest_imgsim.results.content import Results


def record(name: str, verdict: Verdict = Verdict.FAILED) -> Record:
    """Return a record of a test of one name."""
    return Record(f"t.py::{name}", f"t/{name}", verdict, 0.9, "default", score=0.5)


def test_all_passed() -> None:
    """Where nothing failed there is no table."""
    text = markdown(Results([record("a", Verdict.EQUAL), record("b", Verdict.PASSED)]))
    assert text == "### imgsim: 2 compared, 1 passed, 1 equal\n\nEvery picture passed.\n"


def test_names_are_text() -> None:
    """A name can end neither its cell nor the table, and is no markup."""
    text = markdown(Results([record("a|b\n<img src=x>`c`[d](e)")]))
    row = text.splitlines()[-1]
    assert r"a\|b \<img src=x\>\`c\`\[d\](e)" in row
    assert len(text.splitlines()) == 5


def test_long_tables_are_cut() -> None:
    """A page of limited size gets the worst rows, and the number of the others."""
    text = markdown(Results([record(f"test_{n}") for n in range(MAX_ROWS + 3)]))
    assert text.count("failed |") == MAX_ROWS
    assert text.endswith("\n... and 3 more\n")


def test_same_changes_and_flaky_ones() -> None:
    """Below the table are the changes that several pictures share, and the flaky ones, as text."""
    region = RegionScore(10, 20, 30, 40, 0.5, "text changed")
    records = [
        replace(record(n), regions=(region,), fingerprint="x", flaky="it *came* back", actual="a")
        for n in "ab"
    ]
    lines = markdown(Results(records)).splitlines()
    assert any("30x40 at (10, 20): text changed |" in line for line in lines)
    assert "2 of 2 show the same change: 30x40 at (10, 20): text changed" in lines
    assert r"flaky: t/a: it \*came\* back" in lines

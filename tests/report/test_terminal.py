"""The terminal summary: which rows it has, that they fit, and what follows them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fakes import a_mismatch, a_record

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.terminal import Line, View, summary
from pytest_imgsim.results.content import Results

FAILED = a_mismatch(model="fake", model_seconds=1.25)


def passed(place: int, score: float = 0.99) -> Record:
    verdict = Verdict.EQUAL if score == 1 else Verdict.PASSED
    return a_record(
        name=f"t/passed_{place:02}", test=f"t.py::p{place}", verdict=verdict, score=score
    )


def lines(*records: Record, notes: Any = (), results: Any = None, **view: Any) -> list[Line]:
    return list(summary(Results(records, **(results or {})), View(**view), notes=notes))


def text(*records: Record, **more: Any) -> str:
    return "\n".join(line.text for line in lines(*records, **more))


def test_worst_first() -> None:
    """Failures come before passes, and low scores before high ones."""
    records = [
        passed(1, 1.0),
        passed(2, 0.96),
        a_record(name="t/failed", score=0.9),
        a_record(name="t/worse", score=0.2),
        a_record(name="t/missing", verdict=Verdict.MISSING),
        a_record(name="t/written", verdict=Verdict.UPDATED, score=0.1),
    ]
    shown = [line.text for line in lines(*records, width=200)][1:7]
    order = ["missing", "worse", "failed", "written", "passed_02", "passed_01"]
    assert [name for line in shown for name in order if f"t/{name}" in line] == order


def test_colours() -> None:
    """Failures are red, what was written yellow, passes green, the heading plain."""
    records = [FAILED, a_record(name="t/w", verdict=Verdict.CREATED), passed(1), passed(2, 1.0)]
    colours = [line.colour for line in lines(*records, width=200)]
    assert colours[:5] == ["", "red", "yellow", "green", "green"]


def test_row() -> None:
    """A row has score, threshold, verdict, test, baseline and the worst region."""
    heading, row, *_ = lines(FAILED, width=200)
    titles = ["score", "needs", "verdict", "test", "baseline", "worst region"]
    assert re.split("  +", heading.text) == titles
    cells = "0.5000|0.95|failed|test_cart|tests/test_shop/test_cart|30x40 at (10, 20)"
    assert re.split("  +", row.text) == cells.split("|")


LONG = "tests/ui/deep/er/test_a_page_with_a_long_name/test_that_is_long_too[chromium-dark-1280]"
MANY = [
    replace(FAILED, name=LONG, test=LONG.replace("/test_that", ".py::test_that")),
    a_record(
        name="tests/ui/test_b/test_size", verdict=Verdict.SIZE_CHANGED, actual_size=(12800, 10000),
        baseline_size=(12800, 10240), threshold=0.12345,
    ),
    a_record(name="other/test_c/test_missing", verdict=Verdict.MISSING),
    passed(1),
]  # fmt: skip


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("verbosity", [0, -1])
def test_table_fits_the_terminal(width: int, count: int, verbosity: int) -> None:
    """No row is longer than the terminal is wide, and each still shows its verdict and name."""
    records = MANY[:count]
    shown = [line.text for line in lines(*records, width=width, verbosity=verbosity)]
    top = next(i for i, line in enumerate(shown) if line.startswith("score"))
    rows = shown[top + 1 : top + 1 + min(count, 3)]
    assert max(map(len, shown[top : top + 1 + min(count, 3)])) <= width
    for record in records[:3]:
        [row] = [row for row in rows if record.name[-5:] in row]
        assert record.verdict.value in row


def test_narrow_table_keeps_what_differs() -> None:
    """Names that must be cut lose their common beginning, not their end."""
    records = [passed(place) for place in range(3)]
    long = [replace(record, name=f"tests/{'x' * 60}/{record.name}") for record in records]
    shown = text(*long, width=50)
    assert all(f"passed_0{place}" in shown for place in range(3))


@pytest.mark.parametrize(
    ("width", "region"),
    [(90, "30x40 at (10, 20): text changed"), (66, "30x40 at (10, 20)"), (40, None)],
)
def test_the_kind_gives_way(width: int, region: str | None) -> None:
    """In a narrow terminal the kind goes before the region, and the region last."""
    changed = (RegionScore(10, 20, 30, 40, 0.5, "text changed"),)
    names = ("folder/first_name", "folder/other_name")
    records = [a_record(name=n, test=f"t.py::{n}", score=0.5, regions=changed) for n in names]
    row = next(line.text for line in lines(*records, width=width) if line.text[:3] == "0.5")
    assert len(row) <= width
    assert row.endswith(region) if region else "30x40" not in row


def test_verbose_cuts_nothing() -> None:
    """With -v, all columns are shown in full, whatever the width."""
    shown = text(*MANY, width=40, verbosity=1)
    assert LONG in shown
    assert "12800x10240 -> 12800x10000" in shown


def test_passing_rows_are_hidden() -> None:
    """Twenty passing rows are shown, the lowest scores; the rest is counted, and -v shows it."""
    records = [passed(place, 0.96 + place / 1000) for place in range(25)]
    shown = text(*records)
    assert "passed_19" in shown
    assert "passed_20" not in shown
    assert "... and 5 more that passed; -v shows all" in shown
    everything = text(*records, verbosity=1)
    assert "passed_24" in everything
    assert "more that passed" not in everything


def test_failures_are_never_hidden() -> None:
    """However many fail, all are shown, beside twenty that pass."""
    failed = [a_record(name=f"t/failed_{place:02}", score=0.1) for place in range(30)]
    shown = text(*failed, *(passed(place) for place in range(25)))
    assert sum("t/failed_" in line or "failed_" in line for line in shown.splitlines()) == 30
    assert "... and 5 more" in shown


def test_quiet() -> None:
    """With -q only failures and what was written are shown, and nothing when all is well."""
    assert text(passed(1), passed(2), verbosity=-1) == ""
    shown = text(passed(1), FAILED, verbosity=-1)
    assert "test_cart" in shown
    assert "passed_01" not in shown
    assert "more that passed" not in shown


def test_errors_show_their_message() -> None:
    """An error has its message below it, in red."""
    record = a_record(verdict=Verdict.ERROR, message="page: got 0 bytes")
    assert Line("        page: got 0 bytes", "red") in lines(record)


@pytest.mark.parametrize(
    ("count", "heading"), [(1, "wrote 1 baseline:"), (7, "wrote 7 baselines:")]
)
def test_written(count: int, heading: str) -> None:
    """What was written is named, five of them without -v."""
    records = [
        a_record(name=f"w{i}", verdict=Verdict.CREATED, baseline=f"b/w{i}.png")
        for i in range(count)
    ]
    assert Line(heading, "yellow") in lines(*records)
    assert ("  ... and 2 more; -v shows all" in text(*records)) is (count == 7)
    assert f"  b/w{count - 1}.png" in text(*records, verbosity=1)


def test_what_can_be_accepted() -> None:
    """One mismatch comes with its own command, several with the way to choose."""
    one = "  python -m pytest_imgsim accept --report out tests/test_shop/test_cart"
    assert f"pictures of 1 mismatch in out/; accept:\n{one}" in text(FAILED, report="out")
    both = text(FAILED, replace(FAILED, name="t/b"), report="out")
    assert "pictures of 2 mismatches in out/; accept:\n" in both
    assert "\n  python -m pytest_imgsim accept --report out NAME ... | --all" in both


def test_a_baseline_called_accept() -> None:
    """A baseline with the command's own name in it does not garble the command."""
    both = text(replace(FAILED, name="t/accept me"), replace(FAILED, name="t/b"))
    assert "\n  python -m pytest_imgsim accept NAME ... | --all" in both


def test_orphans() -> None:
    """Orphans are named after a complete run, and not after a partial one."""
    orphans = [f"baselines/{i}.png" for i in range(6)]
    shown = text(passed(1), results={"orphans": orphans})
    assert "6 unused baselines (python -m pytest_imgsim trim lists and deletes them):" in shown
    assert "  baselines/4.png\n  ... and 1 more; -v shows all" in shown
    assert "unused" not in text(passed(1), results={"orphans": orphans, "partial": "-k"})
    one = text(passed(1), results={"orphans": orphans[:1]}, report="out")
    assert "1 unused baseline (python -m pytest_imgsim trim --report out lists" in one


def test_model_and_notes() -> None:
    """The model is named with its seconds, and notes come last."""
    shown = lines(FAILED, replace(FAILED, name="t/b"), passed(1), notes=["look out"])
    assert shown[-2:] == [Line("model fake: 2.5 s"), Line("look out", "yellow")]
    assert "model" not in text(passed(1, 1.0))


def test_no_record() -> None:
    """Without a record there is no table."""
    assert not lines()

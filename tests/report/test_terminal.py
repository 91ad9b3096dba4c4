"""What people read: the message of a failure and the summary of a run."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import Any

import pytest
from fakes import a_record

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.message import accept_command, failure_message, number, size
from pytest_imgsim.report.terminal import Line, View, headline, summary
from pytest_imgsim.results.folder import Results

REGIONS = (RegionScore(10, 20, 30, 40, 0.5), RegionScore(1, 2, 3, 4, 0.9))
FAILED = a_record(
    score=0.5,
    global_score=0.98765,
    regions=REGIONS,
    pixel_difference=0.0123456,
    ssim=0.9,
    actual_size=(1280, 800),
    baseline_size=(1280, 800),
    actual="t/a.actual.png",
    diff="t/a.diff.png",
    filled="t/a.filled.png",
    model="fake",
    model_seconds=1.25,
)


def passed(place: int, score: float = 0.99) -> Record:
    verdict = Verdict.EQUAL if score == 1 else Verdict.PASSED
    return a_record(
        name=f"t/passed_{place:02}", test=f"t.py::p{place}", verdict=verdict, score=score
    )


def lines(*records: Record, notes: Any = (), results: Any = None, **view: Any) -> list[Line]:
    return list(summary(Results(records, **(results or {})), View(**view), notes=notes))


def text(*records: Record, **more: Any) -> str:
    return "\n".join(line.text for line in lines(*records, **more))


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


def test_size() -> None:
    """A size reads as people write it; none is nothing."""
    assert size((1280, 800)) == "1280 x 800"
    assert size(None) == ""


@pytest.mark.parametrize("name", ["t/a", "t/a[x y]", "t/a['q']", "t/a$(x)"])
@pytest.mark.parametrize("report", ["imgsim-results", "out dir/r"])
def test_accept_command(name: str, report: str) -> None:
    """The command can be pasted into a shell; the usual folder is left out."""
    folder = [] if report == "imgsim-results" else ["--report", report]
    expected = ["python", "-m", "pytest_imgsim", "accept", *folder, name]
    assert shlex.split(accept_command(name, report)) == expected


def test_message_of_a_failure() -> None:
    """A failure tells score, threshold and its origin, where, the files, and the cure."""
    assert failure_message(FAILED, "out").splitlines() == [
        "tests/test_shop/test_cart: looks different, 0.5000 < 0.95",
        "  score      0.5000 in the worst region (1 is the same)",
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


def test_message_of_a_near_miss() -> None:
    """A score just below the threshold does not read as equal to it."""
    message = failure_message(replace(FAILED, score=0.949999999, threshold=0.95), "out")
    assert "looks different, 0.9499 < 0.95" in message
    near = failure_message(replace(FAILED, score=0.95001, threshold=0.95002), "out")
    assert "looks different, 0.95001 < 0.95002" in near


def test_message_of_another_size() -> None:
    """A changed size tells both sizes and no score."""
    record = replace(
        FAILED, verdict=Verdict.SIZE_CHANGED, baseline_size=(1280, 780), score=None, regions=()
    )
    message = failure_message(record, "out")
    assert message.startswith("tests/test_shop/test_cart: the size changed\n")
    assert "  size       1280 x 800, expected 1280 x 780\n" in message
    assert "  pixels     1.235 % differ, SSIM 0.9000, with equal rows" in message
    assert "score" not in message


def test_message_of_a_missing_baseline() -> None:
    """Without a baseline the message says where it would lie and how to write it."""
    record = a_record(verdict=Verdict.MISSING, actual_size=(5, 6), actual="t/a.actual.png")
    message = failure_message(record, "imgsim-results")
    assert message.startswith("tests/test_shop/test_cart: no baseline yet\n  size       5 x 6\n")
    assert "pytest --update-baselines" in message
    assert "  actual     imgsim-results/t/a.actual.png\n" in message
    assert message.endswith("python -m pytest_imgsim accept tests/test_shop/test_cart")


def test_headline() -> None:
    """Verdicts are counted, worst first, and those that did not occur are left out."""
    records = [passed(1), passed(2, 1.0), FAILED, passed(3), a_record(verdict=Verdict.ERROR)]
    assert headline(records) == "imgsim: 5 compared, 1 error, 1 failed, 2 passed, 1 equal"


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
    """A row tells score, threshold, verdict, test, baseline and where it is worst."""
    heading, row, *_ = lines(FAILED, width=200)
    titles = ["score", "needs", "verdict", "test", "baseline", "worst region"]
    assert re.split("  +", heading.text) == titles
    cells = "0.5000|0.95|failed|test_cart|tests/test_shop/test_cart|30x40 at (10, 20)"
    assert re.split("  +", row.text) == cells.split("|")


def test_row_of_another_size() -> None:
    """A changed size shows both sizes in the place of the region."""
    record = replace(FAILED, verdict=Verdict.SIZE_CHANGED, score=None, baseline_size=(1280, 780))
    assert lines(record, width=200)[1].text.endswith("1280x780 -> 1280x800")


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
    """What raised is told in one line of red."""
    record = a_record(verdict=Verdict.ERROR, message="page: got 0 bytes")
    assert Line("        page: got 0 bytes", "red") in lines(record)


@pytest.mark.parametrize(("count", "told"), [(1, "wrote 1 baseline:"), (7, "wrote 7 baselines:")])
def test_written(count: int, told: str) -> None:
    """What was written is named, five of them without -v."""
    records = [
        a_record(name=f"w{i}", verdict=Verdict.CREATED, baseline=f"b/w{i}.png")
        for i in range(count)
    ]
    assert Line(told, "yellow") in lines(*records)
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
    assert "6 baselines that no test uses (python -m pytest_imgsim trim lists" in shown
    assert "  baselines/4.png\n  ... and 1 more; -v shows all" in shown
    assert "no test uses" not in text(passed(1), results={"orphans": orphans, "partial": "-k"})


def test_model_and_notes() -> None:
    """The model is named with its seconds, and notes come last."""
    shown = lines(FAILED, replace(FAILED, name="t/b"), passed(1), notes=["look out"])
    assert shown[-2:] == [Line("model fake: 2.5 s"), Line("look out", "yellow")]
    assert "model" not in text(passed(1, 1.0))


def test_no_record() -> None:
    """Without a record there is no table."""
    assert not lines()

"""What passes below the warn threshold: judged, kept, shown and accepted."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Bench, a_record, a_test, flat, png

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.terminal import Line, View, summary
from pytest_imgsim.results.content import Results

OLD = flat(64, 64)
NEW = flat(64, 64, (210, 200, 200))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with a baseline."""
    made = Bench(tmp_path)
    made.store(png(OLD))
    return made


def test_a_warning_passes_below_the_warn_threshold(bench: Bench) -> None:
    """A score of just the warn threshold passes plainly; a hair above it warns."""
    score = bench.check(NEW).score
    assert score is not None
    assert bench.check(NEW, warn_threshold=score).verdict is Verdict.PASSED
    record = bench.check(NEW, warn_threshold=float(np.nextafter(score, 2)))
    assert (record.verdict, record.passed) == (Verdict.WARNED, True)
    assert record.warn_threshold == np.nextafter(score, 2)
    failed = bench.check(NEW, threshold=0.9999, warn_threshold=1.0)
    assert (failed.verdict, failed.passed) == (Verdict.FAILED, False)


def test_equal_pictures_never_warn(bench: Bench) -> None:
    """The highest warn threshold leaves what is equal alone."""
    assert bench.check(OLD, warn_threshold=1.0).verdict is Verdict.EQUAL


def test_a_warning_keeps_what_explains_it(bench: Bench) -> None:
    """The pictures and scores of a warning are those of a failure."""
    record = bench.check(NEW, warn_threshold=1.0)
    failed = bench.check(NEW, threshold=1.0)
    kinds = ("actual", "baseline_copy", "diff", "filled", "heat", "actual_sha256")
    assert [getattr(record, kind) for kind in kinds] == [getattr(failed, kind) for kind in kinds]
    assert (record.ssim, record.pixel_difference) == (failed.ssim, 1.0)


def test_a_variant_that_passes_plainly_is_looked_for(bench: Bench) -> None:
    """A baseline that only warns does not end the search among variants."""
    variant = bench.baseline.with_name("test_cart~2.png")
    variant.write_bytes(png(flat(64, 64, (209, 200, 200))))
    record = bench.check(NEW, warn_threshold=0.9999)
    assert (record.verdict, record.variant) == (Verdict.PASSED, 2)


def test_a_warn_threshold_below_the_threshold(bench: Bench) -> None:
    """It is an error of the comparison, with both settings named, and leaves a record."""
    session = bench.session(threshold=0.95, warn_threshold=0.9)
    with pytest.raises(SettingsError, match=r"the threshold, 0.95 \(default\), got 0.9$"):
        session.check(a_test(), OLD)
    assert session.records[0].verdict is Verdict.ERROR


FAILED = a_record(score=0.5, actual="t/a.actual.png", model="fake", model_seconds=1.25)
WARNED = a_record(name="t/warned", verdict=Verdict.WARNED, score=0.93, warn_threshold=0.97)


def passed(place: int) -> Record:
    return a_record(name=f"t/passed_{place:02}", verdict=Verdict.PASSED, score=0.99)


def lines(*records: Record, **view: Any) -> list[Line]:
    return list(summary(Results(records), View(**view)))


def text(*records: Record, **view: Any) -> str:
    return "\n".join(line.text for line in lines(*records, **view))


def test_warnings_follow_the_failures() -> None:
    """A warning comes before all that passes or was written, in yellow, with what it needed."""
    written = a_record(name="t/w", verdict=Verdict.UPDATED, score=0.1)
    shown = lines(passed(1), written, WARNED, FAILED, width=200)[1:5]
    assert [line.colour for line in shown] == ["red", "yellow", "yellow", "green"]
    assert re.split("  +", shown[1].text)[:3] == ["0.9300", "0.97", "warned"]
    assert headline([WARNED, FAILED]) == "imgsim: 2 compared, 1 failed, 1 warned"


def test_warnings_are_never_hidden() -> None:
    """Neither -q nor many other comparisons hide a warning."""
    assert "t/warned" in text(WARNED, passed(1), verbosity=-1, width=200)
    warned = [replace(WARNED, name=f"t/warned_{place}") for place in range(30)]
    assert text(*warned, *(passed(place) for place in range(25))).count("warned_") == 30


def test_warnings_can_be_accepted() -> None:
    """Kept pictures are counted as what they are; --all is for mismatches."""
    kept = replace(WARNED, actual="t/warned.actual.png")
    assert "pictures of 1 warning in imgsim-results/; accept:\n  python" in text(kept)
    both = text(kept, FAILED)
    assert "pictures of 1 mismatch and 1 warning in imgsim-results/; accept:\n" in both
    assert both.endswith("accept NAME ... | --all\nmodel fake: 1.2 s")
    assert text(kept, kept).endswith("pytest_imgsim accept NAME ...")

"""What earlier attempts and runs say of a comparison."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import a_record

from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.results.history import CAME_BACK, FILE, MAX_NAMES, MAX_SEEN, History, after_rerun

PASSED = a_record(verdict=Verdict.PASSED)


@pytest.fixture(autouse=True)
def baseline(tmp_path: Path) -> Path:
    """The baseline of the records."""
    path = tmp_path / PASSED.baseline
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    return path


def run(root: Path, *seen: str) -> list[str]:
    """Return the reasons for flaky in runs that showed these changes, "" for one that passed."""
    out = []
    for fingerprint in seen:
        record = a_record(fingerprint=fingerprint) if fingerprint else PASSED
        [record] = History(root / "out").update([record], root)
        out.append(record.flaky)
    return out


def test_a_change_that_comes_back(tmp_path: Path) -> None:
    """It was there, was gone, and is back."""
    assert run(tmp_path, "a", "", "a") == ["", "", CAME_BACK]
    assert run(tmp_path, "a", "", "b", "a") == ["", "", "", CAME_BACK]


@pytest.mark.parametrize("seen", ["aaaa", "abc", "a", ""])
def test_what_stays_or_is_new_is_not_flaky(tmp_path: Path, seen: str) -> None:
    """A failure that stays, and one that follows another, are not flaky."""
    assert set(run(tmp_path, *seen)) <= {""}


def test_another_baseline_starts_anew(tmp_path: Path, baseline: Path) -> None:
    """A change is compared with earlier ones against the same baseline."""
    run(tmp_path, "a", "")
    baseline.write_bytes(b"two")
    assert run(tmp_path, "a") == [""]
    assert run(tmp_path, "", "a") == ["", CAME_BACK]


def test_what_shows_nothing_is_passed_over(tmp_path: Path) -> None:
    """A test that broke before its comparison says nothing about it."""
    run(tmp_path, "a")
    broken = a_record(verdict=Verdict.ERROR)
    assert History(tmp_path / "out").update([broken], tmp_path) == [broken]
    assert run(tmp_path, "a") == [""]


def test_what_only_passes_leaves_no_trace(tmp_path: Path) -> None:
    """A run without failures writes nothing, and needs to read no baseline."""
    assert run(tmp_path, "", "") == ["", ""]
    assert not (tmp_path / "out").exists()


def test_it_stays_short(tmp_path: Path) -> None:
    """Only the last outcomes of the last baselines are kept."""
    run(tmp_path, *map(str, range(50)))
    many = [a_record(name=f"n{n}", fingerprint="f") for n in range(MAX_NAMES + 5)]
    path = tmp_path / "out" / FILE
    [entry] = json.loads(path.read_text()).values()
    assert len(entry) == 1 + MAX_SEEN
    History(tmp_path / "out").update(many, tmp_path)
    assert list(json.loads(path.read_text())) == [record.name for record in many[5:]]


BROKEN = ["", "[]", "{", '{"a": 1}', '{"a": []}', "\udcff", '{"a": ["b", 5]}', "NaN", "[" * 100_000]


@pytest.mark.parametrize("content", BROKEN)
def test_what_is_not_ours_is_nothing(tmp_path: Path, content: str) -> None:
    """A broken file is ignored, with a note, and replaced."""
    path = tmp_path / "out" / FILE
    path.parent.mkdir()
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    history = History(path.parent)
    history.update([PASSED], tmp_path)
    assert [note.partition(": ")[0] for note in history.notes] == [str(path)]
    assert run(tmp_path, "a", "", "a")[-1] == CAME_BACK


REGION = RegionScore(1, 2, 30, 40, 0.5, "text changed")


@pytest.mark.parametrize(
    ("first", "last", "flaky"),
    [
        (
            a_record(regions=(REGION,)),
            PASSED,
            "failed at first, with 30x40 at (1, 2) text changed, then passed on a rerun",
        ),
        (a_record(verdict=Verdict.ERROR), PASSED, "error at first, then passed on a rerun"),
        (a_record(), a_record(), ""),
        (PASSED, PASSED, ""),
        (PASSED, a_record(), ""),
    ],
)
def test_after_rerun(first: Record, last: Record, flaky: str) -> None:
    """What failed and then passed is flaky; the last attempt decides everything else."""
    assert after_rerun(first, last) == replace(last, flaky=flaky)

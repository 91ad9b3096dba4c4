"""Verdicts whose pictures, or baselines, cannot be written."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cart import OLD, SPOT, STORED, TALL
from fakes import Bench, png

from pytest_imgsim.baselines import store
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.record import Verdict
from pytest_imgsim.results import folder


def full_disk(*ends: str) -> Callable[..., None]:
    """Return a `write_whole` for a disk that has no room for paths with these ends."""

    def write(path: Path, data: bytes, **options: Any) -> None:
        if path.name.endswith(ends):
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, data, **options)

    return write


@pytest.mark.parametrize("source", [SPOT, TALL, OLD])
def test_a_verdict_without_its_pictures(bench: Bench, source: Any) -> None:
    """Where no picture can be kept, the verdict and the scores are what they were, with a note."""
    if source is not OLD:
        bench.store(png(OLD))
    levels = {"warn_threshold": 1.0}
    expected = bench.check(source, **levels)
    shutil.rmtree(bench.root / "imgsim-results")
    (bench.root / "imgsim-results").write_bytes(b"a file in its place")
    record = bench.check(source, **levels)
    kinds = ", ".join(expected.pictures)
    assert record == replace(
        expected.with_pictures({}),
        actual_sha256=None,
        note=f"pictures could not be kept ({kinds}): File exists",
    )


def test_a_warning_without_its_pictures(bench: Bench) -> None:
    """It passes, as it would have with them."""
    bench.store(png(OLD))
    (bench.root / "imgsim-results").write_bytes(b"")
    record = bench.check(SPOT, threshold=0.0, warn_threshold=1.0)
    assert (record.verdict, record.passed) == (Verdict.WARNED, True)
    assert "could not be kept (actual, baseline, diff, filled, heat): " in record.note


@pytest.mark.parametrize("lost", ["actual", "diff"])
def test_some_pictures_are_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    """What there was room for is kept; only a kept actual picture can be accepted."""
    bench.store(png(OLD))
    monkeypatch.setattr(folder, "write_whole", full_disk(f".{lost}.png"))
    record = bench.check(SPOT)
    assert record.verdict is Verdict.FAILED
    assert set(record.pictures) == {"actual", "baseline", "diff", "filled", "heat"} - {lost}
    assert record.note == f"pictures could not be kept ({lost}): No space left on device"
    assert (record.actual_sha256 is None) == (lost == "actual")


def test_a_baseline_without_room(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that cannot write leaves the verdict, the baseline, and pictures to accept."""
    bench.store(png(OLD))
    monkeypatch.setattr(store, "write_whole", full_disk("test_cart.png"))
    record = bench.check(SPOT, update="changed")
    assert (record.verdict, record.score) == (Verdict.FAILED, bench.check(SPOT).score)
    assert record.note == f"baseline {STORED} could not be written: No space left on device"
    assert record.actual is not None
    assert bench.baseline.read_bytes() == png(OLD)


def test_room_on_the_baselines_disk_alone(bench: Bench) -> None:
    """An update needs no room for results."""
    (bench.root / "imgsim-results").write_bytes(b"")
    record = bench.check(SPOT, update="changed")
    assert (record.verdict, record.note) == (Verdict.CREATED, "")
    assert bench.baseline.is_file()

"""Baselines that are no whole pictures any more."""

from __future__ import annotations

from typing import Any

import pytest
from cart import OLD, SPOT, STORED, kept
from fakes import Bench, noise, png
from PIL.PngImagePlugin import PngImageFile

from pytest_imgsim.baselines.store import LFS_POINTER
from pytest_imgsim.errors import (
    DamagedError,
    ImgsimError,
    PictureError,
)
from pytest_imgsim.record import Verdict
from pytest_imgsim.results.accept import apply, plan

DAMAGES = {
    "empty": b"",
    "line ends": png(OLD).replace(b"\r\n", b"\n"),
    "conflict": b"<<<<<<< HEAD\n" + png(OLD) + b"\n=======\n" + png(SPOT) + b"\n>>>>>>> main\n",
    "page": b"<!DOCTYPE html><title>Sign in</title>",
    "cut": png(noise(64, 64))[:2000],
    "pixels without their checksum": png(OLD)[:-16] + b"0000" + png(OLD)[-12:],
}


@pytest.mark.parametrize("data", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_baseline(bench: Bench, data: bytes) -> None:
    """It is told as damaged and stays; the actual picture is kept, and can be accepted."""
    bench.store(data)
    for mode in ("none", "missing"):
        record = bench.check(SPOT, update=mode)
        assert (record.verdict, record.score, record.actual_size) == (
            Verdict.DAMAGED,
            None,
            (64, 64),
        )
        assert record.message.startswith(f"baseline '{STORED}': expected a ")
        assert bench.baseline.read_bytes() == data
    assert bench.files() == {STORED, *kept("actual")}
    for as_variants in (False, True):
        bench.store(data)
        results = bench.session().results
        baselines = bench.root / "baselines"
        apply(plan(results, [record], bench.root, baselines, as_variants=as_variants), results)
        assert bench.check(SPOT).verdict is Verdict.EQUAL


@pytest.mark.parametrize("mode", ["changed", "all"])
@pytest.mark.parametrize("data", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_baseline_is_replaced(bench: Bench, data: bytes, mode: str) -> None:
    """An update that writes what changed writes it, and says so."""
    bench.store(data)
    record = bench.check(SPOT, update=mode)
    assert (record.verdict, record.message) == (Verdict.UPDATED, "")
    assert record.note == "a damaged baseline was replaced"
    assert bench.check(SPOT).verdict is Verdict.EQUAL


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        (LFS_POINTER + b"v1\noid sha256:0\n", {}, "git lfs pull"),
        (png(noise(100, 100)), {"max_pixels": 5000}, "raise the limit"),
    ],
)
def test_what_is_not_damaged_is_not_replaced(
    bench: Bench, data: bytes, settings: dict[str, Any], message: str
) -> None:
    """A pointer to a picture, and a picture that is too large, may be right: an update stops."""
    bench.store(data)
    with pytest.raises(ImgsimError, match=message):
        bench.check(SPOT, update="all", **settings)
    assert bench.baseline.read_bytes() == data


def test_too_little_memory_is_no_damage(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A baseline that cannot be decoded for lack of memory is not replaced."""

    def load(image: Any) -> None:
        raise MemoryError

    bench.store(png(OLD))
    monkeypatch.setattr(PngImageFile, "load", load)
    with pytest.raises(PictureError, match=f"{STORED}.*not enough memory"):
        bench.check(SPOT, update="all")
    assert bench.baseline.read_bytes() == png(OLD)


def test_a_damaged_variant(bench: Bench) -> None:
    """An update would not replace it, so the message says what to do."""
    bench.store(png(OLD))
    variant = bench.baseline.with_name("test_cart~2.png")
    variant.write_bytes(b"")
    with pytest.raises(DamagedError, match=r"test_cart~2.png.*; restore that file, or delete it"):
        bench.check(SPOT, update="all")
    assert variant.read_bytes() == b""

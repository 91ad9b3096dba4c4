"""From a source and a name to a record, and the files that are written on the way."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from cart import NAME, OLD, SPOT, STORED, TALL, actual_of, kept
from fakes import Bench, Page, UntouchableModel, a_test, encoded, png, replay
from PIL import Image

from pytest_imgsim.errors import (
    BaselineError,
    MaskError,
    PictureError,
    SourceError,
    UnstableError,
)
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.settings import Settings


def test_equal_bytes_are_not_decoded(bench: Bench) -> None:
    """The baseline's own bytes are equal, even if they are no picture, and need no model."""
    bench.model = UntouchableModel()
    bench.store(b"no picture at all")
    record = bench.check(b"no picture at all")
    assert (record.verdict, record.score, record.global_score) == (Verdict.EQUAL, 1.0, 1.0)
    assert (record.model, bench.files()) == (None, {STORED})


def test_a_live_page_that_is_equal_is_captured_once(bench: Bench) -> None:
    """A first capture of the baseline's bytes does not have to stand still."""
    page = Page(bench.store(png(OLD)).read_bytes())
    assert bench.check(page).verdict is Verdict.EQUAL
    assert len(page.asked) == 1


def test_equal_pixels_need_no_model(bench: Bench) -> None:
    """The same pixels in other bytes are equal without a call of the model."""
    bench.model = UntouchableModel()
    bench.store(encoded(Image.fromarray(OLD), "PNG", compress_level=0))
    record = bench.check(OLD)
    assert (record.verdict, record.score) == (Verdict.EQUAL, 1.0)
    assert record.actual_size == record.baseline_size == (64, 64)


def test_failed(bench: Bench) -> None:
    """A difference below the threshold is told in full and keeps what explains it."""
    bench.store(png(OLD))
    record = bench.check(SPOT)
    assert record.verdict is Verdict.FAILED
    assert (record.score or 0) < record.threshold < (record.global_score or 0)
    assert str(record.region) == "8x8 at (8, 8)"
    assert record.pixel_difference == 64 / 64**2
    assert 0.5 < (record.ssim or 0) < 1
    assert (record.model, record.model_seconds) == ("fake", 1.0)
    assert record.baseline == record.update_path == STORED
    assert (record.threshold, record.threshold_from) == (Settings().threshold, "default")
    assert bench.files() == {STORED, *kept("actual", "baseline", "diff", "filled", "heat")}
    np.testing.assert_array_equal(decode(actual_of(bench, record)).rgb, SPOT)
    assert record.actual_sha256 == sha256(actual_of(bench, record))


def test_threshold_is_the_smallest_score_that_passes(bench: Bench) -> None:
    """A score of just the threshold passes; a hair above it fails."""
    bench.store(png(OLD))
    score = bench.check(SPOT).score
    assert score is not None
    assert bench.check(SPOT, threshold=score).verdict is Verdict.PASSED
    assert bench.check(SPOT, threshold=np.nextafter(score, 2)).verdict is Verdict.FAILED
    assert bench.check(SPOT, threshold=0.0).verdict is Verdict.PASSED


def test_ignored_areas(bench: Bench) -> None:
    """What is hidden is not compared, but the kept picture shows it."""
    bench.store(png(OLD))
    assert bench.check(SPOT, ignore=(Box(8, 8, 8, 8),)).verdict is Verdict.EQUAL
    assert bench.model.calls == 0
    other = SPOT.copy()
    other[40:48, 40:48] = 0
    record = bench.check(other, ignore=((8, 8, 8, 8),))
    assert [(r.x, r.y) for r in record.regions] == [(40, 40)]
    np.testing.assert_array_equal(decode(actual_of(bench, record)).rgb, other)


def test_size_changed(bench: Bench) -> None:
    """Another size is a verdict of its own, without a score and without the model."""
    bench.model = UntouchableModel()
    bench.store(png(OLD))
    record = bench.check(TALL, ignore=(Box(0, 0, 999, 999),))
    assert (record.verdict, record.score) == (Verdict.SIZE_CHANGED, None)
    assert (record.actual_size, record.baseline_size) == ((64, 80), (64, 64))
    assert record.pixel_difference == 16 / 80
    assert bench.files() == {STORED, *kept("actual", "baseline", "diff", "filled")}


def test_missing_keeps_the_actual(bench: Bench) -> None:
    """Without a baseline nothing is written beside the results."""
    record = bench.check(SPOT)
    assert (record.verdict, record.score) == (Verdict.MISSING, None)
    assert bench.files() == kept("actual")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, pytest.skip.Exception])
def test_what_ends_a_test_passes_through(bench: Bench, stop: type[BaseException]) -> None:
    """An interruption or a skip while a source is captured stays what it is."""

    def source() -> bytes:
        raise stop("now")

    with pytest.raises(stop, match="now"):
        bench.check(source)


def test_names(bench: Bench) -> None:
    """Unnamed checks are numbered, named and pathed ones have theirs."""
    session = bench.session(update="missing")
    for baseline in (None, "form", None, "pictures/x.png", None):
        session.check(a_test(), io.BytesIO(png(OLD)), baseline)
    session.check(a_test("test_other"), OLD)
    names = [record.name.rpartition("/")[2] for record in session.records]
    assert names == ["test_cart", "form", "2", "3", "4", "test_other"]
    pathed = [record.baseline for record in session.records if not record.claimed]
    assert pathed == ["pictures/x.png"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("form", "form"), ("form", "Form"), ("Form", "form"), ("2", None), ("2", "x.png")],
)
def test_one_test_claims_a_name_twice(bench: Bench, first: Any, second: Any) -> None:
    """Two checks of a test under one name are refused, also if only the case differs."""
    session = bench.session(update="missing")
    session.check(a_test(), OLD)
    session.check(a_test(), OLD, first)
    with pytest.raises(BaselineError, match=r"is claimed twice, by tests/test_shop.py::test_cart"):
        session.check(a_test(), OLD, second)


@pytest.mark.parametrize(("file", "other"), [("t/x", "test_a"), ("t/x.py", "test_A")])
def test_two_tests_claim_one_name(bench: Bench, file: str, other: str) -> None:
    """Two tests under one name are refused, also where only some file systems mix them up."""
    session = bench.session(update="missing")
    session.check(a_test("test_a", "t/x.py"), OLD)
    with pytest.raises(BaselineError, match=rf"by t/x.py::test_a and by {file}::{other}"):
        session.check(a_test(other, file), OLD)


def test_begin_forgets_an_earlier_attempt(bench: Bench) -> None:
    """A rerun of a test claims the same names again; those of others stay claimed."""
    session = bench.session(update="missing")
    session.check(a_test("test_b"), OLD, "form")
    for _ in range(2):
        session.begin(a_test().node)
        assert session.check(a_test(), OLD, "form").name == f"{NAME}/form"
        assert session.check(a_test(), OLD).name == NAME
    with pytest.raises(BaselineError, match="claimed twice"):
        session.check(a_test("test_b"), OLD, "form")


RAISING: list[tuple[Any, Any, dict[str, Any], type[Exception], str]] = [
    (b"", None, {}, PictureError, "got 0 bytes"),
    (5, None, {}, SourceError, "got int 5"),
    (OLD, "../x", {}, BaselineError, "words joined by single slashes"),
    (OLD, 5, {}, BaselineError, "expected None, a name or a path, got int 5"),
    (OLD, None, {"ignore": (Box(99, 0, 1, 1),)}, MaskError, "covers no pixel"),
    (OLD, None, {"max_pixels": 100}, PictureError, "at most 100 pixels"),
    (lambda: 1 / 0, None, {}, ZeroDivisionError, "division by zero"),
    (replay(OLD, SPOT), None, {"stable_timeout": 1e-9}, UnstableError, "never became stable"),
]


@pytest.mark.parametrize(("source", "baseline", "settings", "error", "told"), RAISING)
def test_a_check_that_raises_leaves_a_record(
    bench: Bench, source: Any, baseline: Any, settings: Any, error: type[Exception], told: str
) -> None:
    """Without a verdict there is still a record, with the error in one line."""
    bench.store(png(OLD + 1))
    session = bench.session(**settings)
    with pytest.raises(error, match=told):
        session.check(a_test(), source, baseline)
    [record] = session.records
    assert record.verdict is Verdict.ERROR
    assert told in record.message
    assert "\n" not in record.message
    assert Record.from_dict(record.to_dict()) == record

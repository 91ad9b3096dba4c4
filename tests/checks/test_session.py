"""From a source and a name to a record, and the files that are written on the way."""

from __future__ import annotations

import errno
import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Bench, Page, UntouchableModel, a_test, encoded, flat, noise, png, replay
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from pytest_imgsim.baselines import store
from pytest_imgsim.baselines.store import LFS_POINTER
from pytest_imgsim.errors import (
    BaselineError,
    DamagedError,
    ImgsimError,
    MaskError,
    PictureError,
    SourceError,
    UnstableError,
)
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results import folder
from pytest_imgsim.results.accept import apply, plan
from pytest_imgsim.settings import Settings

#: What a results folder has from the start.
MADE = ("imgsim-results/.gitignore", "imgsim-results/.pytest-imgsim")
NAME = "tests/test_shop/test_cart"
STORED = f"baselines/{NAME}.png"
OLD = flat(64, 64)
SPOT = OLD.copy()
SPOT[8:16, 8:16] = (255, 0, 0)
TALL = flat(80, 64)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty rootdir."""
    return Bench(tmp_path)


def kept(*kinds: str) -> set[str]:
    """Return the files of the results folder with these kinds of pictures."""
    return {*MADE, *(f"imgsim-results/{NAME}.{kind}.png" for kind in kinds)}


def actual_of(bench: Bench, record: Record) -> bytes:
    return (bench.root / "imgsim-results" / str(record.actual)).read_bytes()


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


@pytest.mark.parametrize("stop", [KeyboardInterrupt, pytest.skip.Exception])
def test_what_ends_a_test_passes_through(bench: Bench, stop: type[BaseException]) -> None:
    """An interruption or a skip while a source is captured stays what it is."""

    def source() -> bytes:
        raise stop("now")

    with pytest.raises(stop, match="now"):
        bench.check(source)


CASES = {
    "equal bytes": (png(OLD), Verdict.EQUAL),
    "equal": (encoded(Image.fromarray(OLD), "PNG", compress_level=0), Verdict.EQUAL),
    "passed": (png(SPOT), Verdict.PASSED),
    "warned": (png(SPOT), Verdict.WARNED),
    "failed": (png(SPOT), Verdict.FAILED),
    "size": (png(TALL), Verdict.SIZE_CHANGED),
    "missing": (png(OLD), Verdict.MISSING),
}
WRITTEN = {
    "none": set[str](),
    "missing": {"missing"},
    "changed": {"missing", "size", "failed"},
    "all": {"missing", "size", "failed", "warned", "passed", "equal"},
}


@pytest.mark.parametrize("mode", WRITTEN)
@pytest.mark.parametrize("case", CASES)
def test_update_modes(bench: Bench, mode: str, case: str) -> None:
    """Each mode rewrites the baselines of its verdicts, and touches no other file."""
    data, verdict = CASES[case]
    if case != "missing":
        bench.store(png(OLD))
        before = bench.baseline.stat()
    levels = {"passed": {"threshold": -1.0}, "warned": {"threshold": -1.0, "warn_threshold": 1.0}}
    record = bench.check(data, update=mode, **levels.get(case, {}))
    if case in WRITTEN[mode]:
        expected = Verdict.CREATED if case == "missing" else Verdict.UPDATED
        assert (record.verdict, record.passed, record.baseline) == (expected, True, STORED)
        assert bench.baseline.read_bytes() == data
        assert bench.files() == {STORED}
        return
    assert record.verdict is verdict
    kinds = ["actual", "baseline", "diff", "filled"] + ["heat"] * (case in ("failed", "warned"))
    explained = kept(*kinds) if verdict.to_review else set()
    left = bench.files() - explained
    assert left == (set() if case == "missing" else {STORED})
    if case != "missing":
        assert bench.baseline.stat().st_mtime_ns == before.st_mtime_ns
        assert bench.baseline.read_bytes() == png(OLD)


def test_what_was_written_is_equal_next_time(bench: Bench) -> None:
    """The baseline of a half transparent picture is equal to that picture in the next run."""
    pixels = np.dstack([noise(32, 32), noise(32, 32, 1)[:, :, 0]])
    assert bench.check(pixels, update="missing").verdict is Verdict.CREATED
    bench.model = UntouchableModel()
    assert bench.check(pixels).verdict is Verdict.EQUAL


def test_own_variant_is_written_beside_the_shared_one(bench: Bench) -> None:
    """A template compares with the shared baseline and updates this browser's own."""
    page = Page(png(SPOT))
    bench.store(png(OLD))
    options = {"template": "{browser}/{name}", "stable_timeout": 0.0}
    record = bench.check(page, **options)
    assert record.verdict is Verdict.FAILED
    assert (record.baseline, record.update_path) == (STORED, f"baselines/firefox/{NAME}.png")
    record = bench.check(page, update="changed", **options)
    assert (record.verdict, record.baseline) == (Verdict.UPDATED, f"baselines/firefox/{NAME}.png")
    assert bench.baseline.read_bytes() == png(OLD)


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


def test_baseline_by_path(bench: Bench) -> None:
    """A path is taken from rootdir on, and two tests may compare with one file."""
    (bench.root / "logo.png").write_bytes(png(OLD))
    session = bench.session()
    for name, path in (("test_a", "logo.png"), ("test_b", Path("logo.png"))):
        record = session.check(a_test(name), OLD, path)
        assert (record.verdict, record.baseline) == (Verdict.EQUAL, "logo.png")


def test_two_tests_update_one_path(bench: Bench) -> None:
    """Two tests that would write different pictures to one file are refused."""
    session = bench.session(update="changed")
    session.check(a_test("test_a"), png(OLD), "logo.png")
    with pytest.raises(BaselineError, match=r"logo.png is updated by two tests, .*a and .*test_b"):
        session.check(a_test("test_b"), SPOT, "logo.png")
    assert (bench.root / "logo.png").read_bytes() == png(OLD)


def test_jpeg_baseline(bench: Bench) -> None:
    """A JPEG baseline is updated by a JPEG as it is, and by nothing else."""
    old, new = (encoded(Image.fromarray(rgb), "JPEG") for rgb in (OLD, SPOT))
    (bench.root / "a.jpg").write_bytes(old)
    with pytest.raises(BaselineError, match=r"a.jpg: cannot be written as .jpg without loss"):
        bench.check(png(SPOT), "a.jpg", update="changed")
    assert (bench.root / "a.jpg").read_bytes() == old
    assert bench.check(new, "a.jpg", update="changed").verdict is Verdict.UPDATED
    assert (bench.root / "a.jpg").read_bytes() == new


@pytest.mark.parametrize("path", ["../x.png", "a/../../x.png", "out/x.png"])
def test_nothing_is_written_outside_rootdir(bench: Bench, path: str) -> None:
    """A path that leads out of rootdir can be compared with, but not written."""
    outside, bench.root = bench.root, bench.root / "root"
    (bench.root / "a").mkdir(parents=True)
    (bench.root / "out").symlink_to(outside)
    with pytest.raises(BaselineError, match="leads out of"):
        bench.check(OLD, path, update="missing")
    assert not (outside / "x.png").exists()
    (outside / "x.png").write_bytes(png(OLD))
    assert bench.check(OLD, path).verdict is Verdict.EQUAL


def test_a_refused_write_is_not_put_back(bench: Bench) -> None:
    """A rerun begins as usual where an update was refused."""
    outside, bench.root = bench.root / "x.png", bench.root / "root"
    bench.root.mkdir()
    outside.write_bytes(png(OLD))
    session = bench.session(update="changed")
    for _ in range(2):
        session.begin(a_test().node)
        with pytest.raises(BaselineError, match="leads out of"):
            session.check(a_test(), SPOT, "../x.png")
    assert outside.read_bytes() == png(OLD)


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

"""What an update writes, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cart import NAME, OLD, SPOT, STORED, TALL, kept
from fakes import Bench, Page, UntouchableModel, a_test, encoded, noise, png
from PIL import Image

from pytest_imgsim.errors import (
    BaselineError,
)
from pytest_imgsim.record import Verdict

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

"""Tests that put another clock, or other files, in the place of this machine's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from suite import ALONE, Suite

#: A page that is captured twice before it is stable, or that never is.
LIVE = """
import itertools, time
from unittest import mock
from freezegun import freeze_time

SETTLED = iter([picture((40, 40)), *[picture()] * 9])
RESTLESS = itertools.cycle([picture((40, 40)), picture()])

@pytest.fixture(params=["frozen", "mocked"])
def clock(request):
    if request.param == "mocked":
        with mock.patch.multiple("time", time=int, monotonic=int, perf_counter=int, sleep=print):
            yield
    else:
        with freeze_time("2020-02-02"):
            yield
"""

#: Files of the test's own: through a fixture, in the test, and by mocks.
FILES = """
import builtins, io, os
from pathlib import Path
from unittest import mock
from pyfakefs.fake_filesystem_unittest import Patcher

def refuse(*_, **__): raise AssertionError("this function is the test's")

MOCKED = [(builtins, "open"), (io, "open")]
MOCKED += [(os, name) for name in ("open", "replace", "listdir", "unlink", "utime", "fsync")]
MOCKED += [(Path, name) for name in ("read_bytes", "exists", "mkdir", "open", "is_symlink")]

def test_fixture(fs, assert_similar): compare(assert_similar)

def test_patcher(assert_similar):
    with Patcher():
        compare(assert_similar)

def test_mocks(assert_similar):
    with pytest.MonkeyPatch.context() as monkeypatch:
        for owner, name in MOCKED:
            monkeypatch.setattr(owner, name, refuse)
        compare(assert_similar)

def compare(assert_similar):
    assert_similar(picture(MARK))
    assert_similar(picture(MARK), "form", threshold=0)
    assert_similar(picture(MARK), Path("p/x.png"), threshold=0)

def test_later(assert_similar):
    import numpy, numpy.fft
    assert_similar(picture())

def test_own_file(fs, assert_similar):
    fs.create_file("/shots/a.png", contents=PNG)
    assert_similar("/shots/a.png")
"""
COMPARED = {"fixture", "patcher", "mocks"}


def test_waiting_for_a_page_ends(suite: Suite, mode: tuple[str, ...]) -> None:
    """It lasts as long as it should, neither for ever nor no time at all."""
    suite.write(
        LIVE
        + """
def test_settled(clock, assert_similar): assert_similar(lambda: next(SETTLED))
def test_restless(clock, assert_similar):
    with pytest.raises(Exception, match="never became stable: no two of 3 captures"):
        assert_similar(lambda: next(RESTLESS), stable_timeout=0.5)
"""
    )
    suite.run("--update-baselines", *mode).assert_outcomes(passed=4)


def test_baselines_are_real_files(suite: Suite, picture: Callable[..., Any]) -> None:
    """They are written, read and judged on the disk, and so are the pictures of failures."""
    png = suite.put("shot.png", picture()).read_bytes()
    arguments = ("-p", "fake_plugin", *ALONE, "-p", "no:xdist")
    run = suite.pytester.runpytest_subprocess
    suite.write(f"PNG, MARK = {png!r}, None" + FILES)
    run(*arguments, "--update-baselines").assert_outcomes(passed=5)
    written = {f"test_page/test_{name}.png" for name in (*COMPARED, "later", "own_file")}
    assert suite.baselines().keys() == written | {
        f"test_page/test_{name}/form.png" for name in COMPARED
    }
    assert (suite.path / "p" / "x.png").exists()
    suite.write(f"PNG, MARK = {png!r}, (40, 40)" + FILES)
    run(*arguments).assert_outcomes(passed=2, failed=3)
    for name in COMPARED:
        record = suite.records()[f"test_page/test_{name}"]
        assert record["verdict"] == "failed"
        assert (suite.path / "imgsim-results" / record["actual"]).exists()

"""Tests that compare pictures in several threads."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, a_test, bars, filled, flat, png
from suite import Suite

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.compare import compare

PICTURE = png(flat(8, 8))
#: 16 threads begin 500 comparisons together, with nothing imported yet. The first ones have no name
#: of their own: they are numbered, in any order.
CHECKS = """
import threading
from concurrent.futures import ThreadPoolExecutor

def test_threads(assert_similar):
    start = threading.Barrier(16)
    def check(n):
        if n < FIRST + 16:
            start.wait(60)
        mark = (8 + n % 32, 30) if n % 10 in CHANGED else None
        try:
            name = f"p{n}" if n > 15 else None
            return assert_similar(picture(mark, (64, 48)), name).verdict.value
        except pytest.fail.Exception:
            return "failed"
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(check, range(FIRST, 500)))
    assert found == ["failed" if n % 10 in CHANGED else FINE for n in range(FIRST, 500)]
"""


def test_each_thread_gets_its_verdict(suite: Suite, mode: tuple[str, ...]) -> None:
    """Each picture is compared once, with its own baseline, and reported."""
    suite.write('FIRST, CHANGED, FINE = 0, (), "created"' + CHECKS)
    suite.run("--update-baselines").assert_outcomes(passed=1)
    assert len(suite.baselines()) == 500
    suite.write('FIRST, CHANGED, FINE = 16, (3,), "equal"' + CHECKS)
    suite.run(*mode).assert_outcomes(passed=1)
    verdicts = list(suite.verdicts().values())
    assert (verdicts.count("equal"), verdicts.count("failed")) == (436, 48)


@pytest.mark.model
def test_threads_take_turns_with_a_model() -> None:
    """Pictures of other sizes in other threads do not change a score, and nothing breaks."""
    pairs = [pair(n) for n in range(8)]
    model = ResNet50()
    expected = [compare(each, model).score for each in pairs]
    with ThreadPoolExecutor(16) as pool:
        shared = ResNet50()  # loaded by whichever thread comes first
        found = list(pool.map(lambda each: compare(each, shared).score, pairs * 8))
    assert found == pytest.approx(expected * 8, abs=1e-4)
    assert len({round(score, 3) for score in expected}) > 4


def pair(number: int) -> PicturePair:
    """Return a picture and another with a box in it; every second number in the same size."""
    rgb = bars(number, (48, 64 + 8 * (number // 2)))
    box = (8, 8, 8 + number, 8)
    return PicturePair(Picture(filled(rgb, box, (200, 30, 30))), Picture(rgb))


def test_threads_import_lazily_together() -> None:
    """A thread that asks for a name while another imports its module gets the name."""
    script = """
import sys, threading
sys.setswitchinterval(1e-6)
import pytest_imgsim
from pytest_imgsim import checks, model
names = [(pytest_imgsim, "Box"), (pytest_imgsim, "AssertSimilar"), (checks, "CheckPipeline"),
         (model, "ResNet50"), (checks, "Session"), (pytest_imgsim, "Polygon")]
start, failed = threading.Barrier(32), []
def ask(n):
    start.wait()
    try:
        for owner, name in names[n % 6:] + names[:n % 6]:
            getattr(owner, name)
    except BaseException as error:
        failed.append(repr(error))
threads = [threading.Thread(target=ask, args=[n]) for n in range(32)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(failed)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr


class SlowDict(dict[str, Any]):
    """Lets other threads run between a look at it and what follows."""

    def get(self, *arguments: Any) -> Any:
        """Return a value, in a while."""
        found = super().get(*arguments)
        time.sleep(0.001)
        return found


@pytest.mark.parametrize(("given", "names"), [(None, 64), ("one", 1)])
def test_names_are_claimed_one_by_one(tmp_path: Path, given: str | None, names: int) -> None:
    """Comparisons without a name get a number each, and a name is given away once."""
    session = Bench(tmp_path).session(update="missing")
    session._calls, session._claims = SlowDict(), SlowDict()

    def check(_: int) -> str:
        with suppress(BaselineError):
            return session.check(a_test(), PICTURE, given).name
        return "claimed twice"

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(check, range(64)))
    assert len({*found} - {"claimed twice"}) == 64 - found.count("claimed twice") == names

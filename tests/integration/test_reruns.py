"""Reruns of a test that failed: the attempt that decides its outcome decides its baselines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from suite import MODES, Suite

from pytest_imgsim.baselines.store import Store

#: Each attempt shows another picture, and what it does then is left to each test.
ATTEMPTS = """
from pathlib import Path

def attempt():
    \"\"\"Return the number of this attempt, 1 or more.\"\"\"
    log = Path("attempts")
    log.write_text(log.read_text() + "x" if log.exists() else "x")
    return len(log.read_text())
"""
#: The first attempt shows a page that has not loaded, and fails after that.
FLAKY = """
def test_a(assert_similar):
    number = attempt()
    assert_similar(picture((40, 40) if number == 1 else None), *BASELINE)
    assert number > 1
"""
#: So does this one, whose last attempt does not come to its comparison.
BROKEN = """
@pytest.fixture
def server():
    assert attempt() == 1

def test_a(server, assert_similar):
    assert_similar(picture((40, 40)), *BASELINE)
    assert False
"""
MAIN, NAMED, OTHER = "baselines/test_page/test_a.png", "baselines/test_page/test_a/x.png", "p/x.png"


@pytest.mark.parametrize(("baseline", "path"), [("", MAIN), ("'x',", NAMED), ("'p/x.png',", OTHER)])
def test_a_flaky_first_attempt(
    suite: Suite, picture: Callable[..., Any], baseline: str, path: str
) -> None:
    """It does not overwrite a good baseline, and is not said to."""
    good = suite.put(path, picture()).read_bytes()
    suite.write(f"BASELINE = ({baseline})" + ATTEMPTS + FLAKY)
    result = run(suite, "changed")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*wrote*")
    assert (suite.path / path).read_bytes() == good
    assert [*suite.verdicts().values()] == ["equal"]


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_last_attempt_that_ends_early(
    suite: Suite, picture: Callable[..., Any], mode: tuple[str, ...]
) -> None:
    """It leaves the baseline as it was before the first attempt."""
    good = suite.put(MAIN, picture()).read_bytes()
    suite.write("BASELINE = ()" + ATTEMPTS + BROKEN)
    result = run(suite, "changed", *mode)
    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*wrote*")
    assert (suite.path / MAIN).read_bytes() == good


@pytest.mark.parametrize("update", ["missing", "changed", "all"])
def test_a_missing_baseline(suite: Suite, picture: Callable[..., Any], update: str) -> None:
    """The last attempt creates it; none is left of one that only an earlier attempt created."""
    suite.write("BASELINE = ()" + ATTEMPTS + FLAKY)
    run(suite, update).assert_outcomes(passed=1)
    assert suite.verdicts() == {"test_page/test_a": "created"}
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run().assert_outcomes(passed=1)
    (suite.path / "attempts").unlink()
    (suite.path / MAIN).unlink()
    suite.write("BASELINE = ()" + ATTEMPTS + BROKEN)
    run(suite, update).assert_outcomes(errors=1)
    assert suite.baselines() == {}


def test_an_attempt_without_a_rerun_stands(suite: Suite) -> None:
    """What a test writes before it fails is written, where nothing runs it again."""
    suite.write("BASELINE = ()" + ATTEMPTS + FLAKY)
    suite.run("--update-baselines", "-p", "no:xdist").assert_outcomes(failed=1)
    assert [*suite.baselines()] == ["test_page/test_a.png"]


def test_a_baseline_that_cannot_be_put_back(
    suite: Suite, picture: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test does not go on, and says which baseline it is."""
    suite.put(MAIN, picture())
    text = "def full(*_, **__): raise OSError(28, 'No space left on device')\n" + FLAKY.replace(
        "    assert number", "    Store.write = full\n    assert number"
    )
    monkeypatch.setattr(Store, "write", Store.write)
    suite.write("from pytest_imgsim.baselines.store import Store\nBASELINE = ()" + ATTEMPTS + text)
    result = run(suite, "changed", "-p", "no:xdist")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*BaselineError: baseline {MAIN}: an earlier attempt*No space*"])


def run(suite: Suite, update: str, *arguments: str) -> pytest.RunResult:
    """Run a suite with one rerun."""
    return suite.run(f"--imgsim-update={update}", "--reruns=1", *arguments)

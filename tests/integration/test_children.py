"""Tests that start child processes: whose model they use, and whose verdicts are reported."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from suite import ALONE, IN_PROCESS, TWO, Suite

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    # Python warns of forks in a process with threads.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

#: What inner suites use: a child that runs a function, and how it ended.
HEAD = """
import os, signal

def in_child(function):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            function()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]
"""

#: The child's comparison would have a baseline of its own, and nobody hears of its error.
IN_CHILD = (
    HEAD
    + """
def test_plain(assert_similar): assert_similar(picture())
def test_child(assert_similar): assert in_child(lambda: assert_similar(picture(), "inner")) == 0
"""
)


def test_a_comparison_in_a_child_process_is_refused(suite: Suite, mode: tuple[str, ...]) -> None:
    """The run fails with a note, even though the test passes, and takes no baseline for unused."""
    suite.write(IN_CHILD)
    suite.run("--update-baselines", "-k", "plain")
    suite.put("baselines/test_page/test_child/inner.png", [[[0, 0, 0]]])
    result = suite.run(*mode)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*ERROR: test_page.py::test_child called assert_similar in a chi*"]
    )
    results = suite.results()
    assert results["partial"] == "test_page.py::test_child compared a picture in a child process"
    assert results["orphans"] == []
    assert results["share"] is None


def test_a_run_with_nothing_but_a_refused_comparison(suite: Suite, mode: tuple[str, ...]) -> None:
    """It fails as well, and update mode writes nothing."""
    suite.write(IN_CHILD)
    result = suite.run("--update-baselines", "-k", "child", *mode)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*imgsim: 0 compared*", "*ERROR: test_page.py::test_child*"])
    assert suite.baselines() == {}


def test_the_error_in_the_child(suite: Suite) -> None:
    """It names the test, both processes and the way out; and a test that hears of it fails."""
    suite.write(
        HEAD
        + """
def test_child(assert_similar):
    def compare():
        with pytest.raises(Exception) as caught:
            assert_similar(picture())
        open("message", "w").write(f"{type(caught.value).__name__}: {caught.value}")
    open("expected", "w").write(f"a child of the one that runs the test ({os.getpid()}): ")
    in_child(compare)
"""
    )
    suite.run("-p", "no:xdist")
    message = (suite.path / "message").read_text()
    assert message.startswith(
        "UnreportedError: test_page.py::test_child: assert_similar was called"
    )
    assert (suite.path / "expected").read_text() in message
    assert message.endswith("return the picture from the other process, and compare it in the test")


def test_a_child_that_is_started_anew(suite: Suite) -> None:
    """The fixture cannot be sent to it, which the test is told at once."""
    suite.write(
        """
        def test_child(assert_similar):
            import pickle
            pickle.dumps(assert_similar)
        """
    )
    result = suite.run("-p", "no:xdist")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*UnreportedError: *cannot be sent to another process: expected*"])


def test_a_child_that_runs_on_writes_no_results(suite: Suite, picture: Callable[..., Any]) -> None:
    """The results are those of the process that pytest was started in."""
    suite.put("baselines/test_page/test_a.png", picture())
    suite.write(
        """
        import os
        def test_a(assert_similar):
            assert_similar(picture())
            if (child := os.fork()) == 0:
                raise RuntimeError("nobody ends this child")
            os.waitpid(child, 0)
            assert not os.path.exists("imgsim-results/results.json")
        """
    )
    suite.pytester.runpytest_subprocess(*IN_PROCESS, "-p", "no:xdist").assert_outcomes(passed=1)
    assert suite.verdicts() == {"test_page/test_a": "equal"}


#: Runs each test in a child, as pytest-forked does.
FORKED = """
import json, os, pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    hook, log = item.config.hook, f"{item.name}.reports"
    if (child := os.fork()) == 0:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        data = [hook.pytest_report_to_serializable(config=item.config, report=r) for r in reports]
        with open(log, "w") as stream:
            json.dump(data, stream)
        os._exit(0)
    os.waitpid(child, 0)
    with open(log) as stream:
        for data in json.load(stream):
            report = hook.pytest_report_from_serializable(config=item.config, data=data)
            item.ihook.pytest_runtest_logreport(report=report)
    return True
"""


def test_tests_that_run_in_children(suite: Suite) -> None:
    """Where a plugin runs each test in a child and takes its report, all is reported."""
    suite.write(TWO)
    suite.run("--update-baselines")
    suite.write("def test_a(assert_similar): assert_similar(picture((40, 40)))")
    (suite.path / "conftest.py").write_text(FORKED)
    suite.pytester.runpytest_subprocess(*IN_PROCESS, "-p", "no:xdist").assert_outcomes(failed=1)
    assert suite.verdicts() == {"test_page/test_a": "failed"}
    assert suite.results()["orphans"] == ["baselines/test_page/test_b.png"]


@pytest.mark.model
@pytest.mark.parametrize("mode", [("-p", "no:xdist"), ("-n1",)])
def test_a_model_used_before_and_after_a_fork(
    suite: Suite, mode: tuple[str, ...], picture: Callable[..., Any]
) -> None:
    """The child's answers are its own, it does not hang, and a regression still fails."""
    suite.write(
        HEAD
        + """
def test_first(assert_similar, resnet50):
    assert_similar(picture((40, 40)), threshold=0)
    def compare():
        if resnet50.similarity(picture(), picture((40, 40))) > 0.1:
            open("alive", "w").close()
    assert in_child(compare) == 0
    assert os.path.exists("alive")
def test_regression(assert_similar): assert_similar(picture((80, 40)))
"""
    )
    for name in ("test_first", "test_regression"):
        suite.put(f"baselines/test_page/{name}.png", picture())
    arguments = (*ALONE, "-p", "no:cacheprovider", *mode)
    suite.pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1, failed=1)
    assert suite.verdicts()["test_page/test_regression"] == "failed"

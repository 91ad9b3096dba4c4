"""xdist's workers with the controller's model: requests, interrupts, and a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from suite import ALONE, IN_PROCESS, Suite, interruptible

SERVED = ("-p", "server_plugin", *ALONE, "-n2")
CHANGED = """
def test_a(assert_similar): assert_similar(picture((40, 40)), threshold=0)
def test_b(assert_similar): assert_similar(picture((60, 50)), threshold=0)
"""


@pytest.fixture
def changed(suite: Suite) -> Suite:
    """A suite whose pictures have changed."""
    suite.write(CHANGED.replace("40, 40", "80, 40").replace("60, 50", "20, 50"))
    suite.run("--update-baselines")
    suite.write(CHANGED)
    return suite


def run(suite: Suite, *arguments: str) -> pytest.RunResult:
    """Run a suite, and check that it leaves no thread behind."""
    result = suite.pytester.runpytest_inprocess(*SERVED, "-p", "no:cacheprovider", *arguments)
    assert not [thread for thread in threading.enumerate() if thread.name == "imgsim"]
    return result


def requests(suite: Suite) -> int:
    """Return how many requests for cosines the controller's model has had."""
    path = suite.path / "requests"
    return path.stat().st_size if path.exists() else 0


def test_workers_use_the_controllers_model(changed: Suite) -> None:
    """Scores come from it, no worker loads one, and the fixture `resnet50` is it as well."""
    changed.pytester.runpytest_inprocess(*IN_PROCESS, "-p", "no:cacheprovider")
    expected = {name: record["score"] for name, record in changed.records().items()}
    changed.write(
        CHANGED
        + "def test_c(resnet50):\n"
        + "    import sys\n"
        + "    assert resnet50.features(picture()).shape == (6,)\n"
        + "    assert 'ai_edge_litert' not in sys.modules\n"
    )
    run(changed).assert_outcomes(passed=3)
    assert {name: record["score"] for name, record in changed.records().items()} == expected
    assert all(record["model_seconds"] > 0 for record in changed.records().values())
    assert requests(changed) == 2


def test_an_error_of_the_model_fails_the_test_that_needs_it(changed: Suite) -> None:
    """The test shows the message, and other tests go on."""
    changed.write(CHANGED + "def test_c(): pass\n")
    (changed.path / "behaviour").write_text("bad weights")
    result = run(changed)
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["*WeightsError: weights 'mine.h5': expected others; get them"])


@pytest.mark.parametrize("stop", [["-x"], ["--maxfail=1"], ["--dist=loadfile"]])
def test_a_run_that_stops_early(changed: Suite, stop: list[str]) -> None:
    """It ends cleanly, requests in progress included."""
    (changed.path / "behaviour").write_text("bad weights")
    assert run(changed, *stop).ret != 0
    assert requests(changed) > 0


def test_a_worker_that_dies_while_it_waits(changed: Suite) -> None:
    """The others get their replies, and the run ends."""
    (changed.path / "behaviour").write_text("slow")
    changed.write(
        CHANGED.replace(
            "def test_a(assert_similar):",
            "def test_a(assert_similar):\n"
            "    import os, threading\n"
            "    threading.Timer(0.5, os._exit, [1]).start()\n"
            "   ",
        )
    )
    result = run(changed, "--max-worker-restart=0", "-p", "no:syrupy")  # it warns of crashes
    result.assert_outcomes(failed=1, passed=1)
    assert changed.verdicts() == {"test_page/test_b": "passed"}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal there")
def test_interrupted_during_a_request(changed: Suite) -> None:
    """After Ctrl+C no process is left, neither the controller nor a worker."""
    (changed.path / "behaviour").write_text("slow")
    changed.write(
        "import os, pathlib\npathlib.Path(f'{os.getpid()}.pid').write_text('')\n" + CHANGED
    )
    command = interruptible("-m", "pytest", *SERVED)
    with subprocess.Popen(command, cwd=changed.path, stdout=subprocess.DEVNULL) as process:
        while not requests(changed):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == pytest.ExitCode.INTERRUPTED
    workers = [int(path.stem) for path in Path(changed.path).glob("*.pid")]
    assert len(workers) == 2
    for _ in range(400):
        if not any(map(alive, workers)):
            break
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(pid: int) -> bool:
    """Return whether a process is still running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.model
def test_the_same_scores_with_and_without_workers(changed: Suite) -> None:
    """The served model gives the scores that it gives in one process."""
    runpytest = changed.pytester.runpytest_subprocess
    scores = []
    for options in (["-p", "no:xdist"], ["-n2"]):
        runpytest("-p", "no:cacheprovider", *options).assert_outcomes(passed=2)
        records = changed.records().values()
        scores.append({record["name"]: record["score"] for record in records})
        assert all(record["model_seconds"] > 0 for record in records)
    assert scores[1] == pytest.approx(scores[0], abs=1e-4)

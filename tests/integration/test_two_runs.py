"""Two runs at once with one results folder."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from suite import IN_PROCESS, Suite

from pytest_imgsim.cli import main

SLOW = """
import time
from pathlib import Path

@pytest.mark.parametrize("n", range(3))
def test_p(assert_similar, n): assert_similar(picture((8 * n, {y})))

def test_end(request):
    Path("compared").touch()
    deadline = time.monotonic() + 300
    while not Path("go").exists() and time.monotonic() < deadline: time.sleep(0.02)
"""


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.02)


def test_the_end_of_one_leaves_the_other(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of a run in progress stay, also where an earlier run kept some by their names."""
    monkeypatch.chdir(suite.path)
    (suite.path / "go").touch()
    suite.write(SLOW.format(y=40), "test_slow")
    suite.write("def test_a(assert_similar): assert_similar(picture())", "test_quick")
    suite.run("--update-baselines")
    suite.write(SLOW.format(y=60), "test_slow")
    suite.run()
    for name in ("go", "compared"):
        (suite.path / name).unlink()
    command = [sys.executable, "-m", "pytest", *IN_PROCESS, "-p", "no:xdist", "test_slow.py"]
    slow = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(suite.path / "compared")
    suite.run("test_quick.py").assert_outcomes(passed=1)
    (suite.path / "go").touch()
    assert slow.wait(timeout=300) == 1
    folder = suite.path / "imgsim-results"
    records = suite.records().values()
    assert len(records) == 3
    for record in records:
        assert (folder / record["actual"]).is_file()
        assert (folder / record["diff"]).is_file()
    assert main(["accept", "--all"]) == 0

"""Commands that a run prints: short where the console script is installed, and they work."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from suite import Suite, add_script

CHANGED = """
def test_a(assert_similar): assert_similar(picture((40, 40)))
def test_b(assert_similar): assert_similar(picture((80, 40)))
"""


@pytest.fixture
def environment(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the Python of an environment whose console script comes first on PATH."""
    folder = suite.path / ".env"
    venv.create(folder, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    add_script(scripts)
    monkeypatch.setenv("PATH", str(scripts), prepend=os.pathsep)
    # Our package and its neighbours are where they are for this process.
    paths = [str(Path(__file__).parents[1]), str(suite.path), *filter(None, sys.path)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    return scripts / ("python.exe" if os.name == "nt" else "python")


def test_the_short_form_works(suite: Suite, mode: tuple[str, ...], environment: Path) -> None:
    """Message, summary and page name the script, and what is printed does what it says."""
    suite.write(CHANGED)
    command = [str(environment), "-m", "pytest", "-p", "fake_plugin", *mode]
    out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    page = Path("imgsim-results/report.html").read_text(encoding="utf-8")
    assert "python -m pytest_imgsim" not in out + page
    assert "\n  imgsim accept NAME ... | --all\n" in out
    assert '"accept": "imgsim accept"' in page
    # In CI pytest repeats whole messages in its short summary.
    printed = sorted({line for line in out.splitlines() if line.startswith("  accept it ")})
    assert len(printed) == 2
    subprocess.run(shlex.split(printed[0])[2:], check=True)
    assert list(suite.baselines()) == [f"{printed[0].split()[-1]}.png"]

"""In which form commands are printed: one that runs, in the environment that printed it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from suite import add_script

from pytest_imgsim.report.cli_name import command


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of scripts of this Python, empty and alone on PATH."""
    folder = tmp_path / "env/bin"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_the_script_is_short(scripts: Path) -> None:
    """Where the script of this Python is found, its name is all that has to be typed."""
    add_script(scripts)
    assert command() == "imgsim"


def test_without_the_script(scripts: Path) -> None:
    """Where there is none, Python's -m finds the package."""
    assert command() == "python -m pytest_imgsim"


def test_a_script_that_is_not_on_path(scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script of an environment that is not activated cannot be typed by its name."""
    add_script(scripts)
    monkeypatch.setenv("PATH", str(scripts.parent))
    assert command() == "python -m pytest_imgsim"


def test_a_script_of_another_environment(
    scripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that comes first on PATH and runs another Python is not ours to name."""
    add_script(scripts)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), str(scripts)]))
    assert command() == "imgsim"
    add_script(tmp_path)
    assert command() == "python -m pytest_imgsim"


def test_scripts_apart_from_python(
    scripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts may be in another folder than Python, as they are on Windows."""
    add_script(scripts)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert command() == "python -m pytest_imgsim"
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(scripts))
    assert command() == "imgsim"


@pytest.mark.skipif(os.name == "nt", reason="Windows allows symbolic links to few")
def test_a_folder_by_another_name(
    scripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PATH may name the folder by a symbolic link."""
    add_script(scripts)
    (tmp_path / "link").symlink_to(scripts)
    monkeypatch.setenv("PATH", str(tmp_path / "link"))
    assert command() == "imgsim"

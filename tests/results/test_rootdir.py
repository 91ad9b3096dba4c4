"""Rootdir and its baselines are found on this machine, whatever results.json names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_imgsim.errors import BaselineError, ResultsError
from pytest_imgsim.results.rootdir import (
    baselines_folder,
    check_configured,
    configured_baselines,
    find_rootdir,
)

CONFIGS = {
    "pytest.ini": "",
    ".pytest.ini": "[pytest]\n",
    "pytest.toml": "",
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "tox.ini": "[pytest]\nxfail_strict = 1\n",
    "setup.cfg": "[tool:pytest]\naddopts = -q\n",
}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, as the current one."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_folder_around_the_results(tmp_path: Path, elsewhere: Path) -> None:
    """Results lie in rootdir, unless a setting says otherwise."""
    assert find_rootdir([tmp_path / "a/imgsim-results"], tmp_path / "a") == tmp_path / "a"


def test_the_current_folder(tmp_path: Path, elsewhere: Path) -> None:
    """Results may lie anywhere, if they are of the suite that the user is in."""
    assert find_rootdir([tmp_path / "out"], elsewhere) == elsewhere


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("results", ["suite/deep/er/out", "elsewhere/out"])
def test_the_nearest_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: Path, name: str, results: str
) -> None:
    """Rootdir is what pytest would take, above the results or above the current folder."""
    (tmp_path / "suite/sub").mkdir(parents=True)
    (tmp_path / "suite" / name).write_text(CONFIGS[name])
    if results.startswith("elsewhere"):
        monkeypatch.chdir(tmp_path / "suite/sub")
    assert find_rootdir([tmp_path / results], tmp_path / "suite") == tmp_path / "suite"


@pytest.mark.parametrize("text", ["[tool.other]\n", "[tool.pytest\n", "\0", "[tool]\npytest = 1\n"])
def test_no_configuration(tmp_path: Path, elsewhere: Path, text: str) -> None:
    """A file without pytest's settings, or a broken one, makes no rootdir."""
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ResultsError, match="--rootdir DIR"):
        find_rootdir([tmp_path / "deep/er/out"], tmp_path)


@pytest.mark.parametrize("named", ["/", "..", "a", "a/b/c", "home/.ssh"])
def test_another_rootdir_is_refused(tmp_path: Path, elsewhere: Path, named: str) -> None:
    """A rootdir that nothing here speaks for is refused; the user may name it."""
    folder, root = tmp_path / "a/b/imgsim-results", tmp_path / named
    with pytest.raises(ResultsError, match=rf"expected .* {tmp_path}/a/b, got some of .*--rootdir"):
        find_rootdir([folder], root)
    assert find_rootdir([folder], root, elsewhere) == elsewhere


def test_a_given_rootdir_exists(tmp_path: Path) -> None:
    """A rootdir that the user names is a folder."""
    with pytest.raises(ResultsError, match=r"--rootdir .*/gone: expected a folder"):
        find_rootdir([tmp_path], tmp_path, tmp_path / "gone")


@pytest.mark.parametrize("named", ["shots", "tests/shots", "./x"])
def test_baselines_below_rootdir(tmp_path: Path, named: str) -> None:
    """The folder of baselines is a relative path below rootdir."""
    assert baselines_folder(tmp_path, named) == tmp_path / named


@pytest.mark.parametrize("named", ["", ".", "..", "a/../..", "/", "/etc", "C:/x", "\\\\host\\x"])
def test_baselines_elsewhere(tmp_path: Path, named: str) -> None:
    """Rootdir itself, and what is not below it, is no folder of baselines."""
    with pytest.raises(ResultsError, match="expected a relative path to a folder below rootdir"):
        baselines_folder(tmp_path, named)


def test_baselines_behind_a_link(tmp_path: Path) -> None:
    """A link out of rootdir is followed neither for writing nor for deleting."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/shots").symlink_to(tmp_path)
    with pytest.raises(BaselineError, match="leads out of"):
        baselines_folder(tmp_path / "root", "shots")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pytest.ini", "[pytest]\nimgsim_baselines = shots\n", "shots"),
        ("pytest.ini", "[pytest]\naddopts =\n  -q\n  --imgsim-baselines=shots\n", "shots"),
        ("tox.ini", "[pytest]\naddopts = --imgsim-baselines 'a b' -k 'x and y'\n", "a b"),
        ("pyproject.toml", '[tool.pytest.ini_options]\nimgsim_baselines = "s"\n', "s"),
        ("pytest.toml", '[pytest]\naddopts = ["-q", "--imgsim-baselines=s"]\n', "s"),
        ("pytest.ini", "[pytest]\naddopts = -q\n", "baselines"),
        ("notes.txt", "", "baselines"),
    ],
)
def test_the_configured_folder(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """What may be deleted from follows from pytest's configuration in rootdir."""
    (tmp_path / name).write_text(text)
    assert configured_baselines(tmp_path) == expected
    check_configured(tmp_path, expected)
    with pytest.raises(ResultsError, match=rf"'photos': expected '{expected}' .*--baselines DIR"):
        check_configured(tmp_path, "photos")
    check_configured(tmp_path, "photos", "photos")

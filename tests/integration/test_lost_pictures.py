"""Full disks, and folders that are gone: the verdict comes first, the loss is a note."""

from __future__ import annotations

import pytest
from suite import Suite

SUITE = """
import os

def test_failed(assert_similar): assert_similar(picture({mark}))
def test_warned(assert_similar): assert_similar(picture({mark}), None, 0, warn_threshold=1)
def test_equal(assert_similar): assert_similar(picture())

def test_gone(assert_similar, tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert_similar(picture({mark}))
"""


@pytest.fixture
def changed(suite: Suite) -> Suite:
    """A suite in which all comparisons but one differ, and whose results cannot be written."""
    suite.write(SUITE.format(mark="(8, 40)"))
    suite.run("--update-baselines")
    suite.write(SUITE.format(mark="(80, 40)"))
    for path in (suite.path / "imgsim-results").iterdir():
        path.unlink()
    (suite.path / "imgsim-results").rmdir()
    return suite


def test_results_that_cannot_be_written(changed: Suite, mode: tuple[str, ...]) -> None:
    """What fails, warns and passes is what it was, with its scores, and a note of what is lost."""
    (changed.path / "imgsim-results").write_bytes(b"")
    result = changed.run(*mode, "--html=report.html")
    result.assert_outcomes(passed=2, failed=2)
    text = str(result.stdout)
    failures, _, _ = text.partition("short test summary info")  # in CI it repeats all of them
    assert failures.count("looks different, 0.") == 2
    assert failures.count("  note       pictures could not be kept (actual, baseline, diff,") == 2
    assert " accept " not in text
    result.stdout.fnmatch_lines(
        [
            "*= imgsim: 4 compared, 2 failed, 1 warned, 1 equal =*",
            "test_page/test_* and 2 more: pictures could not be kept (actual, baseline, *): *",
            "*imgsim-results: the results could not be written: *",
        ]
    )
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_results_folder_that_leads_to_itself(changed: Suite, mode: tuple[str, ...]) -> None:
    """A link that leads nowhere is like a disk that takes nothing."""
    (changed.path / "imgsim-results").symlink_to("imgsim-results")
    result = changed.run(*mode)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*imgsim-results: the results could not be written: *"])


def test_a_working_folder_that_is_gone(changed: Suite, mode: tuple[str, ...]) -> None:
    """A mismatch is one, and its message has whole paths."""
    result = changed.run(*mode, "-k", "gone")
    result.assert_outcomes(failed=1)
    folder = (changed.path / "imgsim-results").as_posix()
    result.stdout.fnmatch_lines([f"*  actual     {folder}/test_page/test_gone.actual.png"])


def test_an_update_needs_no_results(changed: Suite, mode: tuple[str, ...]) -> None:
    """Baselines are written where only their own disk has room."""
    (changed.path / "imgsim-results").write_bytes(b"")
    changed.run("--update-baselines", *mode).assert_outcomes(passed=4)
    changed.run().assert_outcomes(passed=4)

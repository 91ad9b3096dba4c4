"""A folder of the user's is not taken for the results."""

from __future__ import annotations

import pytest
from suite import TWO, Suite

from pytest_imgsim.cli import main


@pytest.fixture
def docs(suite: Suite) -> Suite:
    """A suite with baselines, and a folder with pictures that are named like ours."""
    suite.write(TWO)
    suite.run("--update-baselines")
    for name in ("docs/login.diff.png", "docs/photos/x.actual.png", "docs/guide.md"):
        suite.put("docs/photos/y.png", [[0]])
        (suite.path / name).write_bytes(b"mine")
    return suite


def files(suite: Suite) -> set[str]:
    folder = suite.path / "docs"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_run_into_a_foreign_folder(docs: Suite, mode: tuple[str, ...]) -> None:
    """Each test that compares is an error, others run, and the folder is left as it was."""
    before = files(docs)
    docs.write(TWO.replace("(40, 40)", "(80, 40)") + "def test_plain(): pass")
    result = docs.run("--imgsim-report=docs", *mode)
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["--imgsim-report: *docs, which holds *; name another*"])
    assert files(docs) == before


def test_commands_into_a_foreign_folder(
    docs: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor do commands write there."""
    monkeypatch.chdir(docs.path)
    before = files(docs)
    pair = ["baselines/test_page/test_a.png", "baselines/test_page/test_b.png"]
    for command in (["compare", *pair], ["merge", "imgsim-results"]):
        assert main([*command, "--report=docs"]) == 2
        assert "which holds 'guide.md' and no results" in capsys.readouterr().err
    assert files(docs) == before


def test_a_run_into_its_own_folder(docs: Suite, mode: tuple[str, ...]) -> None:
    """A folder that it has made is taken again, whatever else is in it now."""
    (docs.path / "imgsim-results/notes.txt").write_bytes(b"mine")
    docs.run(*mode).assert_outcomes(passed=2)
    assert (docs.path / "imgsim-results/notes.txt").is_file()

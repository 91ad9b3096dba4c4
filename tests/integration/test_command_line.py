"""The command line: help, accept, trim, compare and report, without pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeModel
from suite import TWO, Suite

from pytest_imgsim import __version__
from pytest_imgsim.cli import COMMANDS, main
from pytest_imgsim.pictures.decode import decode


def called(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """--help shows the script and one line for each command."""
    with pytest.raises(SystemExit, match="^0$"):
        main(["--help"])
    out = capsys.readouterr().out
    assert out.startswith("usage: imgsim [-h] [--version] COMMAND ...\n")
    for name, text in COMMANDS.items():
        assert f" {name} {text} " in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command describes itself and its arguments."""
    with pytest.raises(SystemExit, match="^0$"):
        main([name, "--help"])
    out = capsys.readouterr().out
    assert out.startswith(f"usage: imgsim {name} [-h] ")
    assert " ".join(COMMANDS[name].split()) in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "imgsim: error: the following arguments are required: COMMAND"),
        (["acept"], "imgsim: error: argument COMMAND: invalid choice: 'acept'"),
        (["accept", "--al", "--unknown"], "imgsim: error: unrecognized arguments: --unknown"),
        (["review", "--port=x"], "imgsim review: error: argument --port: invalid int value"),
    ],
)
def test_a_bad_command_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be parsed ends with 2 and names the script and the mistake."""
    with pytest.raises(SystemExit, match="^2$"):
        main(arguments)
    assert message in capsys.readouterr().err


def test_python_m() -> None:
    """`python -m pytest_imgsim` is the same, by the name by which it was called."""
    assert called("-m", "pytest_imgsim", "--version").stdout == f"pytest-imgsim {__version__}\n"
    result = called("-m", "pytest_imgsim", "trim", "--help")
    assert result.stdout.startswith("usage: python -m pytest_imgsim trim [-h] [--delete]")


@pytest.mark.parametrize("arguments", [["--help"], ["trim", "--help"], ["merge", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Help, and what needs no pixels, comes without numpy, Pillow and TensorFlow."""
    code = (
        "import sys; from pytest_imgsim.cli import main\n"
        f"try: main({arguments})\n"
        "except SystemExit: pass\n"
        "print({'numpy', 'PIL', 'tensorflow', 'ai_edge_litert'} & set(sys.modules))"
    )
    result = called("-c", code)
    assert result.stdout.splitlines()[-1] == "set()", result.stderr


def test_accept_by_name(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """accept promotes what is named, without a run, and leaves the rest."""
    here.write(TWO.replace("picture()", "picture((80, 60))").replace("(40, 40)", "(48, 40)"))
    here.run().assert_outcomes(failed=2)
    before = here.baselines()
    assert main(["accept", "test_page/test_a"]) == 0
    assert "accepted baselines/test_page/test_a.png" in capsys.readouterr().out
    after = here.baselines()
    assert before["test_page/test_a.png"] != after["test_page/test_a.png"]
    assert before["test_page/test_b.png"] == after["test_page/test_b.png"]
    here.run().assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize("words", [["--all"], ["*"], ["test_page/test_?"], ["test_a", "test_b"]])
def test_accept_all_and_globs(here: Suite, words: list[str]) -> None:
    """accept takes --all, globs, and the ends of names; a missing baseline is created."""
    here.write(TWO.replace("picture()", "picture((80, 60))"))
    (here.path / "baselines/test_page/test_b.png").unlink()
    here.run().assert_outcomes(failed=2)
    assert main(["accept", *words]) == 0
    here.run().assert_outcomes(passed=2)


def test_accept_from_another_folder(
    here: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """accept finds rootdir from the results folder, wherever it is called."""
    here.write(TWO.replace("(40, 40)", "(48, 40)"))
    here.run()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = os.path.relpath(here.path / "imgsim-results")
    assert main(["accept", "--report", report, "test_page.py::test_b"]) == 0
    monkeypatch.chdir(here.path)
    here.run().assert_outcomes(passed=2)


def test_accept_refuses_what_it_does_not_know(
    here: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown name, no name, and a picture that has changed since are errors; nothing moves."""
    here.write(TWO.replace("(40, 40)", "(48, 40)"))
    here.run()
    before = here.baselines()
    assert main(["accept", "test_c"]) == 2
    assert "'test_c' matches nothing" in capsys.readouterr().err
    assert main(["accept"]) == 2
    assert "test_page/test_b" in capsys.readouterr().err
    (here.path / "imgsim-results/test_page/test_b.actual.png").write_bytes(b"other")
    assert main(["accept", "--all"]) == 2
    assert "got another one; run that test again" in capsys.readouterr().err
    assert here.baselines() == before


def test_accept_without_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run there is nothing to accept, and the message says what to do."""
    assert main(["accept", "--all", "--report", str(tmp_path)]) == 2
    assert "run pytest first" in capsys.readouterr().err


def test_trim(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """trim lists, deletes on request, and refuses after a partial run."""
    here.write("def test_a(assert_similar): assert_similar(picture())")
    here.run("-k", "test_a")
    here.run("test_page.py::test_a")
    assert main(["trim", "--delete"]) == 2
    assert "partial (single tests were named)" in capsys.readouterr().err
    here.run()
    assert main(["trim"]) == 1
    assert "baselines/test_page/test_b.png" in capsys.readouterr().out
    assert len(here.baselines()) == 2
    assert main(["trim", "--delete"]) == 0
    assert list(here.baselines()) == ["test_page/test_a.png"]
    assert main(["trim"]) == 0


def test_compare(
    here: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """compare prints both scores, the region and the verdict, and exits by it."""
    monkeypatch.setattr("pytest_imgsim.model.resnet50.ResNet50", lambda *_: FakeModel())
    a, b = "baselines/test_page/test_a.png", "baselines/test_page/test_b.png"
    assert main(["compare", a, b]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["score", "cosine", "global", "worst", "verdict"]
    assert "16x16 at (40, 40): removed" in lines[3]
    assert lines[4] == "verdict  failed"
    assert main(["compare", a, b, "--threshold=0"]) == 0
    assert main(["compare", a, a]) == 0
    assert "score    1.0000" in capsys.readouterr().out
    assert main(["compare", a, "gone.png"]) == 2
    assert capsys.readouterr().err == "error: baseline gone.png: no such file\n"
    assert main(["compare", "gone.png", a]) == 2
    assert "picture 'gone.png': cannot be read" in capsys.readouterr().err
    assert main(["compare", ".", a]) == 2
    assert "picture '.': cannot be read" in capsys.readouterr().err
    assert main(["compare", a, b, "--threshold=2"]) == 2


def test_compare_sizes(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures of two sizes differ, and compare says how."""
    here.put("tall.png", [[[0, 0, 0]] * 8] * 9)
    here.put("wide.png", [[[0, 0, 0]] * 9] * 8)
    assert main(["compare", "tall.png", "wide.png"]) == 1
    assert "size changed: 8 x 9, expected 9 x 8" in capsys.readouterr().out


def test_compare_keeps_pictures_on_request(
    here: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --report the pictures of a mismatch stay, without it nothing does."""
    monkeypatch.setattr("pytest_imgsim.model.resnet50.ResNet50", lambda *_: FakeModel())
    a, b = "baselines/test_page/test_a.png", "baselines/test_page/test_b.png"
    before = sorted(here.path.rglob("*"))
    assert main(["compare", a, b]) == 1
    assert sorted(here.path.rglob("*")) == before
    capsys.readouterr()
    assert main(["compare", a, b, "--report", "found"]) == 1
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    for kind in ("diff", "filled"):
        assert shown[kind] == f"found/compare/test_a.{kind}.png"
        assert decode((here.path / shown[kind]).read_bytes()).size == (160, 96)


def test_report_is_drawn_again(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """Report makes report.html from results.json alone."""
    here.run()
    page = here.path / "imgsim-results/report.html"
    before = page.read_text()
    assert '"served": false' in before
    assert "connect-src" not in before
    page.unlink()
    assert main(["report"]) == 0
    assert "wrote imgsim-results/report.html" in capsys.readouterr().out
    assert page.read_text() == before
    assert main(["report", "nowhere"]) == 2


def test_accept_does_not_choose_between_two_pictures(
    here: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two tests that show one baseline differently cannot both be accepted."""
    here.write(
        """
        def test_a(assert_similar): assert_similar(picture((8, 40)), "shared.png")
        def test_b(assert_similar): assert_similar(picture((60, 40)), "shared.png")
        """
    )
    here.run()
    assert main(["accept", "--all"]) == 2
    assert "showed different pictures; accept one of them" in capsys.readouterr().err
    assert not (here.path / "shared.png").exists()
    assert main(["accept", "test_b"]) == 0
    assert (here.path / "shared.png").exists()

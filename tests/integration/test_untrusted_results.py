"""Results that somebody else wrote: commands touch baselines below rootdir, and nothing else."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from desk import CART, OLD, OTHER
from fakes import Bench
from kept import NEW, folder_of, kept

from pytest_imgsim.cli import main
from pytest_imgsim.report.words import accept_command
from pytest_imgsim.results.content import Results

ESCAPE = "\x1b]0;owned\x07\x9b2J"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A rootdir with two failures, one unused baseline, and a home beside it."""
    (tmp_path / "home").mkdir()
    for name in ("id_rsa", "holiday.png"):
        (tmp_path / "home" / name).write_bytes(OLD)
    made = Bench(tmp_path / "repo")
    made.store(OLD)
    for name in ("baselines/old.png", "docs/logo.png"):
        (made.root / name).parent.mkdir(exist_ok=True)
        (made.root / name).write_bytes(OLD)
    monkeypatch.chdir(made.root)
    records = [kept(made, CART), kept(made, OTHER)]
    folder_of(made).write(
        Results(records, orphans=["baselines/old.png"]), root=made.root, version="0"
    )
    return made


def forge(bench: Bench, record: dict[str, Any] | None = None, **changes: Any) -> None:
    """Change results.json, and its first record."""
    path = bench.root / "imgsim-results/results.json"
    content = {**json.loads(path.read_text()), **changes}
    content["records"][0].update(record or {})
    path.write_text(json.dumps(content))


def below(folder: Path) -> dict[Path, bytes]:
    """Return all files with their content, but those that the commands write for themselves."""
    files = (path for path in folder.rglob("*") if path.is_file() and "merged" not in path.parts)
    return {path: path.read_bytes() for path in files}


FORGED = {
    "the root of all": {"root": "/"},
    "a folder above": {"root": "../.."},
    "a folder beside": {"root": "../../home", "baselines": "."},
    "baselines above": {"baselines": "../home"},
    "absolute baselines": {"baselines": "{tmp}/home"},
    "baselines in all of rootdir": {"baselines": "."},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("command", [["accept", "--all"], ["trim", "--delete"], ["trim"]])
def test_results_of_another_place(
    bench: Bench, capsys: pytest.CaptureFixture[str], changes: dict[str, str], command: list[str]
) -> None:
    """Another rootdir, and baselines outside of it, are refused; nothing is written or deleted."""
    tmp = bench.root.parent
    target = f"{tmp}/home/holiday.png"
    forge(
        bench,
        {"update_path": target, "baseline": target},
        orphans=[target, f"{tmp}/home/id_rsa"],
        **{key: value.format(tmp=tmp) for key, value in changes.items()},
    )
    before = below(tmp)
    assert main(command) == 2
    assert "expected" in capsys.readouterr().err
    assert below(tmp) == before


@pytest.mark.parametrize(
    "path", ["baselines/notes.txt", "baselines/.hidden.png", "baselines/link.png", "baselines/t"]
)
def test_only_baselines_are_deleted(
    bench: Bench, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """What is no picture, hidden, a link or a folder is not deleted, nor anything beside it."""
    folder = bench.root / "baselines"
    (folder / "t").mkdir()
    for name in ("notes.txt", ".hidden.png"):
        (folder / name).write_bytes(b"")
    (folder / "link.png").symlink_to(folder / "old.png")
    forge(bench, orphans=["baselines/old.png", path])
    before = below(bench.root)
    assert main(["trim", "--delete"]) == 2
    assert "expected a picture, neither hidden nor a symbolic link" in capsys.readouterr().err
    assert below(bench.root) == before


def test_only_the_configured_folder_is_deleted_from(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Results cannot make a folder of other pictures one of baselines; the user can."""
    forge(bench, baselines="docs", orphans=["docs/logo.png"])
    assert main(["trim", "--delete"]) == 2
    assert "'docs': expected 'baselines' (pytest's conf" in capsys.readouterr().err
    assert (bench.root / "docs/logo.png").exists()
    assert main(["trim", "--delete", "--baselines", "docs"]) == 0
    assert capsys.readouterr().out == "docs/logo.png\ndeleted 1\n"
    assert (bench.root / "baselines/old.png").exists()


def test_results_that_were_moved(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Results that lie elsewhere now are accepted where the user names their rootdir."""
    (bench.root / "downloads/1").mkdir(parents=True)
    moved = bench.root / "downloads/1/results"
    (bench.root / "imgsim-results").rename(moved)
    (bench.root / "pytest.ini").touch()
    forged = json.loads((moved / "results.json").read_text())
    (moved / "results.json").write_text(json.dumps({**forged, "root": "../.."}))
    arguments = ["accept", "--all", "--report", str(moved)]
    assert main(arguments) == 2
    assert "with --rootdir DIR" in capsys.readouterr().err
    assert bench.baseline.read_bytes() == OLD
    assert main([*arguments, "--rootdir", "."]) == 0
    assert bench.baseline.read_bytes() == NEW


def test_merge_does_not_take_a_rootdir_on_trust(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Merged results name a rootdir that is known here, or none are written."""
    forge(bench, root="/")
    arguments = ["merge", "imgsim-results", "--report", "merged"]
    assert main(arguments) == 2
    assert "expected results of the rootdir" in capsys.readouterr().err
    assert not (bench.root / "merged").exists()
    assert main([*arguments, "--rootdir", "."]) == 0


def test_review_does_not_take_a_rootdir_on_trust(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that could not accept anything is not opened."""
    forge(bench, root="/")
    assert main(["review", "--no-browser"]) == 2
    assert "expected results of the rootdir" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["accept", "--all"],
        ["accept"],
        ["accept", "nothing"],
        ["trim"],
        ["trim", "--delete"],
        ["report"],
        ["merge", "imgsim-results", "--report", "merged"],
    ],
)
def test_escapes_are_not_printed(
    bench: Bench, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Whatever a name has in it for the terminal to act on is shown instead."""
    name = f"t/{ESCAPE}"
    path = f"baselines/{name}.png"
    (bench.root / path).parent.mkdir()
    (bench.root / path).write_bytes(OLD)
    record = {"name": name, "test": name, "update_path": path, "message": name, "flaky": name}
    forge(bench, record, orphans=[path])
    main(command)
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07", "\x9b"} & set(out + err)
    assert command == ["report"] or "\\x1b]0;owned" in out + err


@pytest.mark.parametrize("name", ["--all", "-h", "it's", "a b;c", "$(x)", "\x1b[201~\nx\\'"])
def test_names_in_commands_are_words(name: str) -> None:
    """A name that is an option, or code for the shell, reaches accept as the name that it is."""
    command = accept_command(name, "imgsim-results")
    assert command.isprintable()
    words = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert words[words.index("accept") + 1 : -1] in ([name], ["--", name])
    assert not words[words.index("accept") + 1].startswith("-") or "--" in words


def test_a_name_that_is_an_option(bench: Bench) -> None:
    """The command for a picture called --all accepts that picture alone."""
    forge(bench, {"name": "--all"})
    main(shlex.split(accept_command("--all", "imgsim-results"))[-3:])
    assert bench.baseline.read_bytes() == NEW
    assert not (bench.root / f"baselines/{OTHER}.png").exists()


def test_a_named_pipe_is_no_results_file(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing waits for somebody to write into it."""
    path = bench.root / "imgsim-results/results.json"
    path.unlink()
    os.mkfifo(path)
    assert main(["accept", "--all"]) == 2
    assert "not a regular file" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["accept", "--all"], ["trim"], ["report"]])
def test_links_that_lead_to_each_other(
    bench: Bench, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A loop of links is an error of one line."""
    for one, two in (("a", "b"), ("b", "a")):
        (bench.root / "imgsim-results" / one).symlink_to(bench.root / "imgsim-results" / two)
    for name in ("baselines/loop.png", "imgsim-results/report.html"):
        (bench.root / name).unlink(missing_ok=True)
    (bench.root / "baselines/loop").symlink_to(bench.root / "baselines/loop")
    forge(
        bench,
        {"actual": "a/x.actual.png", "update_path": "baselines/loop/x.png"},
        orphans=["baselines/loop/x.png"],
    )
    assert main(command) in (0, 2)
    assert len(capsys.readouterr().err.splitlines()) <= 1


def test_accept_that_stops_half_way(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is told at once; an error lists what is not."""
    (bench.root / f"baselines/{OTHER}.png").mkdir()
    assert main(["accept", "--all"]) == 2
    out, err = capsys.readouterr()
    assert out == f"accepted baselines/{CART}.png\n"
    assert err.startswith(f"error: baselines/{OTHER}.png: cannot be written: ")
    assert err.endswith(f"; what is not accepted:\n  baselines/{OTHER}.png\n")
    assert bench.baseline.read_bytes() == NEW


def test_trim_that_stops_half_way(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is deleted is told at once; an error lists what is not."""
    listed = [f"baselines/{name}.png" for name in ("old", "stuck", "third")]
    for path in listed:
        (bench.root / path).write_bytes(OLD)
    forge(bench, orphans=listed)
    unlink = Path.unlink

    def stuck(path: Path, missing_ok: bool = False) -> None:
        if path.name == "stuck.png":
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", stuck)
    assert main(["trim", "--delete"]) == 2
    out, err = capsys.readouterr()
    assert out == "baselines/old.png\n"
    assert err.endswith(f"; what is not deleted:\n  {listed[1]}\n  {listed[2]}\n")


def test_a_full_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error of the file system is one line and exit 2, in a command that only writes."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", "imgsim-results/report.html")

    monkeypatch.setattr("pytest_imgsim.results.folder.write_whole", full)
    for command in (["report"], ["merge", "imgsim-results", "--report", "merged"]):
        assert main(command) == 2
        assert capsys.readouterr().err.startswith("error: [Errno 28] No space left on device")


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of POSIX")
def test_a_reader_that_goes_away(bench: Bench) -> None:
    """`imgsim trim | head` ends without a traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        process = subprocess.run(
            [sys.executable, "-m", "pytest_imgsim", "trim"],
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (process.returncode, process.stderr) == (2, "")


def test_an_error_is_short(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """However long a value is, the error about it is not."""
    forge(bench, partial="x" * 1_000_000)
    assert main(["trim"]) == 2
    assert len(capsys.readouterr().err) < 1100

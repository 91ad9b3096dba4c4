"""`imgsim review`, as a command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes import FakeModel, flat, noise
from suite import interruptible

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.cli import main
from pytest_imgsim.results.content import Results
from pytest_imgsim.review.server import Server
from pytest_imgsim.settings import Settings


def compare_once(root: Path, *, changed: bool = True) -> None:
    """Make a grey baseline and compare it with another picture, or with itself."""
    test = TestId("t.py::test_a", "t.py", (), "test_a")
    Session(Settings(update="changed"), root, FakeModel).check(test, flat(40, 60))
    run = Session(Settings(), root, FakeModel)
    run.check(test, noise(40, 60) if changed else flat(40, 60))
    run.results.write(Results(run.records), root=root, version="0")


def test_nothing_to_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where every picture passed the command says so and ends well; without a run it does not."""
    monkeypatch.chdir(tmp_path)
    assert main(["review"]) == 2
    assert "run pytest first" in capsys.readouterr().err
    compare_once(tmp_path, changed=False)
    assert main(["review", "--no-browser"]) == 0
    assert capsys.readouterr().out.startswith("nothing to review in imgsim-results: ")


def test_a_bad_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that cannot be had is an error."""
    monkeypatch.chdir(tmp_path)
    compare_once(tmp_path)
    assert main(["review", "--port=70000", "--no-browser"]) == 2
    assert "--port: expected a free port, got 70000" in capsys.readouterr().err


def test_a_browser_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A private file leads the browser to the address, unless --no-browser is given.

    What the browser is started with can be read by all users of the machine: the file's name.
    """
    monkeypatch.chdir(tmp_path)
    compare_once(tmp_path)
    opened: list[tuple[str, str, int]] = []
    was_opened = threading.Event()
    #: Seconds to wait for what must not happen, and then for what must.
    patience = iter([0.5, 60.0])

    def browse(url: str) -> None:
        file = Path(urlsplit(url).path)
        opened.append((url, file.read_text(), file.stat().st_mode & 0o777))
        was_opened.set()

    def serve(server: Server) -> None:
        was_opened.wait(next(patience))
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", browse)
    monkeypatch.setattr(Server, "serve_forever", serve)
    assert main(["review", "--no-browser"]) == 0
    assert opened == []
    assert main(["review"]) == 0
    [(url, content, mode)] = opened
    address = capsys.readouterr().out.splitlines()[-1].split()[1]
    token = address.partition("?token=")[2]
    assert len(token) >= 40
    assert url.startswith("file:///")
    assert token not in url
    assert f'content="0; url={address}"' in content
    assert os.name == "nt" or mode == 0o600
    assert not Path(urlsplit(url).path).exists()


def test_a_results_folder_that_is_not_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a place for the private file, no browser is opened; the address is printed."""
    monkeypatch.chdir(tmp_path)
    compare_once(tmp_path)

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    def serve(server: Server) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail(url))
    monkeypatch.setattr(Server, "serve_forever", serve)
    assert main(["review"]) == 0
    address, note = capsys.readouterr().out.splitlines()
    assert address.startswith("review: http://127.0.0.1:")
    assert note == "no browser is opened ([Errno 13] Permission denied): open that address"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    """The command prints one line with the address, serves, and ends well by Ctrl+C."""
    compare_once(tmp_path)
    with subprocess.Popen(
        interruptible("-m", "pytest_imgsim", "review", "--no-browser"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert line.startswith("review: http://127.0.0.1:")
    assert line.endswith(" (Ctrl+C ends it)\n")
    assert (process.returncode, out, err) == (0, "", "")

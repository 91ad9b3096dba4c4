"""Pictures of failures in the terminal, where they are asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from suite import IN_PROCESS, TWO, Suite

START = {"kitty": "\x1b_Ga=T", "iterm": "\x1b]1337;File=", "sixel": "\x1bPq"}


@pytest.mark.parametrize("protocol", START)
def test_pictures_of_failures(here: Suite, mode: tuple[str, ...], protocol: str) -> None:
    """The diff of what failed follows the table, under its name; what passed has none."""
    here.write(TWO.replace("(40, 40)", "(80, 40)"))
    lines = here.run(f"--imgsim-terminal-images={protocol}", *mode).outlines
    [at] = [number for number, line in enumerate(lines) if line.startswith(START[protocol])]
    assert lines[at - 1] == "test_page/test_b:"
    table = next(number for number, line in enumerate(lines) if line.startswith("score "))
    review = next(number for number, line in enumerate(lines) if line.startswith("review: "))
    assert table < at < review


@pytest.mark.parametrize("asked", ["", "--imgsim-terminal-images=auto"])
def test_none_unless_asked_for(here: Suite, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """There is no picture by default, nor, with auto, in a file."""
    monkeypatch.setenv("TERM", "xterm-kitty")
    here.write(TWO.replace("(40, 40)", "(80, 40)"))
    text = str(here.run(*filter(None, [asked])).stdout)
    assert "test_page/test_b" in text
    assert not any(start in text for start in START.values())


def test_ini(here: Suite) -> None:
    """The ini file may ask for pictures, and the command line overrides it."""
    here.pytester.makeini("[pytest]\nimgsim_terminal_images = sixel")
    here.write(TWO.replace("(40, 40)", "(80, 40)"))
    assert START["sixel"] in str(here.run().stdout)
    assert START["sixel"] not in str(here.run("--imgsim-terminal-images=no").stdout)


def test_at_most_five(suite: Suite) -> None:
    """Of many failures five are shown, and with -v all."""
    suite.write(
        """
        @pytest.mark.parametrize("n", range(7))
        def test_a(assert_similar, n): assert_similar(picture((n * 8, 40)))
        """
    )
    text = str(suite.run("--imgsim-terminal-images=sixel").stdout)
    assert text.count(START["sixel"]) == 5
    assert "... and 2 more without their pictures; -v shows all" in text
    assert str(suite.run("--imgsim-terminal-images=sixel", "-v").stdout).count("\x1bPq") == 7


def test_an_unknown_protocol(suite: Suite) -> None:
    """An unknown word is an error that lists the known ones."""
    result = suite.run("--imgsim-terminal-images=ascii")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "expected one of auto, kitty, iterm, sixel, no, got 'ascii'" in str(result.stderr)


def test_auto_on_a_terminal(here: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With auto, a known terminal gets pictures in a form that it understands."""
    pty = pytest.importorskip("pty")
    for name in ("TMUX", "KITTY_WINDOW_ID", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    here.write(TWO.replace("(40, 40)", "(80, 40)"))
    command = [sys.executable, "-m", "pytest", *IN_PROCESS, "--imgsim-terminal-images=auto"]
    for term, shown in (("foot", True), ("dumb", False)):
        monkeypatch.setenv("TERM", term)
        screen, terminal = pty.openpty()
        with subprocess.Popen(command, stdout=terminal, cwd=here.path):
            os.close(terminal)
            text = b"".join(_shown(screen))
        os.close(screen)
        assert b"test_page/test_b" in text
        assert (START["sixel"].encode() in text) is shown


def _shown(screen: int) -> Iterator[bytes]:
    """Yield what a terminal receives, until nobody writes any more."""
    with suppress(OSError):  # which is how Linux says so
        while piece := os.read(screen, 65536):
            yield piece

"""Which terminals are sent pictures, and which pictures they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import a_record, flat, noise, png

from pytest_imgsim.record import RegionScore
from pytest_imgsim.report.terminal_images import detect_protocol, drawing
from pytest_imgsim.settings import Settings

START = {"kitty": "\x1b_Ga=T", "iterm": "\x1b]1337;File=", "sixel": "\x1bPq"}


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"KITTY_WINDOW_ID": "1", "TERM": "xterm-256color"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm-256color"}, "iterm"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "mlterm-256color"}, "sixel"),
        ({"TERM": "xterm-sixel"}, "sixel"),
        ({"TERM": "xterm-256color"}, "no"),
        ({"TERM": "linux", "TERM_PROGRAM": "Apple_Terminal"}, "no"),
        ({"TERM": "screen.xterm-kitty"}, "no"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "no"),
        ({"TMUX": "/tmp/tmux", "TERM": "xterm-kitty"}, "no"),
        ({}, "no"),
    ],
)
def test_detect_protocol(environ: dict[str, str], protocol: str) -> None:
    """A terminal is known by its variables; in doubt, and within tmux, it gets no pictures."""
    assert detect_protocol(environ) == protocol


def drawn(folder: Path, protocol: str, *, on_terminal: bool = False, **changes: Any) -> str | None:
    """Return what is drawn for a failure, or None where nothing draws."""
    draw = drawing(Settings(terminal_images=protocol), folder, columns=40, on_terminal=on_terminal)
    return None if draw is None else draw(a_record(**changes))


@pytest.mark.parametrize("protocol", START)
def test_a_protocol_that_is_named(tmp_path: Path, protocol: str) -> None:
    """A protocol that is asked for by name is used wherever the output goes."""
    (tmp_path / "a.png").write_bytes(png(noise(8, 8)))
    for on_terminal in (True, False):
        text = drawn(tmp_path, protocol, on_terminal=on_terminal, diff="a.png")
        assert str(text).startswith(START[protocol])


@pytest.mark.parametrize(("on_terminal", "draws"), [(True, True), (False, False)])
def test_auto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_terminal: bool, draws: bool
) -> None:
    """With auto, the variables count only where the output goes to a terminal."""
    monkeypatch.setattr("os.environ", {"TERM": "foot"})
    (tmp_path / "a.png").write_bytes(png(noise(8, 8)))
    text = drawn(tmp_path, "auto", on_terminal=on_terminal, diff="a.png")
    assert (text is not None) is draws
    monkeypatch.setattr("os.environ", {"TERM": "dumb"})
    assert drawn(tmp_path, "auto", on_terminal=True, diff="a.png") is None


def test_no(tmp_path: Path) -> None:
    """Nothing is drawn unless it is asked for."""
    assert Settings().terminal_images == "no"
    assert drawn(tmp_path, "no", on_terminal=True, diff="a.png") is None


def test_which_picture(tmp_path: Path) -> None:
    """The diff is shown, the new picture where there is none, and nothing without either."""
    for name, colour in (("diff", (1, 2, 3)), ("actual", (4, 5, 6))):
        (tmp_path / f"{name}.png").write_bytes(png(flat(8, 8, colour)))
    both = drawn(tmp_path, "sixel", diff="diff.png", actual="actual.png")
    assert both == drawn(tmp_path, "sixel", diff="diff.png")
    missing = drawn(tmp_path, "sixel", actual="actual.png")
    assert missing not in (both, "")
    assert drawn(tmp_path, "sixel") == ""


def test_the_worst_region_is_seen(tmp_path: Path) -> None:
    """Of a long page, the part with the worst region is drawn."""
    page = flat(3000, 8)
    page[2000:2010] = 0
    (tmp_path / "a.png").write_bytes(png(page))
    region = (RegionScore(0, 2000, 8, 10, 0.1),)
    top = drawn(tmp_path, "sixel", diff="a.png")
    assert drawn(tmp_path, "sixel", diff="a.png", regions=region) != top
    assert "#1;2;" not in str(top)


@pytest.mark.parametrize("data", [None, b"no picture"])
def test_a_picture_that_is_not_there(tmp_path: Path, data: bytes | None) -> None:
    """A file that is missing or broken is passed over: the row has named the failure."""
    if data is not None:
        (tmp_path / "a.png").write_bytes(data)
    assert drawn(tmp_path, "sixel", diff="a.png") == ""

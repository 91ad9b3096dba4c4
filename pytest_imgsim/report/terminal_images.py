"""Whether the terminal is sent pictures, in which protocol, and which one for each failure."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.record import Record
from pytest_imgsim.settings import Settings

#: Protocols by the names that terminals give themselves in TERM_PROGRAM.
PROGRAMS = {"ghostty": "kitty", "iTerm.app": "iterm", "WezTerm": "iterm", "mintty": "iterm"}
#: Protocols by the beginnings of names in TERM.
TERMS = {"xterm-kitty": "kitty", "xterm-ghostty": "kitty", "foot": "sixel", "mlterm": "sixel"}


def detect_protocol(environ: Mapping[str, str]) -> str:
    """Return the protocol that the terminal is known to support, or "no".

    Parameters
    ----------
    environ : mapping of str to str
        The environment variables.
    """
    term = environ.get("TERM", "")
    # A multiplexer inherits the variables of the terminal around it, but drops the pictures.
    if "TMUX" in environ or term.startswith(("tmux", "screen")):
        return "no"
    if "KITTY_WINDOW_ID" in environ:
        return "kitty"
    program = PROGRAMS.get(environ.get("TERM_PROGRAM", ""))
    named = (protocol for name, protocol in TERMS.items() if term.startswith(name))
    return program or next(named, "sixel" if "sixel" in term else "no")


def drawing(
    settings: Settings, folder: Path, *, columns: int, on_terminal: bool
) -> Callable[[Record], str] | None:
    """Return a function from a record to the text that shows its picture; None for no pictures.

    Parameters
    ----------
    settings : Settings
        The settings of the run.
    folder : Path
        The results folder.
    columns : int
        Width of the terminal.
    on_terminal : bool
        Whether the output goes to a terminal.
    """
    protocol = settings.terminal_images
    if protocol == "auto":
        protocol = detect_protocol(os.environ) if on_terminal else "no"
    if protocol == "no":
        return None

    def draw(record: Record) -> str:
        path = record.diff or record.actual
        return _drawn(record, folder / path, protocol, columns, settings) if path else ""

    return draw


def _drawn(record: Record, path: Path, protocol: str, columns: int, settings: Settings) -> str:
    # Only here: both import numpy and Pillow, which runs without failures do without.
    from pytest_imgsim.pictures.decode import decode
    from pytest_imgsim.report.image_codes import encode

    try:
        picture = decode(path.read_bytes(), max_pixels=settings.max_pixels)
    except (OSError, ImgsimError):  # such as one kept by a worker on another machine
        return ""
    focus = record.region.y + record.region.height // 2 if record.region else 0
    return encode(picture.rgb, protocol, columns=columns, focus=focus)

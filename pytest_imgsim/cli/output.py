"""What the commands print."""

from __future__ import annotations

import sys
from typing import TextIO

from pytest_imgsim.results.printable import printable_lines


def say(text: str, *, to: TextIO | None = None) -> None:
    """Print a text at once, whatever is in it and whatever the stream can encode.

    Parameters
    ----------
    text : str
        One or more lines.
    to : TextIO, optional
        The stream; the process' standard output if not given.
    """
    stream = to or sys.stdout
    encoding = stream.encoding or "utf-8"
    shown = printable_lines(text).encode(encoding, "backslashreplace").decode(encoding)
    print(shown, file=stream, flush=True)

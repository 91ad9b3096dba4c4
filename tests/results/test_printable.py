"""Text from elsewhere: what a terminal would act on is shown instead."""

from __future__ import annotations

import io

import pytest

from pytest_imgsim.cli.output import say
from pytest_imgsim.results.printable import printable, printable_lines


@pytest.mark.parametrize("text", ["", "plain [a-1]", "Grüße 日本 🙂", "a\\b 'c'"])
def test_plain_text_stays(text: str) -> None:
    """Letters of any language are shown as they are."""
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\x08\x7f", "a\\rb\\x08\\x7f"),
        ("c1 \x9b2J", "c1 \\x9b2J"),
        ("right to left \u202e", "right to left \\u202e"),
        ("half a letter \ud800", "half a letter \\ud800"),
        ("two\nlines\u2028three", "two\\nlines\\u2028three"),
    ],
)
def test_escapes_are_shown(text: str, shown: str) -> None:
    """Control characters, and those that reorder text, become escapes."""
    assert printable(text) == shown


def test_lines_stay_apart() -> None:
    """Of a text of several lines, only the ends of lines are kept."""
    assert printable_lines("a\n\x1b[2Jb\r\nc") == "a\n\\x1b[2Jb\\r\nc"


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "\\xfc"), ("utf-8", "ü")])
def test_any_stream(encoding: str, shown: str) -> None:
    """What a stream cannot encode is shown as an escape, and raises nothing."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    say("\x1b ü \ud800", to=stream)
    stream.seek(0)
    assert stream.read() == f"\\x1b {shown} \\ud800\n"

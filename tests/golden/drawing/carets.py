"""A text field with a caret, and with lines that are nearly one."""

from __future__ import annotations

from collections.abc import Iterator

from golden.drawing.canvas import WHITE, Pixels, blank, filled, written

#: Right of the text, on white.
X, Y = 60, 8
#: The faintest that a caret may be on white.
FAINTEST = 155
LINES = {
    "caret-largest": (2, 48, FAINTEST),
    "caret-smallest": (1, 9, 0),
    "caret-too-wide": (3, 20, 0),
    "caret-too-tall": (1, 49, 0),
    "caret-too-short": (1, 8, 0),
    "caret-too-faint": (1, 20, FAINTEST + 1),
}


def pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield the field without a caret and with one, by name."""
    field = written(
        filled(blank(96, 64, (206, 212, 218)), (1, 1, 94, 62), WHITE), 10, 16, "Ada", 40
    )
    yield "caret-none", field
    for name, (width, height, grey) in LINES.items():
        yield name, filled(field, (X, Y, width, height), (grey,) * 3)

"""Sheets of small text: pages of short lines in many fonts, sizes and colours, to train with.

The pages of the templates have few words in each style. A sheet has a hundred lines of its own,
and its regression changes one character in half of them at once (``characters`` in mutations.js).
"""

from __future__ import annotations

import html
import random
from pathlib import Path

#: The package's name and version, as if npm had it.
SHEETS, VERSION = "text-sheets", "1"
NAMES = tuple(f"{number}.html" for number in range(8))
#: Lines down and across; the page is tall enough for both scroll positions.
ROWS, COLUMNS, HEIGHT, WIDTH = 54, 5, 32, 252
FAMILIES = (
    "Liberation Sans",
    "Liberation Serif",
    "Liberation Mono",
    "DejaVu Sans",
    "Nunito",
    "Lato",
    "Open Sans",
    "Roboto",
    "Montserrat",
)
TEXT = """account active address amount apply archive balance billing browse cancel chart close
company confirm contact copy customer daily date delete delivery details discount done draft due
edit email export failed filter first hidden hour invoice item january june last list login march
member message minute month monthly name next note number online open order overview owner page
paid pending phone plan price print product profile quantity rate recent refund report reset
return review sales save search security send settings share shipping sign sort status stock
street submit summary support task tax team today total transfer type undo unread update user
value view visits week weekly welcome year"""
WORDS = TEXT.split()
#: Ink on ground: both are greys of these levels, or a colour on white.
GREYS = ((33, 255), (73, 255), (108, 255), (134, 250), (153, 245), (255, 52), (200, 40), (90, 222))
COLOURS = ("#1a73e8", "#d93025", "#188038", "#9334e6", "#b06000", "#5a5c69")


def write_sheets(target: Path) -> None:
    """Write the pages below `target`, as an unpacked package has them."""
    folder = target / "package"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(sheet(random.Random(name)), encoding="utf-8")


def sheet(draw: random.Random) -> str:
    """Return a page of lines as HTML."""
    lines = [_line(draw, row, column) for row in range(ROWS) for column in range(COLUMNS)]
    style = (
        "body { margin: 0; background: white }"
        f"div {{ position: absolute; box-sizing: border-box; width: {WIDTH}px; height: {HEIGHT}px;"
        f" line-height: {HEIGHT}px; padding: 0 6px; overflow: hidden; white-space: nowrap }}"
    )
    return f"<!DOCTYPE html><meta charset=utf-8><style>{style}</style><body>{''.join(lines)}"


def _line(draw: random.Random, row: int, column: int) -> str:
    if draw.random() < 0.8:
        ink, ground = draw.choice(GREYS)
        colours = f"color:rgb({ink},{ink},{ink});background:rgb({ground},{ground},{ground})"
    else:
        colours = f"color:{draw.choice(COLOURS)}"
    size = draw.choice((10, 11, 12, 12, 13, 13, 14, 14, 15, 16, 18, 21))
    weight = draw.choice((400, 400, 400, 600, 700))
    style = (
        f"left:{column * (WIDTH + 4)}px;top:{row * HEIGHT}px;"
        f"font:{weight} {size}px/{HEIGHT}px '{draw.choice(FAMILIES)}';{colours}"
    )
    return f'<div style="{html.escape(style)}">{text(draw)}</div>'


def text(draw: random.Random) -> str:
    """Return a short text as interfaces have it: an amount, a date, a time or some words."""
    number = draw.randrange(10 ** draw.randrange(2, 7))
    choices = (
        lambda: f"${number / 100:,.2f}",
        lambda: f"{number:,} {draw.choice(WORDS)}",
        lambda: f"2{draw.randrange(1000):03d}-{draw.randrange(1, 13):02d}-{draw.randrange(29):02d}",
        lambda: f"{draw.randrange(24):02d}:{draw.randrange(60):02d} {draw.choice(WORDS)}",
        lambda: f"{draw.randrange(100)}%",
        lambda: " ".join(draw.sample(WORDS, 3)).capitalize(),
        lambda: " ".join(draw.sample(WORDS, 4)),
        lambda: " ".join(draw.sample(WORDS, 2)).title(),
        lambda: draw.choice(WORDS).upper(),
    )
    return draw.choice(choices)()

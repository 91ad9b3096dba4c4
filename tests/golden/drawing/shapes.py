"""Simple shapes: shares of changed cells, totals, sizes, opacity, pushes and repeated changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from golden.drawing.canvas import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    Colour,
    Pixels,
    blank,
    filled,
    pushed,
    written,
)

#: Cells of 8 px in which something is drawn: strong, just enough, and not enough to be counted.
STRONG, FAINT, FAINTER = 200, 100, 100
CREAM: Colour = (255, 243, 205)


def cells(changed: int) -> Pixels:
    """Return 20 x 20 cells with a dot in each, of which some of the strong ones are lighter."""
    rgb = blank(160, 160)
    for number in range(STRONG + FAINT + FAINTER):
        row, column = divmod(number, 20)
        depth = 180 if number < STRONG else 20 if number < STRONG + FAINT else 12
        depth -= 90 * (number < changed)
        rgb[8 * row + 2 : 8 * row + 5, 8 * column + 2 : 8 * column + 5] = 255 - depth
    return rgb


def of_shares() -> Iterator[tuple[str, Pixels]]:
    """Yield pictures of which less and more than a tenth of what is drawn has changed."""
    yield "cells", cells(0)
    yield "cells-below-a-tenth", cells(24)
    yield "cells-above-a-tenth", cells(33)


def of_totals() -> Iterator[tuple[str, Pixels]]:
    """Yield pictures that differ by a little less and a little more than a stray pixel or two."""
    ground = cells(0)
    yield "faint-590", filled(ground, (77, 77, 2, 5), (196,) * 3)
    yield "faint-610", filled(ground, (77, 77, 2, 5), (194,) * 3)


def of_sizes() -> Iterator[tuple[str, Pixels]]:
    """Yield a tiny picture, one whose sides are no multiples of 8, and a large one."""
    tiny = filled(blank(6, 4), (1, 1, 2, 2), BLUE)
    yield "tiny", tiny
    yield "tiny-red", filled(tiny, (1, 1, 2, 2), RED)
    odd = written(filled(blank(157, 83), (0, 70, 157, 13), BLUE), 8, 8, "Odd sides", 40, 18)
    yield "odd", odd
    yield "odd-corner", filled(odd, (151, 77, 6, 6), WHITE)
    large = blank(1500, 900, (248, 249, 250))
    for number in range(8):
        large = written(large, 40 + 180 * number, 20 + 110 * number, f"Section {number}", 40, 22)
    yield "large", large
    yield "large-two-words", written(
        filled(filled(large, (400, 240, 90, 30), (248, 249, 250)), (1300, 780, 60, 60), GREEN),
        400, 240, "Sections", 40, 22,
    )  # fmt: skip


def of_opacity() -> Iterator[tuple[str, Pixels]]:
    """Yield a badge with soft edges, with another opacity, and with another colour as well."""
    rows, columns = np.ogrid[:64, :96]
    distance = np.hypot(rows - 32, (columns - 48) / 1.4)
    badge = np.dstack([blank(96, 64, BLUE), np.clip(255 - 12 * (distance - 12), 0, 255)])
    thin, red = badge.copy(), badge.copy()
    thin[20:44, 30:60, 3] //= 2
    # Under full transparency colours do not show.
    thin[:4, :4, :3] = 0
    red[20:44, 30:60] = (*RED, 200)
    for name, pixels in {"badge": badge, "badge-thinner": thin, "badge-red": red}.items():
        yield name, pixels.astype(np.uint8)


def bars(count: int) -> Pixels:
    """Return a page with a title and a stack of lines below it, each of another length."""
    rgb = written(blank(120, 96), 8, 4, "Log", 40)
    for number in range(count):
        rgb[40 + number, 10 : 30 + (number * 37) % 70] = (40 + 8 * number, 60, 90)
    return rgb


def of_pushes() -> Iterator[tuple[str, Pixels]]:
    """Yield pictures of one size on which what follows an insertion has moved."""
    banner = written(blank(120, 18, CREAM), 8, 0, "New", BLACK, 12)
    for count in (6, 10):
        page = bars(count)
        yield f"bars-{count}", page
        yield f"bars-{count}-pushed", pushed(page, 30, banner)
        yield (
            f"bars-{count}-aside",
            pushed(page.transpose(1, 0, 2), 6, np.full((9, 96, 3), CREAM, np.uint8)).transpose(
                1, 0, 2
            ),
        )


def inserted(page: Pixels, *, distance: int) -> Pixels:
    """Return a longer page: a band after row 30, and a mark some rows below it."""
    band = filled(blank(120, 14), (4, 0, 112, 14), CREAM)
    marked = filled(page, (90, 30 + distance, 12, 5), RED)
    return np.concatenate([marked[:30], band, marked[30:]])


def of_other_sizes() -> Iterator[tuple[str, Pixels]]:
    """Yield pictures that are longer, wider, or both."""
    page = bars(10)
    yield "bars-longer-beside", inserted(page, distance=2)
    yield "bars-longer-apart", inserted(page, distance=3)
    yield "bars-wider", np.concatenate([page[:, :4], blank(16, 96, CREAM), page[:, 4:]], axis=1)
    yield "bars-smaller", page[:80, :110]


def marks(count: int, *, underlined: bool = False) -> Pixels:
    """Return a page with marks in rows, each a little darker and larger than the one before."""
    rgb = blank(200, 120)
    rgb[:, :3] = np.arange(120)[:, None, None] * 2  # no two rows are alike
    for number in range(count):
        row, column = divmod(number, 6)
        spot = (32 * column + 6, 24 * row + 4, 6 + number // 2, 6)
        rgb = filled(rgb, spot, (200 - 7 * number, 150, 180))
    return filled(rgb, (6, 10, 6, 1), BLACK) if underlined else rgb


def longer(page: Pixels) -> Pixels:
    """Return the page with a bar below it."""
    return np.concatenate([page, blank(200, 8, BLUE)])


def dots(columns: int, rows: int) -> Pixels:
    """Return small squares, each apart from all others, the first twenty in a strong colour."""
    rgb = blank(16 * columns, 16 * rows)
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        side, colour = (6, RED) if number < 20 else (4, (190, 200, 230))
        rgb = filled(rgb, (16 * column + 1, 16 * row + 1, side, side), colour)
    return rgb


def of_many() -> Iterator[tuple[str, Pixels]]:
    """Yield pictures with more changes than are listed, are looked at, or have a name."""
    yield "marks-none", marks(0)
    yield "marks", marks(26)
    yield "marks-longer", longer(marks(26))
    # The smallest mark, were it looked at, would not be just added.
    yield "marks-none-underlined", marks(0, underlined=True)
    yield "marks-longer-underlined", longer(marks(26, underlined=True))
    yield "dots-none", blank(160, 256)
    yield "dots-160", dots(10, 16)
    yield "more-dots-none", blank(256, 256)
    yield "more-dots-256", dots(16, 16)


def of_the_same() -> Iterator[tuple[str, Pixels]]:
    """Yield changes that are the same elsewhere, nearly the same, or another one."""
    ground = blank(128, 64)
    yield "square-none", ground
    for name, spot, level in (
        ("square", (20, 20), 208),
        ("square-elsewhere", (81, 33), 208),
        ("square-nearly", (20, 20), 214),
        ("square-another", (20, 20), 216),
    ):
        yield name, filled(ground, (*spot, 13, 13), (level, 40, 90))
    for distance in (16, 17, 40):
        one = filled(ground, (20, 20, 13, 13), BLUE)
        yield f"squares-{distance}-apart", filled(one, (33 + distance, 20, 13, 13), GREEN)


def pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield all of them, by name."""
    for group in (
        of_shares, of_totals, of_sizes, of_opacity, of_pushes, of_other_sizes, of_many, of_the_same
    ):  # fmt: skip
        yield from group()

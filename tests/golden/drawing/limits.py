"""Changes that just have, or just have not, the word that the pictures would suggest.

They come in twos, on either side of a limit, as tiles of two pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from golden.drawing.canvas import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    Pixels,
    blank,
    filled,
    moved,
    written,
)
from PIL import Image

WIDTH, HEIGHT, ACROSS = 80, 50, 4
Tile = tuple[Pixels, Pixels]


def empty() -> Pixels:
    """Return a tile with nothing on it."""
    return blank(WIDTH, HEIGHT)


def paler_box(levels: int) -> Tile:
    """Return a box that comes, some levels darker than the ground."""
    return empty(), filled(empty(), (20, 16, 30, 16), (255 - levels,) * 3)


def paler_as_it_moves(levels: int) -> Tile:
    """Return a word that is some levels paler at its new place."""
    before, after = (written(empty(), 6, 12, "Moved", (n,) * 3, 16) for n in (40, 40 + levels))
    return before, moved(after, (4, 8, 60, 24), 7, 4)


def other_word(before: str, after: str, times: float = 1, grey: int = 0, size: int = 16) -> Tile:
    """Return a word that gives way to another one, or to itself, in another size."""
    ink = (grey,) * 3
    return (
        written(empty(), 4, 12, before, ink, size),
        written(empty(), 4, 12, after, ink, size * times),
    )


def framed(distance: int) -> Tile:
    """Return a word that grows within a frame, which lies so far from it."""
    before, after = other_word("Bold", "Bold", 1.25)
    rows, columns = np.nonzero((before != after).any(axis=2))
    top, left = rows.min() - distance, columns.min() - distance
    bottom, right = rows.max() + distance, columns.max() + distance
    for rgb in (before, after):
        rgb[[top, bottom], left : right + 1] = 0
        rgb[top : bottom + 1, [left, right]] = 0
    return before, after


def bar_aside(pixels: int) -> Tile:
    """Return a plain bar that moves over itself: what came and what went are edges of it."""
    return (
        filled(empty(), (4, 14, 30, 20), BLUE),
        filled(empty(), (4 + pixels, 14, 30, 20), BLUE),
    )


def nearly_gone(left: int) -> Tile:
    """Return a field of dots of which nothing is left but a few paler ones."""
    before, after = empty(), empty()
    for y in range(4, 40, 4):
        for x in range(6, 70, 4):
            before[y : y + 2, x : x + 2] = 0
    for number in range(left):
        after[4 + 4 * number : 6 + 4 * number, 6:8] = 30
    return before, after


def recoloured_but_for(width: int) -> Tile:
    """Return a word in another colour, of which a patch is missing."""
    before, after = (written(empty(), 6, 14, "Recolour", ink, 16) for ink in (BLACK, RED))
    return before, filled(after, (10, 20, width, 3), WHITE)


def moved_but_for(width: int) -> Tile:
    """Return a word that moves, with a patch over it at its new place."""
    before = written(empty(), 6, 10, "Offset", (30, 30, 30), 18)
    return before, filled(moved(before, (4, 6, 62, 24), 4, 5), (30, 28, width, 4), (90, 90, 90))


def repeated(text: str, right: int, down: int) -> Tile:
    """Return a text of one letter that moves: many other ways seem as good."""
    before = written(empty(), 12, 12, text, BLACK, 14)
    return before, moved(before, (10, 8, 60, 24), right, down)


def resized_photo(width: int, height: int, aside: int = 0) -> Tile:
    """Return a picture of 60 x 30 px in another size, and maybe a little aside."""
    rough = np.random.default_rng(3).integers(0, 200, (8, 14, 3), dtype=np.uint8)
    before, after = (
        Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)
        for size in ((60, 30), (width, height))
    )
    return (
        filled(empty(), (4, 4, 60, 30), np.asarray(before)),
        filled(empty(), (4 + aside, 4 + aside, width, height), np.asarray(after)),
    )


def carried_off(width: int, altered: int) -> Tile:
    """Return a thing of two colours that goes far away, and of which some pixels are other ones."""
    thing = filled(filled(blank(width, 16, BLUE), (2, 2, 6, 12), RED), (9, 3, 5, 10), GREEN)
    after = filled(thing, (1, 1, altered, 1), WHITE)
    return filled(empty(), (12, 4, width, 16), thing), filled(empty(), (48, 28, width, 16), after)


PLAIN: dict[str, Callable[[], Tile]] = {
    "added": lambda: (empty(), filled(empty(), (18, 14, 40, 20), GREEN)),
    "removed": lambda: (filled(empty(), (18, 14, 44, 18), GREEN), empty()),
    "moved": lambda: (
        written(empty(), 6, 4, "Here"),
        moved(written(empty(), 6, 4, "Here"), (4, 2, 36, 18), 30, 20),
    ),
    "recoloured": lambda: (
        written(filled(empty(), (10, 10, 56, 26), GREEN), 22, 14, "Save", WHITE),
        written(filled(empty(), (10, 10, 56, 26), RED), 22, 14, "Save", WHITE),
    ),
    "resized": lambda: other_word("Size", "Size", 1.5),
    "text changed": lambda: other_word("Open", "Done"),
    "changed": lambda: (resized_photo(60, 30)[0], resized_photo(60, 30)[0][::-1]),
    "added to a thing": lambda: (
        filled(empty(), (4, 4, 72, 42), (225, 235, 250)),
        written(filled(empty(), (4, 4, 72, 42), (225, 235, 250)), 14, 14, "Draft"),
    ),
}
THINGS: dict[str, Callable[[], Tile]] = {
    "NEAR, above": lambda: paler_box(12),
    "NEAR, below": lambda: paler_as_it_moves(6),
    "MARGIN, within": lambda: framed(2),
    "MARGIN, beyond": lambda: framed(3),
    "CONTEXT, within": lambda: bar_aside(12),
    "CONTEXT, beyond": lambda: bar_aside(18),
    "FADED, below": lambda: nearly_gone(6),
    "FADED, above": lambda: nearly_gone(9),
    "SCALED, below": lambda: resized_photo(62, 31, 6),
    "SCALED, above": lambda: resized_photo(64, 32, 6),
    "SAME_THING, above": lambda: carried_off(20, 7),
    "SAME_THING, below": lambda: carried_off(24, 22),
}
LETTERS: dict[str, Callable[[], Tile]] = {
    "INK, below": lambda: other_word("alpha", "omega", grey=255 - 40),
    "INK, above": lambda: other_word("alpha", "omega", grey=255 - 68),
    "UNEXPLAINED, below": lambda: recoloured_but_for(8),
    "UNEXPLAINED, above": lambda: recoloured_but_for(14),
    "EXPLAINED, above": lambda: moved_but_for(8),
    "EXPLAINED, below": lambda: moved_but_for(14),
    "OFFSETS, found": lambda: repeated("::::::::", 3, 1),
    "OFFSETS, not found": lambda: repeated("HHHHH", 0, 5),
    "SAME_SHAPE, below": lambda: other_word("Resize", "Nanide", 1.25),
    "SAME_SHAPE, above": lambda: other_word("Resize", "Reside", 1.25),
    "SMALLEST, below": lambda: other_word("x", "x", 1.25, size=12),
    "SMALLEST, above": lambda: other_word("x", "x", 1.25, size=14),
}


def page(tiles: Mapping[str, Callable[[], Tile]]) -> Tile:
    """Return a page of tiles, before and after."""
    before, after = (blank(ACROSS * WIDTH, -(-len(tiles) // ACROSS) * HEIGHT) for _ in range(2))
    for number, tile in enumerate(tiles.values()):
        row, column = divmod(number, ACROSS)
        here = np.s_[HEIGHT * row : HEIGHT * (row + 1), WIDTH * column : WIDTH * (column + 1)]
        before[here], after[here] = tile()
    return before, after


def pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield the pages before and after, by name."""
    for name, tiles in {"words": PLAIN, "things": THINGS, "letters": LETTERS}.items():
        before, after = page(tiles)
        yield f"{name}-before", before
        yield f"{name}-after", after

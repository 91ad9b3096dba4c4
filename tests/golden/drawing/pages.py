"""A small page of a shop, and what may change on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from golden.drawing.canvas import BLUE, GREEN, RED, WHITE, Pixels, blank, filled, moved, written
from PIL import Image

ROWS = (("Espresso cups, set of 6", "24.90"), ("Teapot, 1.2 l", "39.00"), ("Tray", "12.50"))
TOTAL = (236, 124)
LABEL = (16, 60, 60, 20)


def shop(
    total: str = "76.40",
    ink: tuple[int, int, int] = (33, 37, 41),
    bold: float = 0,
    note: str = "Delivery in 2 days",
    pale: tuple[int, int, int] = (176, 180, 186),
) -> Pixels:
    """Return the page, 320 x 200."""
    rgb = filled(blank(320, 200), (0, 0, 320, 28), BLUE)
    rgb = written(rgb, 12, 5, "Corner Shop", WHITE, 15)
    rgb = written(rgb, 250, 7, "Basket 3", (200, 210, 240), 12)
    for number, (name, price) in enumerate(ROWS):
        y = 40 + 24 * number
        rgb = filled(rgb, (12, y + 20, 296, 1), (222, 226, 230))
        rgb = written(rgb, 16, y, name, (33, 37, 41), 13)
        rgb = written(rgb, 260, y, price, (33, 37, 41), 13)
    rgb = written(rgb, *TOTAL, total, ink, 20, bold)
    rgb = filled(rgb, (16, 156, 96, 28), GREEN)
    rgb = written(rgb, 34, 161, "Buy now", WHITE, 14)
    return written(rgb, 180, 166, note, pale, 13)


def aside(rgb: Pixels, right: int, down: int) -> Pixels:
    """Return the page with its total a few pixels aside."""
    return moved(rgb, (TOTAL[0] - 4, TOTAL[1] - 2, 70, 28), right, down)


def ringed(rgb: Pixels, inset: int, colour: tuple[int, int, int]) -> Pixels:
    """Return the page with a line of one pixel all around, some pixels from the edge."""
    height, width = rgb.shape[:2]
    inner = rgb[inset + 1 : height - inset - 1, inset + 1 : width - inset - 1]
    sides = (inset, inset, width - 2 * inset, height - 2 * inset)
    inside = (inset + 1, inset + 1, inner.shape[1], inner.shape[0])
    return filled(filled(rgb, sides, colour), inside, inner)


def redrawn(rgb: Pixels) -> Pixels:
    """Return the page as it looks half a pixel further right and down."""
    image = Image.fromarray(rgb)
    half = image.transform(
        image.size, Image.Transform.AFFINE, (1, 0, 0.5, 0, 1, 0.5), Image.Resampling.BILINEAR
    )
    return np.asarray(half)


def watermark(text: str) -> Pixels:
    """Return a text that hardly stands out from the ground."""
    return written(blank(160, 48), 10, 8, text, (234, 234, 234), 26)


def pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield the page and its changes, by name."""
    page = shop()
    yield "shop", page
    yield "shop-digit", shop("76.10")
    yield "shop-bold", shop(bold=0.6)
    yield "shop-faded", shop(ink=(120, 124, 128))
    yield "shop-red", shop(ink=RED)
    yield "shop-pale-digit", shop(note="Delivery in 7 days")
    yield "shop-digit-and-note", shop("76.10", note="Delivery in 7 days")
    yield "shop-paler", shop(pale=(204, 206, 210))
    yield "shop-one-aside", aside(page, 1, 0)
    yield "shop-two-aside", aside(page, 0, 2)
    yield "shop-half-pixel", redrawn(page)
    yield "shop-half-pixel-digit", redrawn(shop("76.10"))
    yield "shop-border", ringed(page, 0, RED)
    yield "shop-border-inside", ringed(page, 1, RED)
    yield "shop-pushed", np.concatenate([page[:33], page[33:34].repeat(10, 0), page[33:-10]])
    yield "watermark", watermark("Draft 3")
    yield "watermark-digit", watermark("Draft 8")

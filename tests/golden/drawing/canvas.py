"""Pens that the golden pictures are drawn with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
Spot = tuple[int, int, int, int]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
BLUE, GREEN, RED = (30, 60, 160), (20, 130, 70), (200, 30, 30)


def blank(width: int, height: int, colour: Colour = WHITE) -> Pixels:
    """Return an empty picture."""
    return np.full((height, width, 3), colour, np.uint8)


def filled(rgb: Pixels, spot: Spot, colour: Any) -> Pixels:
    """Return a copy with a box (x, y, width, height) of one colour, or of given pixels."""
    out = rgb.copy()
    x, y, width, height = spot
    out[y : y + height, x : x + width] = colour
    return out


def written(
    rgb: Pixels, x: float, y: float, text: str, ink: Any = BLACK, size: float = 14, bold: float = 0
) -> Pixels:
    """Return a copy with a text, in the font that Pillow brings along."""
    image = Image.fromarray(rgb)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text((x, y), text, ink, font, stroke_width=bold)
    return np.array(image)


def moved(rgb: Pixels, spot: Spot, right: int, down: int, ground: Colour = WHITE) -> Pixels:
    """Return a copy in which what lies in a box has gone to another place."""
    x, y, width, height = spot
    content = rgb[y : y + height, x : x + width]
    return filled(filled(rgb, spot, ground), (x + right, y + down, width, height), content)


def pushed(rgb: Pixels, row: int, inserted: Pixels) -> Pixels:
    """Return a picture with rows inserted above one, as tall as before: the last rows are lost."""
    return np.concatenate([rgb[:row], inserted, rgb[row:]])[: len(rgb)]

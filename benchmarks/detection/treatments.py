"""What a screenshot's file or its colours may go through on the way to the comparison."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from pictures import Pixels
from PIL import Image

Treatment = Callable[[Pixels], Pixels]


def recoded(kind: str, quality: int) -> Treatment:
    """Return a treatment that saves the picture as JPEG or WebP and reads it again."""

    def treat(pixels: Pixels) -> Pixels:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, kind, quality=quality)
        return np.asarray(Image.open(out).convert("RGB"))

    return treat


def gamma(power: float) -> Treatment:
    """Return a treatment that raises every level to a power."""
    table = np.rint(255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return lambda pixels: table[pixels]


def drift(*levels: int) -> Treatment:
    """Return a treatment that adds some levels to each channel."""
    return lambda pixels: np.clip(pixels.astype(np.int16) + levels, 0, 255).astype(np.uint8)


def matrix(rows: ArrayLike) -> Treatment:
    """Return a treatment that mixes the channels by a 3 x 3 matrix, as a colour profile does."""
    mixed = np.asarray(rows, dtype=np.float64).T
    return lambda pixels: np.clip(np.rint(pixels @ mixed), 0, 255).astype(np.uint8)


TREATMENTS: dict[str, Treatment] = {
    "jpeg-92": recoded("JPEG", 92),
    "jpeg-85": recoded("JPEG", 85),
    "webp-90": recoded("WEBP", 90),
    "gamma-1.03": gamma(1.03),
    "gamma-0.97": gamma(0.97),
    "drift": drift(2, -1, 3),
    "darker": drift(-2, -2, -2),
}


def with_caret(pixels: Pixels, field: tuple[int, int, int, int]) -> Pixels:
    """Return the pixels with a text caret in a field (left, top, width, height)."""
    left, top, _, height = field
    out = pixels.copy()
    out[top + height // 4 : top + height - height // 4, left + 13 : left + 14] = (33, 37, 41)
    return out

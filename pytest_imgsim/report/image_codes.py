"""Pictures in the codes by which terminals show them: pixels in, text out."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim.pictures.picture import Pixels, encode_png

#: Size of a terminal's cell in pixels, about right for most; the terminal is not asked.
CELL_WIDTH, CELL_HEIGHT = 8, 16
#: Lines of the terminal that a picture may fill.
MAX_ROWS = 32
#: Pixels sent for each pixel of a cell where the terminal scales: many screens have as many.
DENSITY = 2
#: Characters of base64 that kitty takes in one command.
KITTY_CHUNK = 4096
MAX_COLOURS = 256


def encode(rgb: Pixels, protocol: str, *, columns: int, focus: int = 0) -> str:
    """Return the text that makes a terminal show a picture.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        The picture.
    protocol : {"kitty", "iterm", "sixel"}
        A protocol that the terminal understands.
    columns : int
        Width of the terminal; a wider picture is scaled down to it.
    focus : int
        The row of pixels to show where the picture is too tall to be shown whole.
    """
    if protocol == "sixel":
        return sixel(fitted(rgb, columns * CELL_WIDTH, MAX_ROWS * CELL_HEIGHT, focus))
    shown = min(columns, -(-rgb.shape[1] // CELL_WIDTH))
    room = columns * CELL_WIDTH * DENSITY, MAX_ROWS * CELL_HEIGHT * DENSITY
    png = encode_png(fitted(rgb, *room, focus))
    return kitty(png, shown) if protocol == "kitty" else iterm(png, shown)


def fitted(rgb: Pixels, width: int, height: int, focus: int = 0) -> Pixels:
    """Return a picture scaled down to `width` and cut to `height` around the row `focus`.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        The picture; it is never enlarged.
    width, height : int
        The space in pixels.
    focus : int
        A row of `rgb`.
    """
    scale = min(1.0, width / rgb.shape[1])
    rows = min(rgb.shape[0], int(height / scale))
    top = min(max(0, focus - rows // 2), rgb.shape[0] - rows)
    cut = rgb[top : top + rows]
    if scale == 1.0:
        return cut
    size = width, max(1, round(rows * scale))
    return np.asarray(Image.fromarray(cut).resize(size, Image.Resampling.LANCZOS))


def kitty(png: bytes, columns: int) -> str:
    """Return a PNG in kitty's graphics protocol, `columns` wide.

    References
    ----------
    .. [1] https://sw.kovidgoyal.net/kitty/graphics-protocol/
    """
    text = base64.b64encode(png).decode()
    pieces = [text[at : at + KITTY_CHUNK] for at in range(0, len(text), KITTY_CHUNK)]
    first = f"a=T,f=100,c={columns},"
    last = len(pieces) - 1
    # q=2: the terminal is not to answer, since nobody reads it.
    return "".join(
        f"\x1b_G{'' if at else first}q=2,m={int(at < last)};{piece}\x1b\\"
        for at, piece in enumerate(pieces)
    )


def iterm(png: bytes, columns: int) -> str:
    """Return a PNG as iTerm2's inline image (OSC 1337), `columns` wide.

    References
    ----------
    .. [1] https://iterm2.com/documentation-images.html
    """
    how = f"inline=1;size={len(png)};width={columns};preserveAspectRatio=1"
    return f"\x1b]1337;File={how}:{base64.b64encode(png).decode()}\x07"


def sixel(rgb: Pixels) -> str:
    """Return (H, W, 3) uint8 pixels as sixels, in at most `MAX_COLOURS` colours.

    References
    ----------
    .. [1] VT330/VT340 Programmer Reference Manual, volume 2, chapter 14, "Graphics
       Programming", Digital Equipment Corporation, 1988.
    """
    image = Image.fromarray(rgb).quantize(MAX_COLOURS)
    palette = np.asarray(image.getpalette("RGB"), dtype=np.int64).reshape(-1, 3)
    percent = (palette * 100 + 127) // 255
    colours = (f"#{number};2;{r};{g};{b}" for number, (r, g, b) in enumerate(percent))
    height, width = rgb.shape[:2]
    head = f'\x1bPq"1;1;{width};{height}'
    return "".join([head, *colours, *_bands(np.asarray(image)), "\x1b\\"])


def _bands(numbers: NDArray[np.uint8]) -> Iterator[str]:
    """Yield bands of six rows: for each of a band's colours, the pixels that have it, by column."""
    bits = 1 << np.arange(6)
    for top in range(0, len(numbers), 6):
        band = numbers[top : top + 6]
        for number in np.unique(band):
            columns = bits[: len(band)] @ (band == number)
            yield f"#{number}{_runs(columns)}$"
        yield "-"


def _runs(columns: NDArray[np.int64]) -> str:
    """Return the six bits of each column as text, run-length encoded."""
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    lengths = np.diff(starts, append=len(columns))
    return "".join(
        f"!{length}{chr(63 + bits)}" if length > 3 else chr(63 + bits) * length
        for bits, length in zip(columns[starts].tolist(), lengths.tolist(), strict=True)
    )

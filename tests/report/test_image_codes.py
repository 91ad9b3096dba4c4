"""Pictures for the terminal: what was written is decoded again."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from fakes import Pixels, bars, flat, noise, png
from PIL import Image

from pytest_imgsim.report.image_codes import KITTY_CHUNK, encode, fitted, iterm, kitty, sixel

TOKEN = re.compile(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)([?-~])|([?-~])|([$-])")


def pixels(data: bytes) -> Pixels:
    """Return a PNG's pixels."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def from_kitty(text: str) -> tuple[str, list[str], bytes]:
    """Return the keys of the first command, all pieces, and the file that they make up."""
    commands = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{keys};{piece}\x1b\\" for keys, piece in commands) == text
    *before, last = commands
    assert all(keys.endswith("q=2,m=1") for keys, _ in before)
    assert last[0].endswith("q=2,m=0")
    assert all(keys == "q=2,m=1" for keys, _ in before[1:])
    pieces = [piece for _, piece in commands]
    return commands[0][0], pieces, base64.b64decode("".join(pieces), validate=True)


def from_iterm(text: str) -> tuple[dict[str, str], bytes]:
    """Return the arguments of an inline image, and its file."""
    match = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", text)
    assert match is not None
    arguments = dict(part.split("=") for part in match[1].split(";"))
    return arguments, base64.b64decode(match[2], validate=True)


def from_sixel(text: str) -> Pixels:
    """Draw sixels as a terminal does; a pixel that is not drawn stays at -1."""
    match = re.fullmatch(r'\x1bPq"1;1;(\d+);(\d+)([^\x1b]*)\x1b\\', text)
    assert match is not None
    width, height = int(match[1]), int(match[2])
    canvas = np.full((height + 6, width, 3), -1, dtype=np.int64)
    colours: dict[int, tuple[int, ...]] = {}
    assert TOKEN.sub("", match[3]) == ""
    pen = x = y = 0
    for number, r, g, b, count, repeated, single, move in TOKEN.findall(match[3]):
        if r:
            colours[int(number)] = tuple(round(int(part) * 2.55) for part in (r, g, b))
        elif number:
            pen = int(number)
        elif move:
            x, y = 0, y + (6 if move == "-" else 0)
        else:
            bits, times = ord(repeated or single) - 63, int(count or 1)
            rows = [y + bit for bit in range(6) if bits >> bit & 1]
            assert x + times <= width
            assert (canvas[rows, x : x + times] == -1).all()
            canvas[rows, x : x + times] = colours[pen]
            x += times
    assert (canvas[height:] == -1).all()
    assert (canvas[:height] >= 0).all()
    return canvas[:height].astype(np.uint8)


@pytest.mark.parametrize("rgb", [flat(4, 4), noise(40, 60), noise(120, 90)])
def test_kitty(rgb: Pixels) -> None:
    """The file arrives whole, in pieces that kitty takes, and only the last ends it."""
    keys, pieces, data = from_kitty(kitty(png(rgb), 20))
    assert keys.startswith("a=T,f=100,c=20,")
    assert max(map(len, pieces)) <= KITTY_CHUNK == 4096
    assert all(len(piece) % 4 == 0 for piece in pieces)
    assert data == png(rgb)


def test_iterm() -> None:
    """The file arrives whole, with its size and its width in cells."""
    data = png(noise(40, 60))
    arguments, arrived = from_iterm(iterm(data, 20))
    assert arrived == data
    assert arguments == {
        "inline": "1", "size": str(len(data)), "width": "20", "preserveAspectRatio": "1",
    }  # fmt: skip


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (6, 8), (7, 2), (30, 41), (224, 320)])
def test_sixel(size: tuple[int, int]) -> None:
    """Every pixel is drawn once, in its colour to the precision of a per cent."""
    rgb = bars(size=size) if min(size) > 20 else flat(*size, (0, 255, 51))
    assert np.abs(from_sixel(sixel(rgb)).astype(int) - rgb).max() <= 3


def test_sixel_of_many_colours() -> None:
    """Of more colours than fit a palette, the nearest are taken."""
    rgb = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 12, axis=0).repeat(3, axis=2)
    rgb[:, :, 0] = 255 - rgb[:, :, 0]
    rgb[6:, :, 1] = 40
    text = sixel(rgb)
    assert len(re.findall(r"#\d+;2;", text)) <= 256
    assert np.abs(from_sixel(text).astype(int) - rgb).mean() < 6


def test_sixel_counts_repetitions() -> None:
    """A picture of one colour takes a few bytes a band."""
    assert len(sixel(flat(60, 600))) < 200


def test_fitted_scales_down_alone() -> None:
    """A wide picture gets as wide as the room, and a narrow one stays as it is."""
    wide, narrow = noise(100, 400), noise(50, 80)
    assert fitted(wide, 200, 600).shape == (50, 200, 3)
    assert np.array_equal(fitted(narrow, 200, 600), narrow)
    assert fitted(noise(1, 4000), 10, 10).shape == (1, 10, 3)


@pytest.mark.parametrize(("focus", "top"), [(0, 0), (120, 20), (500, 400), (799, 600)])
def test_fitted_shows_the_focus(focus: int, top: int) -> None:
    """Of a tall picture, the part around the focus is shown, as much as there is room for."""
    tall = noise(800, 50)
    assert np.array_equal(fitted(tall, 100, 200, focus), tall[top : top + 200])


@pytest.mark.parametrize("protocol", ["kitty", "iterm", "sixel"])
@pytest.mark.parametrize("columns", [20, 80])
def test_encode_fits_the_terminal(protocol: str, columns: int) -> None:
    """A picture takes no more columns than there are; a small one no more than it needs."""
    large, small = (encode(flat(60, wide), protocol, columns=columns) for wide in (3000, 100))
    if protocol == "sixel":
        assert from_sixel(large).shape[1] == columns * 8
        assert from_sixel(small).shape == (60, 100, 3)
    elif protocol == "kitty":
        assert f"c={columns}," in from_kitty(large)[0]
        assert "c=13," in from_kitty(small)[0]
        assert pixels(from_kitty(large)[2]).shape[1] == columns * 16
    else:
        assert from_iterm(large)[0]["width"] == str(columns)
        assert from_iterm(small)[0]["width"] == "13"
        assert pixels(from_iterm(small)[1]).shape == (60, 100, 3)

"""Decoding and encoding of pictures."""

from __future__ import annotations

import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from fakes import encoded, flat, noise, png, png_of
from PIL import Image

from pytest_imgsim.errors import PictureError
from pytest_imgsim.pictures.convert import from_array, from_pil
from pytest_imgsim.pictures.decode import decode, encoded_for
from pytest_imgsim.pictures.picture import Picture, opacity

RGB = noise(5, 7)
ALPHA = np.array([[255, 0, 128]], dtype=np.uint8)


def on_white(rgb: Any, alpha: Any) -> Any:
    share = np.asarray(alpha)[:, :, None] / 255
    return np.rint(rgb * share + 255 * (1 - share))


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_lossless_formats(kind: str, options: dict[str, Any]) -> None:
    """Every lossless format gives the exact pixels, and keeps its file."""
    data = encoded(Image.fromarray(RGB), kind, **options)
    picture = decode(data)
    np.testing.assert_array_equal(picture.rgb, RGB)
    assert picture.alpha is None
    assert picture.size == (7, 5)
    assert picture.data == data


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF"])
def test_a_pillow_without_avif(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pillow without AVIF (before 11.3) still decodes all other formats."""
    data = encoded(Image.fromarray(flat(4, 4)), kind)
    Image.init()
    monkeypatch.delitem(Image.OPEN, "AVIF", raising=False)
    monkeypatch.setattr(Image, "ID", [name for name in Image.ID if name != "AVIF"])
    assert decode(data).size == (4, 4)


def test_modes() -> None:
    """Palette, grey and bilevel pictures become RGB."""
    grey = Image.fromarray(RGB[:, :, 0])
    as_rgb = np.repeat(RGB[:, :, :1], 3, axis=2)
    np.testing.assert_array_equal(decode(encoded(grey, "PNG")).rgb, as_rgb)
    bilevel = decode(encoded(grey.point(lambda v: 255 * (v > 127)).convert("1"), "PNG"))
    np.testing.assert_array_equal(bilevel.rgb, np.where(as_rgb > 127, 255, 0))
    palette = Image.fromarray(RGB).quantize(256)
    np.testing.assert_array_equal(
        decode(encoded(palette, "PNG")).rgb, np.asarray(palette.convert("RGB"))
    )


def test_transparency() -> None:
    """Transparent pixels are blended with white, and their opacity is kept."""
    rgb = np.array([[[10, 20, 30], [40, 50, 60], [0, 100, 200]]], dtype=np.uint8)
    for picture in (decode(png(rgb, ALPHA)), from_array(np.dstack([rgb, ALPHA]))):
        np.testing.assert_array_equal(picture.rgb, on_white(rgb, ALPHA))
        np.testing.assert_array_equal(opacity(picture), ALPHA)


def test_grey_with_alpha() -> None:
    """LA is read as RGBA is."""
    image = Image.merge("LA", [Image.new("L", (2, 1), 100), Image.new("L", (2, 1), 51)])
    picture = decode(encoded(image, "PNG"))
    np.testing.assert_array_equal(picture.rgb, flat(1, 2, (224,) * 3))
    np.testing.assert_array_equal(opacity(picture), [[51, 51]])


def test_palette_with_transparency() -> None:
    """A transparent palette entry is transparent."""
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    picture = decode(encoded(image, "PNG", transparency=0))
    np.testing.assert_array_equal(picture.rgb, [[[255, 255, 255], [0, 0, 255]]])
    np.testing.assert_array_equal(opacity(picture), [[0, 255]])


def test_opaque_alpha_is_no_alpha() -> None:
    """An alpha plane that is 255 everywhere makes no difference."""
    picture = decode(png(RGB, np.full((5, 7), 255, np.uint8)))
    assert picture.alpha is None
    assert picture.same_pixels(decode(png(RGB)))


def test_lost_pixel_is_another_picture() -> None:
    """A white pixel that turns transparent is a change, although it looks the same on white."""
    white, alpha = flat(2, 2, (255, 255, 255)), np.full((2, 2), 255, np.uint8)
    gone = alpha.copy()
    gone[1, 1] = 0
    assert not decode(png(white, alpha)).same_pixels(decode(png(white, gone)))


def test_16_bit_grey() -> None:
    """A ramp of 16-bit grey comes out as the same ramp in 8 bits."""
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16).reshape(16, 16)
    expected = np.repeat(np.arange(256).reshape(16, 16, 1), 3, axis=2)
    np.testing.assert_array_equal(decode(encoded(Image.fromarray(ramp), "PNG")).rgb, expected)
    np.testing.assert_array_equal(from_array(ramp).rgb, expected)
    np.testing.assert_array_equal(from_pil(Image.fromarray(ramp.astype(np.int32))).rgb, expected)


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (128, 0), (129, 1), (65406, 254), (65407, 255)]
)
def test_16_bit_values_are_rounded(value: int, expected: int) -> None:
    """16-bit values become the nearest 8-bit value."""
    assert from_array(np.full((1, 1), value, np.uint16)).rgb[0, 0, 0] == expected


def test_16_bit_rgb() -> None:
    """A 16-bit RGB PNG is read to within one 8-bit step."""
    values = [0, 257, 1000, 32768, 65000, 65535]
    picture = decode(png_of(2, 1, 16, 2, b"\0" + struct.pack(">6H", *values)))
    expected = np.array(values).reshape(1, 2, 3) / 257
    assert np.abs(picture.rgb - expected).max() <= 1


def test_16_bit_grey_of_pil_out_of_range() -> None:
    """A PIL image of mode I with values outside 16-bit grey is refused."""
    with pytest.raises(PictureError, match=r"16-bit grey values 0\.\.65535 in mode I"):
        from_pil(Image.fromarray(np.array([[70000]], dtype=np.int32)))


def test_refuses_floats_of_pil() -> None:
    """A PIL image that has no 8-bit reading is refused, and the message names the mode."""
    with pytest.raises(PictureError, match="^page: .*mode F has no fixed range"):
        from_pil(Image.new("F", (2, 2)), what="page")


def test_premultiplied_grey() -> None:
    """Grey premultiplied with its alpha reads the same as grey with alpha."""
    image = Image.merge("LA", [Image.new("L", (2, 1), 0), Image.new("L", (2, 1), 51)])
    assert from_pil(image.convert("La")).same_pixels(from_pil(image))


def test_refuses_an_empty_image() -> None:
    """A PIL image without pixels is refused."""
    with pytest.raises(PictureError, match=r"at least 1 x 1 pixel, got \(0, 5\)"):
        from_pil(Image.new("RGB", (0, 5)))


def test_png_of_a_png_is_its_own_bytes() -> None:
    """A PNG is kept byte for byte."""
    data = encoded(Image.fromarray(RGB), "PNG", optimize=True)
    assert decode(data).png is data


@pytest.mark.parametrize("kind", ["array", "PIL", "WEBP"])
def test_png_reads_back_as_the_same_picture(kind: str) -> None:
    """A picture encoded as PNG decodes to the same picture, half transparent pixels included."""
    pixels = np.dstack([RGB, noise(5, 7, 1)[:, :, 0]])
    image = Image.fromarray(pixels)
    made = {
        "array": lambda: from_array(pixels),
        "PIL": lambda: from_pil(image),
        "WEBP": lambda: decode(encoded(image, "WEBP", lossless=True, exact=True)),
    }
    picture = made[kind]()
    assert decode(picture.png).same_pixels(picture)


@pytest.mark.parametrize(
    ("kind", "suffix", "same"),
    [
        ("JPEG", ".jpg", True),
        ("JPEG", ".JPEG", True),
        ("TIFF", ".tif", True),
        ("PNG", ".PNG", True),
        ("PNG", ".jpg", False),
        ("JPEG", ".webp", False),
        ("JPEG", ".xyz", False),
        ("JPEG", "", False),
    ],
)
def test_encoded_for(kind: str, suffix: str, same: bool) -> None:
    """A file is kept as it is for its own suffix, and is converted for .png alone."""
    data = encoded(Image.fromarray(RGB), kind)
    assert encoded_for(decode(data), suffix) == (data if same else None)


def test_encoded_for_png() -> None:
    """Any picture becomes a PNG without loss; bare pixels become nothing else."""
    picture = decode(encoded(Image.fromarray(RGB), "JPEG"))
    data = encoded_for(picture, ".png")
    assert data is not None
    assert data.startswith(b"\x89PNG")
    assert decode(data).same_pixels(picture)
    assert encoded_for(Picture(RGB), ".jpg") is None


def test_a_png_loads_no_other_decoder() -> None:
    """Decoding a PNG, the usual case, imports none of Pillow's other plugins."""
    script = (
        "import sys\n"
        "from pytest_imgsim.pictures.decode import decode\n"
        "decode(sys.stdin.buffer.read())\n"
        "print([name for name in sys.modules if name.endswith('ImagePlugin')])\n"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, input=png(RGB), capture_output=True, check=True)
    assert result.stdout.decode().strip() == "['PIL.PngImagePlugin']"

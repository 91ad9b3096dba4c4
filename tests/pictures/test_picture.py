"""Decoding and encoding of pictures."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from fakes import encoded, flat, noise, png
from PIL import Image, ImageOps

from pytest_imgsim.errors import PictureError
from pytest_imgsim.pictures.decode import decode, encoded_for, from_array, from_pil
from pytest_imgsim.pictures.picture import Picture, opacity

RGB = noise(5, 7)
ALPHA = np.array([[255, 0, 128]], dtype=np.uint8)


def png_of(width: int, height: int, depth: int, colour: int, raw: bytes) -> bytes:
    """Return a PNG made by hand from raw scan lines, each with its filter byte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + (chunk(b"IDAT", zlib.compress(raw)) if raw else b"")
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


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


def test_exif_orientation() -> None:
    """A photograph is turned upright, and its PNG too."""
    image = Image.fromarray(flat(8, 16, (255, 0, 0)))
    image.paste((0, 0, 255), (8, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = decode(encoded(image, "JPEG", exif=exif, quality=95))
    assert picture.size == (8, 16)
    assert picture.rgb[2, 4, 0] > 200 > picture.rgb[2, 4, 2]
    assert picture.rgb[13, 4, 2] > 200 > picture.rgb[13, 4, 0]
    assert decode(picture.png).same_pixels(picture)


def broken_exif(*tags: int) -> bytes:
    """Return EXIF data with the given orientations and then a tag that is longer than the file."""
    entries = b"".join(struct.pack("<HHIHH", 0x0112, 3, 1, tag, 0) for tag in tags)
    broken = struct.pack("<HHII", 0x9286, 7, 1000, 60)
    header = b"Exif\0\0II*\0\x08\0\0\0"
    return header + struct.pack("<H", len(tags) + 1) + entries + broken + bytes(4)


@pytest.mark.parametrize("action", ["error", "ignore"])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_warning_of_pillow_is_no_error(kind: str, action: Any) -> None:
    """Broken EXIF data is no error, and reads the same, where a suite raises on warnings."""
    data = encoded(Image.fromarray(RGB), kind, exif=broken_exif(6))
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        assert decode(data).size == (5, 7)


def test_a_warning_of_a_pil_image_is_no_error() -> None:
    """The same holds for an image that a test has opened itself."""
    data = encoded(Image.fromarray(RGB), "PNG", exif=broken_exif(6))
    with Image.open(io.BytesIO(data)) as image:
        assert from_pil(image).size == (5, 7)


def test_a_malformed_mpo_is_read_as_the_jpeg_that_it_is() -> None:
    """A broken index of further pictures is no error where a suite raises on warnings."""
    data = encoded(Image.fromarray(RGB), "JPEG")
    index = b"MPF\0II*\0\x08\0\0\0\0\0" + bytes(4)
    segment = b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index
    assert decode(data[:2] + segment + data[2:]).size == (7, 5)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation(orientation: int) -> None:
    """Each EXIF orientation is undone as Pillow undoes it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(RGB), "PNG", exif=exif)
    with Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image)
    np.testing.assert_array_equal(decode(data).rgb, np.asarray(expected))


def test_cmyk_jpeg() -> None:
    """A JPEG in CMYK is read in its colours."""
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    red, green, blue = decode(encoded(image, "JPEG", quality=95)).rgb[4, 4]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_refuses_animations(kind: str) -> None:
    """Several frames are not one picture."""
    frames = [Image.fromarray(noise(8, 8, seed)) for seed in range(3)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(PictureError, match=r"^page: expected one picture, got .* of 3 frames"):
        decode(data, what="page")


@pytest.mark.parametrize(
    ("width", "height", "limit"),
    [(100, 101, 10_000), (20_000, 10_000, 80_000_000), (100_000, 100_000, 80_000_000)],
)
def test_size_limit_before_decoding(width: int, height: int, limit: int) -> None:
    """A header that claims too much is refused before a pixel is decoded, with the option."""
    message = rf"^page: expected at most {limit} pixels, got {width} x {height} .*--imgsim-max-pix"
    with pytest.raises(PictureError, match=message):
        decode(png_of(width, height, 8, 2, b""), what="page", max_pixels=limit)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_size_limit_can_be_raised_beyond_pillows(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own limit is the one that counts, not Pillow's, which belongs to the process."""
    data = encoded(Image.fromarray(RGB), kind)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decode(data, max_pixels=35).size == (7, 5)
    with pytest.raises(PictureError, match="at most 34 pixels"):
        decode(data, max_pixels=34)


@pytest.mark.parametrize("error", [Image.DecompressionBombError, Image.DecompressionBombWarning])
def test_a_decoder_with_a_limit_of_its_own(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some decoders apply Pillow's limit themselves (TIFF, WebP); the error gives the next step."""

    def refuse(*_: Any) -> Any:
        raise error("Image size (35 pixels) exceeds limit.")

    monkeypatch.setattr("pytest_imgsim.pictures.decode.PngImageFile", refuse)
    with pytest.raises(PictureError, match=r"^page: .*limit\. Raise PIL.Image.MAX_IMAGE_PIXELS"):
        decode(png(RGB), what="page")


def test_size_limit_of_arrays_and_images() -> None:
    """The limit holds for all sources; a picture of exactly that size passes."""
    for make in (from_array, lambda rgb, **rest: from_pil(Image.fromarray(rgb), **rest)):
        assert make(RGB, max_pixels=35).size == (7, 5)
        with pytest.raises(PictureError, match="at most 34 pixels, got 7 x 5 = 35"):
            make(RGB, max_pixels=34)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got 0 bytes"),
        (b"<html>no</html>", r"15 bytes that begin with b'<html>no</ht' .* none of these formats$"),
        (png(noise(64, 64))[:2000], r"2000 bytes that begin with b'\\x89PNG"),
        (png(noise(64, 64))[:30], "30 bytes"),
        (b"\x89PNG\r\n\x1a\n", "8 bytes"),
        (b"GIF89a", "6 bytes"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "23 bytes"),
    ],
)
def test_refuses_what_is_no_picture(data: bytes, message: str) -> None:
    """The error for a broken or foreign file gives its length and first bytes."""
    with pytest.raises(PictureError, match=f"(?s)^baseline 'x': expected a .*{message}"):
        decode(data, what="baseline 'x'")


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

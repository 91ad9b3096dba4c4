"""What is read of a file beside its pixels, and what is refused before they are read."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from fakes import encoded, flat, noise, png, png_of
from PIL import Image, ImageOps

from pytest_imgsim.errors import PictureError
from pytest_imgsim.pictures.convert import from_array, from_pil
from pytest_imgsim.pictures.decode import decode

RGB = noise(5, 7)
ALPHA = np.array([[255, 0, 128]], dtype=np.uint8)


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

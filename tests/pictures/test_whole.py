"""What is cut off or damaged is refused, whatever the suite has told Pillow to put up with."""

from __future__ import annotations

import random
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from fakes import encoded, noise, png
from PIL import Image, ImageFile, features

from pytest_imgsim.errors import DamagedError
from pytest_imgsim.pictures import convert
from pytest_imgsim.pictures.convert import from_pil
from pytest_imgsim.pictures.decode import decode

PAGE = noise(60, 80)
KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("RGB", "PNG", {}),
    "png-palette": ("P", "PNG", {}),
    "png-alpha": ("RGBA", "PNG", {}),
    "jpeg": ("RGB", "JPEG", {}),
    "jpeg-progressive": ("L", "JPEG", {"progressive": True}),
    "webp": ("RGB", "WEBP", {"lossless": True}),
    "avif": ("RGB", "AVIF", {}),
    "bmp": ("RGB", "BMP", {}),
    "gif": ("P", "GIF", {}),
    "tiff": ("RGB", "TIFF", {}),
    "tiff-lzw": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
}


@pytest.fixture(params=[False, True], ids=["strict", "loosened"], autouse=True)
def _loosened(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a suite may have set for pictures of its own."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", request.param)


@pytest.fixture(params=KINDS)
def whole(request: pytest.FixtureRequest) -> bytes:
    """A file of each kind."""
    mode, kind, options = KINDS[request.param]
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("Pillow lacks AVIF")
    return encoded(Image.fromarray(PAGE).convert(mode), kind, **options)


def test_a_whole_picture(whole: bytes) -> None:
    """A file that is whole is read as Pillow reads it, whether or not more bytes follow."""
    for data in (whole, whole + b"more"):
        assert decode(data).size == (80, 60)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_is_cut_off(whole: bytes, share: float) -> None:
    """A file without its end is refused, in whatever format."""
    with pytest.raises(DamagedError, match="expected a whole picture"):
        decode(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("missing", [1, 4, 12, 13, 20])
def test_a_png_without_its_last_bytes(missing: int) -> None:
    """A PNG ends with its last chunk, also where all pixels are there."""
    with pytest.raises(DamagedError, match="the file is cut off in chunk"):
        decode(png(PAGE)[:-missing])


def test_a_flipped_bit_in_a_png() -> None:
    """Each chunk has a checksum, which finds any bit that is not as it was written."""
    data, bits = png(PAGE), random.Random(17)
    for place in [*range(8, 41), *bits.sample(range(41, len(data)), 40)]:
        torn = bytearray(data)
        torn[place] ^= 1 << bits.randrange(8)
        with pytest.raises(DamagedError):
            decode(bytes(torn))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_png_with_too_few_pixels(share: float) -> None:
    """A right checksum does not make up for pixels that are missing."""
    data = png(PAGE)
    start = data.index(b"IDAT")
    length = int.from_bytes(data[start - 4 : start], "big")
    kept = data[start : start + 4 + int(length * share)]
    chunk = (len(kept) - 4).to_bytes(4, "big") + kept + zlib.crc32(kept).to_bytes(4, "big")
    with pytest.raises(DamagedError, match="expected a whole picture"):
        decode(data[: start - 4] + chunk + data[start + 8 + length :])


def test_a_damaged_stream() -> None:
    """What a decoder refuses is refused, and not filled up with grey."""
    jpeg = bytearray(encoded(Image.fromarray(PAGE), "JPEG"))
    tables = jpeg.index(b"\xff\xc4")
    jpeg[tables + 4 : tables + 21] = b"\xff" * 17
    with pytest.raises(DamagedError, match="expected a whole picture"):
        decode(bytes(jpeg))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "La", "P", "RGB", "RGBA", "CMYK", "I;16", "I"])
def test_large_pictures_are_read_in_strips(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is converted piece by piece has the same pixels."""
    image = Image.fromarray(PAGE).convert("RGBA")
    image.putalpha(Image.fromarray(PAGE[:, :, 0]))
    if mode in ("I;16", "I"):
        image = Image.fromarray(PAGE[:, :, 0].astype(np.uint16) * 257).convert(mode)
    else:
        image = (image.convert("LA") if mode == "La" else image).convert(mode)
    expected = from_pil(image)
    monkeypatch.setattr(convert, "STRIP_PIXELS", 500)
    assert from_pil(image).same_pixels(expected)


@pytest.mark.parametrize(("mode", "bytes_per_pixel"), [("RGB", 4), ("RGBA", 9), ("I;16", 4)])
def test_memory_is_bounded(
    mode: str, bytes_per_pixel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside Pillow's own pixels, a picture takes little more than what is kept of it."""
    monkeypatch.setattr(convert, "STRIP_PIXELS", 20_000)
    image = Image.new(mode, (1000, 1000), 77 if mode == "I;16" else (7, 7, 7, 7)[: len(mode)])
    data = encoded(image, "PNG")
    decode(data)  # what is imported and cached stays out of the count
    tracemalloc.start()
    try:
        decode(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < bytes_per_pixel * 1_000_000 + 2_000_000

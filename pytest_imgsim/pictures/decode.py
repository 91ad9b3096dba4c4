"""Files, PIL images and arrays as pictures, and pictures as files."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from pytest_imgsim.errors import BaselineError, PictureError
from pytest_imgsim.pictures.picture import PNG_MAGIC, Picture, Pixels

#: Decoders that untrusted bytes may reach; the rest of Pillow's stay closed.
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "GIF", "TIFF")


#: What shows through a transparent picture; alpha itself is compared on its own.
BACKDROP = (255, 255, 255)


def encoded_for(picture: Picture, suffix: str) -> bytes | None:
    """Return the picture as a file of the kind that `suffix` names, without any loss.

    Parameters
    ----------
    picture : Picture
        The picture.
    suffix : str
        ".png", or another suffix that Pillow knows.

    Returns
    -------
    bytes or None
        None where only a lossy or unknown conversion would do.
    """
    if suffix.lower() == ".png":
        return picture.png
    kind = Image.registered_extensions().get(suffix.lower())
    if picture.data is None or kind is None:
        return None
    with _opened(picture.data) as image:
        return picture.data if image.format == kind else None


def as_baseline(picture: Picture, path: str) -> bytes:
    """Return the picture as a file of the kind that the baseline's `path` ends in.

    Raises
    ------
    BaselineError
        If that would lose anything.
    """
    suffix = PurePath(path).suffix
    data = encoded_for(picture, suffix)
    if data is None:
        raise BaselineError(
            f"baseline {path}: cannot be written as {suffix} without loss; expected a path that "
            "ends in .png"
        )
    return data


def decode(data: bytes, *, what: str = "picture", max_pixels: int = 80_000_000) -> Picture:
    """Decode an encoded picture.

    Parameters
    ----------
    data : bytes
        A PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file. EXIF orientation is applied;
        palettes and 16-bit channels become 8-bit RGB.
    what : str
        Name for error messages.
    max_pixels : int
        Largest number of pixels that is decoded; checked before decoding.

    Raises
    ------
    PictureError
        If `data` is not one picture in a known format, or is too large.
    """
    if not data:
        raise PictureError(f"{what}: expected a picture, got 0 bytes")
    try:
        with _opened(data) as image:
            _check_size(image.size, what, max_pixels)
            _check_frames(image, what)
            image.load()
            picture = from_pil(image, what=what, max_pixels=max_pixels)
    except PictureError:
        raise
    except Exception as error:  # Pillow raises anything from OSError to struct.error
        reason = str(error).partition(" <_io.")[0]  # without the name of an object in memory
        raise PictureError(
            f"{what}: expected a whole picture ({', '.join(FORMATS)}), got {len(data)} bytes "
            f"that begin with {data[:12]!r} and do not decode: {reason}"
        ) from None
    return replace(picture, data=data)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a file; our own rules take the place of Pillow's warnings and guard against size."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_formats(data)) as image:
                yield image
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _formats(data: bytes) -> tuple[str, ...]:
    """Return the decoders to try: for a PNG, none of those that Pillow would load first."""
    if data.startswith(PNG_MAGIC):
        return ("PNG",)
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _check_size(size: tuple[int, int], what: str, max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise PictureError(
            f"{what}: expected at most {max_pixels} pixels, got {size[0]} x {size[1]} = "
            f"{size[0] * size[1]}; raise the limit with --imgsim-max-pixels"
        )


def _check_frames(image: Image.Image, what: str) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames != 1:
        raise PictureError(
            f"{what}: expected one picture, got an animation of {frames} frames; save the frame "
            "that matters as a PNG"
        )


def from_pil(image: Image.Image, *, what: str = "picture", max_pixels: int = 80_000_000) -> Picture:
    """Return a PIL image of any mode as a :class:`Picture`.

    Raises
    ------
    PictureError
        If the image is empty or too large, or its mode has no plain 8-bit reading.
    """
    _check_size(image.size, what, max_pixels)
    if 0 in image.size:
        raise PictureError(f"{what}: expected at least 1 x 1 pixel, got {image.size}")
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:  # else it would be copied
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        return Picture(_grey16(image, what))
    if image.mode == "La":  # premultiplied, which Pillow turns into LA alone
        image = image.convert("LA")
    if image.mode == "F":
        raise PictureError(
            f"{what}: a PIL image of mode F has no fixed range; pass a numpy array in 0..1 instead"
        )
    if image.has_transparency_data:
        return _on_backdrop(np.asarray(image.convert("RGBA")))
    return Picture(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))


def _grey16(image: Image.Image, what: str) -> Pixels:
    # Pillow's own I;16 -> RGB clips at 255 and turns nearly all of the picture white.
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise PictureError(f"{what}: expected 16-bit grey values 0..65535 in mode {image.mode}")
    return np.repeat(_from_16_bit(values)[:, :, None], 3, axis=2)


def _from_16_bit(values: NDArray[Any]) -> Pixels:
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _on_backdrop(rgba: Pixels) -> Picture:
    alpha = rgba[:, :, 3]
    if bool((alpha == 255).all()):
        return Picture(np.ascontiguousarray(rgba[:, :, :3]))
    share = alpha[:, :, None].astype(np.float32) / 255.0
    backdrop = np.asarray(BACKDROP, dtype=np.float32)
    mixed = rgba[:, :, :3] * share + backdrop * (1.0 - share)
    return Picture(np.rint(mixed).astype(np.uint8), np.ascontiguousarray(alpha), rgba=rgba)


def from_array(
    array: NDArray[Any], *, what: str = "picture", max_pixels: int = 80_000_000
) -> Picture:
    """Return a numpy array as a :class:`Picture`.

    Parameters
    ----------
    array : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        Grey, RGB or RGBA; uint8 in 0..255, uint16 in 0..65535, bool, or float in 0..1.
    what : str
        Name for error messages.
    max_pixels : int
        Largest number of pixels that is accepted.

    Raises
    ------
    PictureError
        If the shape, the dtype or the range is another.
    """
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
        raise PictureError(
            f"{what}: expected an array of shape (H, W), (H, W, 3) or (H, W, 4), got "
            f"{array.shape}; channels come last (np.moveaxis turns them)"
        )
    _check_size((array.shape[1], array.shape[0]), what, max_pixels)
    pixels = _as_uint8(array, what)
    if pixels.shape[2] == 4:
        return _on_backdrop(pixels)
    return Picture(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)


def _as_uint8(array: NDArray[Any], what: str) -> Pixels:
    if array.dtype == np.uint8:
        return np.array(array, dtype=np.uint8)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:  # of either byte order
        return _from_16_bit(array)
    if array.dtype == np.bool_:
        return np.asarray(array, dtype=np.uint8) * np.uint8(255)
    if not np.issubdtype(array.dtype, np.floating):
        raise PictureError(
            f"{what}: expected dtype uint8, uint16, bool or float, got {array.dtype}"
        )
    if not bool(((array >= 0) & (array <= 1)).all()):
        got = "NaN" if np.isnan(array).any() else f"{array.min()} to {array.max()}"
        raise PictureError(
            f"{what}: expected float values from 0 to 1, got {got}; divide by 255 or use uint8"
        )
    return np.asarray(np.rint(array * 255.0), dtype=np.uint8)

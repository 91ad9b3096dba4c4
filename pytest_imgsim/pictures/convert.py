"""From PIL images and arrays of any kind to pictures of 8 bits a channel."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from pytest_imgsim.errors import PictureError
from pytest_imgsim.pictures.picture import Picture, Pixels

#: The colour behind a transparent picture; alpha itself is compared on its own.
BACKDROP = (255, 255, 255)
#: How far a float may lie beyond 0..1, far less than one of 255 levels.
MAX_ROUNDING = 1e-6
#: Pixels that are converted at a time.
STRIP_PIXELS = 4_000_000
#: What puts a picture upright, by its EXIF orientation; 1 is upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def from_pil(image: Image.Image, *, what: str = "picture", max_pixels: int = 80_000_000) -> Picture:
    """Return a PIL image of any mode as a :class:`Picture`.

    Raises
    ------
    PictureError
        If the image is empty or too large, or its mode cannot be read as 8-bit RGB.
    """
    check_size(image.size, what, max_pixels)
    if 0 in image.size:
        raise PictureError(f"{what}: expected at least 1 x 1 pixel, got {image.size}")
    turn = UPRIGHT.get(readable_exif(image.getexif).get(ExifTags.Base.Orientation, 1))
    if turn is not None:
        # Not ImageOps.exif_transpose, which reads the EXIF data of its result once more.
        image = image.transpose(turn)
    if image.mode.startswith("I"):
        return Picture(_in_strips(lambda strip: _grey16(strip, what), image))
    if image.mode == "La":  # premultiplied, which Pillow converts to LA only
        image = image.convert("LA")
    if image.mode == "F":
        raise PictureError(
            f"{what}: a PIL image of mode F has no fixed range; pass a numpy array in 0..1 instead"
        )
    if image.has_transparency_data:
        return _on_backdrop(_in_strips(lambda strip: np.asarray(strip.convert("RGBA")), image))
    return Picture(_in_strips(_as_rgb, image))


def _as_rgb(image: Image.Image) -> Pixels:
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _grey16(image: Image.Image, what: str) -> Pixels:
    # Pillow's own I;16 -> RGB clips at 255, which turns nearly everything white.
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise PictureError(f"{what}: expected 16-bit grey values 0..65535 in mode {image.mode}")
    return np.repeat(_from_16_bit(values)[:, :, None], 3, axis=2)


def _in_strips(convert: Callable[[Any], Pixels], source: Image.Image | NDArray[Any]) -> Pixels:
    """Convert an image, or an array of rows, a strip of rows at a time.

    What lies between takes several times the memory of the picture, of which `max_pixels` allows
    a lot.
    """
    width, height = source.size if isinstance(source, Image.Image) else source.shape[1::-1]
    step = max(1, STRIP_PIXELS // width)
    if step >= height:
        return convert(source)
    first = convert(_rows(source, 0, step))
    out = np.empty((height, *first.shape[1:]), np.uint8)
    out[:step] = first
    for top in range(step, height, step):
        bottom = min(top + step, height)
        out[top:bottom] = convert(_rows(source, top, bottom))
    return out


def _rows(source: Image.Image | NDArray[Any], top: int, bottom: int) -> Any:
    if isinstance(source, Image.Image):
        return source.crop((0, top, source.width, bottom))
    return source[top:bottom]


def _from_16_bit(values: NDArray[Any]) -> Pixels:
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _on_backdrop(rgba: Pixels) -> Picture:
    alpha = rgba[:, :, 3]
    if bool((alpha == 255).all()):
        return Picture(np.ascontiguousarray(rgba[:, :, :3]))
    return Picture(_in_strips(_mixed, rgba), np.ascontiguousarray(alpha), rgba=rgba)


def _mixed(rgba: Pixels) -> Pixels:
    share = rgba[:, :, 3:].astype(np.float32) / 255.0
    backdrop = np.asarray(BACKDROP, dtype=np.float32)
    mixed = rgba[:, :, :3] * share + backdrop * (1.0 - share)
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def from_array(
    array: NDArray[Any], *, what: str = "picture", max_pixels: int = 80_000_000
) -> Picture:
    """Return a numpy array as a :class:`Picture`.

    Parameters
    ----------
    array : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        Grey, RGB or RGBA; uint8 in 0..255, uint16 in 0..65535, bool, or float in 0..1, give or
        take what arithmetic rounds.
    what : str
        Name for error messages.
    max_pixels : int
        Largest number of pixels that is accepted.

    Raises
    ------
    PictureError
        If the shape, the dtype or the range is none of these.
    """
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
        raise PictureError(
            f"{what}: expected an array of shape (H, W), (H, W, 3) or (H, W, 4), got "
            f"{array.shape}; channels come last (see np.moveaxis)"
        )
    check_size((array.shape[1], array.shape[0]), what, max_pixels)
    pixels = _as_uint8(array, what)
    if pixels.shape[2] == 4:
        return _on_backdrop(pixels)
    return Picture(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)


def _as_uint8(array: NDArray[Any], what: str) -> Pixels:
    if array.dtype == np.uint8:
        return np.array(array, dtype=np.uint8)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:  # of either byte order
        return _in_strips(_from_16_bit, array)
    if array.dtype == np.bool_:
        return np.asarray(array, dtype=np.uint8) * np.uint8(255)
    if not np.issubdtype(array.dtype, np.floating):
        raise PictureError(
            f"{what}: expected dtype uint8, uint16, bool or float, got {array.dtype}"
        )
    beyond = max(MAX_ROUNDING, 2 * float(np.finfo(array.dtype).eps))
    if not bool(((array >= -beyond) & (array <= 1 + beyond)).all()):
        got = "NaN" if np.isnan(array).any() else f"{array.min()} to {array.max()}"
        raise PictureError(
            f"{what}: expected float values from 0 to 1, got {got}; divide by 255 or use uint8"
        )
    return _in_strips(_from_float, array)


def _from_float(values: NDArray[Any]) -> Pixels:
    return np.asarray(np.rint(np.clip(values, 0.0, 1.0) * 255.0), dtype=np.uint8)


def check_size(size: tuple[int, int], what: str, max_pixels: int) -> None:
    """Refuse (width, height) of more pixels than are accepted."""
    if size[0] * size[1] > max_pixels:
        raise PictureError(
            f"{what}: expected at most {max_pixels} pixels, got {size[0]} x {size[1]} = "
            f"{size[0] * size[1]}; raise the limit with --imgsim-max-pixels"
        )


def readable_exif(getexif: Callable[[], Image.Exif]) -> Image.Exif:
    """Return EXIF data, up to the tag that Pillow raises a warning of."""
    with suppress(Warning):
        return getexif()
    return getexif()  # Pillow keeps what it has read, and does not read on

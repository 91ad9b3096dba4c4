"""From files to pictures, and from pictures to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import IO

from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from pytest_imgsim.errors import BaselineError, DamagedError, PictureError
from pytest_imgsim.pictures.convert import check_size, from_pil, readable_exif
from pytest_imgsim.pictures.picture import PNG_MAGIC, Picture
from pytest_imgsim.pictures.whole import WholeFile, check_png, load_whole

JPEG_MAGIC = b"\xff\xd8\xff"

#: The only decoders of Pillow that untrusted bytes may reach.
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "GIF", "TIFF")
Decoder = Callable[[IO[bytes], "str | bytes"], Image.Image]


def encoded_for(picture: Picture, suffix: str) -> bytes | None:
    """Return the picture as a file of the format that `suffix` names, without any loss.

    Parameters
    ----------
    picture : Picture
        The picture.
    suffix : str
        ".png", or another suffix that Pillow knows.

    Returns
    -------
    bytes or None
        None if that takes a lossy or unknown conversion.
    """
    if suffix.lower() == ".png":
        return picture.png
    wanted = Image.registered_extensions().get(suffix.lower())
    if picture.data is None or wanted is None:
        return None
    return picture.data if _opened(WholeFile(picture.data)).format == wanted else None


def as_baseline(picture: Picture, path: str) -> bytes:
    """Return the picture as a file of the format that the baseline's `path` ends in.

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
    DamagedError
        If `data` is not a whole picture in a known format.
    PictureError
        If it is an animation, or too large.
    """
    if not data:
        raise DamagedError(f"{what}: expected a picture, got 0 bytes")
    try:
        if data.startswith(PNG_MAGIC):
            check_png(data)
        file = WholeFile(data)
        image = _opened(file)
        check_size(image.size, what, max_pixels)
        _check_frames(image, what)
        load_whole(image, file)
        picture = from_pil(image, what=what, max_pixels=max_pixels)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"{what}: refused by Pillow's own limit: {error} Raise PIL.Image.MAX_IMAGE_PIXELS, "
            "or save the picture as a PNG"
        ) from None
    except MemoryError:  # which says nothing about the file
        raise PictureError(f"{what}: there is not enough memory to decode it") from None
    except Exception as error:  # Pillow raises anything from OSError to struct.error
        raise DamagedError(
            f"{what}: expected a whole picture ({', '.join(FORMATS)}), got {len(data)} bytes "
            f"that begin with {data[:12]!r} and do not decode: {error}"
        ) from None
    return replace(picture, data=data)


def _opened(file: WholeFile) -> Image.Image:
    """Open a file with the decoder of its format.

    `Image.open` would apply Pillow's limit of pixels as well, which belongs to the whole process
    and is not ours to change.
    """
    beginning = file.getvalue()[:16]
    try:
        return _decoder(beginning)(file, "")
    except Warning:
        if not beginning.startswith(JPEG_MAGIC):
            raise
        file.seek(0)
        return _tolerant_jpeg(file)


def _decoder(data: bytes) -> Decoder:
    """Return what opens a file that begins with these 16 bytes; a PNG loads no other plugin."""
    if data.startswith(PNG_MAGIC):
        return PngImageFile
    Image.init()
    for name in FORMATS:
        decoder, accept = Image.OPEN.get(name, (None, None))
        accepted = accept is not None and accept(data)
        if isinstance(accepted, str):  # why Pillow lacks this decoder
            raise ValueError(accepted)
        if decoder is not None and accepted:
            return decoder
    raise ValueError("this is none of these formats")


def _tolerant_jpeg(file: WholeFile) -> Image.Image:
    """Open a JPEG with broken metadata in a suite that turns warnings into errors.

    Pillow warns of such metadata while it opens the file, and could not go on.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    class TolerantJpeg(JpegImageFile):
        def getexif(self) -> Image.Exif:
            return readable_exif(super().getexif)

    return TolerantJpeg(file, "")


def _check_frames(image: Image.Image, what: str) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames != 1:
        raise PictureError(
            f"{what}: expected one picture, got an animation of {frames} frames; save the frame "
            "to compare as a PNG"
        )

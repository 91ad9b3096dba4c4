"""From a capture to a picture."""

from __future__ import annotations

from typing import Any

from PIL import Image

from pytest_imgsim.pictures.convert import from_array, from_pil
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.pictures.sources import Capture, open_source


def as_picture(source: Any, *, max_pixels: int = 80_000_000) -> Picture:
    """Capture `source` once and decode it.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image, numpy array, or live source
        See :data:`pytest_imgsim.pictures.sources.ACCEPTED`.
    max_pixels : int
        Largest picture that is decoded.

    Raises
    ------
    SourceError
        If `source` is none of what is accepted.
    PictureError
        If it does not hold one picture.
    """
    opened = open_source(source)
    return to_picture(opened.capture(), what=str(opened), max_pixels=max_pixels)


def to_picture(raw: Capture, *, what: str, max_pixels: int) -> Picture:
    """Decode one capture.

    Parameters
    ----------
    raw : bytes, PIL image or ndarray
        The capture.
    what : str
        Name for error messages.
    max_pixels : int
        Largest picture that is decoded.

    Raises
    ------
    PictureError
        If `raw` does not hold one picture of at most `max_pixels` pixels.
    """
    if isinstance(raw, bytes):
        return decode(raw, what=what, max_pixels=max_pixels)
    if isinstance(raw, Image.Image):
        return from_pil(raw, what=what, max_pixels=max_pixels)
    return from_array(raw, what=what, max_pixels=max_pixels)

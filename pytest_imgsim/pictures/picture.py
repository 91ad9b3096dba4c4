"""The one kind of picture: 8-bit RGB, and alpha where there is any."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded picture.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        Colours, on a white backdrop where the picture is transparent.
    alpha : ndarray of shape (H, W), uint8, or None
        Opacity, 255 is opaque; None where every pixel is opaque.
    data : bytes or None
        The encoded file that the pixels came from, where there was one.
    rgba : ndarray of shape (H, W, 4), uint8, or None
        Colours before they were put on the backdrop, and opacity; None where all is opaque.
    """

    rgb: Pixels
    alpha: Pixels | None = None
    data: bytes | None = None
    rgba: Pixels | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]

    @cached_property
    def png(self) -> bytes:
        """The picture as a PNG file: its own bytes if they are one, else encoded anew."""
        if self.data is not None and self.data.startswith(PNG_MAGIC):
            return self.data
        return encode_png(self.rgb if self.rgba is None else self.rgba)

    def same_pixels(self, other: Picture) -> bool:
        """Return whether both have the same size, colours and opacity."""
        opaque = self.alpha is None and other.alpha is None
        same = opaque or np.array_equal(opacity(self), opacity(other))
        return same and np.array_equal(self.rgb, other.rgb)


def opacity(picture: Picture) -> Pixels:
    """Return the alpha plane, (H, W) uint8, of 255 throughout where there is none."""
    if picture.alpha is not None:
        return picture.alpha
    return np.broadcast_to(np.uint8(255), picture.rgb.shape[:2])


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def encode_png(pixels: Pixels | Image.Image) -> bytes:
    """Return (H, W, 3) or (H, W, 4) uint8 pixels, or a PIL image, as a PNG file."""
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(out, format="PNG", compress_level=1)
    return out.getvalue()

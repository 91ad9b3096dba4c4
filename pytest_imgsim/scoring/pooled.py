"""The pooled vector of a whole picture."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.scoring.cosine import Extractor, cosine
from pytest_imgsim.scoring.formula import THUMBNAIL_PIXELS
from pytest_imgsim.scoring.tiles import changed_frame

#: Rows that are scaled down at once, which bounds the memory.
BAND = 512


def thumbnail(rgb: Pixels) -> Pixels:
    """Return (H, W, 3) uint8 pixels, scaled down to about `THUMBNAIL_PIXELS` if there are more.

    So the pooled vector costs the same for pictures of all sizes.
    """
    width, height = _thumbnail_size(rgb)
    return _lower(_narrow(rgb, width), height)


def _thumbnail_size(rgb: Pixels) -> tuple[int, int]:
    """Return the width and height that a picture is scaled down to."""
    height, width = rgb.shape[:2]
    share = min(1.0, (THUMBNAIL_PIXELS / (height * width)) ** 0.5)
    return max(1, round(width * share)), max(1, round(height * share))


def _narrow(rgb: Pixels, width: int) -> Pixels:
    """Return the pixels with each row scaled to a width, a band of rows at a time."""
    bands = (rgb[top : top + BAND] for top in range(0, len(rgb), BAND))
    return np.vstack([_resized(band, width, len(band)) for band in bands])


def _lower(rgb: Pixels, height: int) -> Pixels:
    """Return the pixels with each column scaled to a height."""
    return _resized(rgb, rgb.shape[1], height)


def _resized(rgb: Pixels, width: int, height: int) -> Pixels:
    image = Image.fromarray(rgb).resize((width, height), Image.Resampling.BOX)
    return np.asarray(image)


def pooled_similarity(a: Pixels, b: Pixels, changed: Mask, extractor: Extractor) -> float:
    """Return the cosine of the pooled vectors of two pictures that differ at some pixels."""
    width, height = _thumbnail_size(a)
    left = _narrow(a, width)
    right, (rows, _) = left.copy(), changed_frame(changed)
    right[rows] = _narrow(b[rows], width)  # the other rows are those of `a`
    vectors = (extractor.vector(_lower(rgb, height)) for rgb in (left, right))
    return float(cosine(*vectors))

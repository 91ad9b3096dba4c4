"""Masks: areas of a picture that are not compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_imgsim.errors import MaskError
from pytest_imgsim.pictures.boxes import Box, Polygon
from pytest_imgsim.pictures.picture import Mask, Picture, opacity

#: The colour of a masked pixel: the mean that ResNet50's preprocessing subtracts, so that
#: a masked area looks like nothing at all to the network.
MASK_COLOUR = (124, 117, 104)


@dataclass(frozen=True, eq=False)
class MaskImage:
    """A black and white picture whose light pixels are ignored; as large as the actual.

    Parameters
    ----------
    picture : Picture
        The mask; a pixel counts as light where its mean channel is 128 or more and it is
        not transparent.
    what : str
        Name for error messages.
    """

    picture: Picture
    what: str = "mask image"

    def mask(self, size: tuple[int, int]) -> Mask:
        """Return the covered pixels, (H, W) bool, in a picture of (width, height) `size`."""
        if self.picture.size != size:
            raise MaskError(
                f"{self.what}: expected the size of the picture, {size[0]} x {size[1]}, got "
                f"{self.picture.size[0]} x {self.picture.size[1]}"
            )
        light = self.picture.rgb.mean(axis=2) >= 128
        opaque = opacity(self.picture) >= 128
        return np.asarray(light & opaque)


Area = Box | Polygon | MaskImage


def union_mask(areas: Sequence[Area], size: tuple[int, int]) -> Mask | None:
    """Return all pixels that `areas` cover.

    Parameters
    ----------
    areas : sequence of Box, Polygon or MaskImage
        What to ignore; one that reaches over the edge is cut there.
    size : tuple of int
        Width and height of the picture in pixels.

    Returns
    -------
    ndarray of shape (H, W), bool, or None
        True where a pixel is ignored; None without areas.

    Raises
    ------
    MaskError
        If an area covers no pixel of the picture, or all areas together hide all of it.
    """
    if not areas:
        return None
    covered = np.zeros((size[1], size[0]), dtype=np.bool_)
    for area in areas:
        mask = area.mask(size)
        if not mask.any():
            raise MaskError(
                f"ignore={_short(area)} covers no pixel of the {size[0]} x {size[1]} picture; "
                "remove it or correct its place"
            )
        covered |= mask
    if covered.all():
        raise MaskError(
            f"the ignored areas hide the whole {size[0]} x {size[1]} picture, so nothing is left "
            "to compare"
        )
    return covered


def _short(area: Area) -> str:
    return area.what if isinstance(area, MaskImage) else repr(area)


def apply_mask(picture: Picture, covered: Mask | None) -> Picture:
    """Return `picture` with the covered pixels, (H, W) bool, made opaque and of one colour."""
    if covered is None:
        return picture
    rgb = picture.rgb.copy()
    rgb[covered] = MASK_COLOUR
    if picture.alpha is None:
        return Picture(rgb)
    alpha = picture.alpha.copy()
    alpha[covered] = 255
    return Picture(rgb, alpha)

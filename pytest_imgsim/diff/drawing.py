"""Pictures with the changes drawn: boxed, filled, as a heat map; and the hatched mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.rect import Rect

OUTLINE = (217, 119, 6)
WORST_OUTLINE = (220, 38, 38)
FILL = (220, 38, 38)
#: Where changes are filled, how much of the darkness of the rest is left.
PALE = 0.35
#: The hatching over what is ignored: its colour, the opacity of its stripes and of the
#: ground between them, the stripes' width and their distance.
HATCH = (109, 40, 217)
STRIPE, GROUND = 200, 56
STRIPE_WIDTH, STRIPE_DISTANCE = 3, 12


def draw_boxes(rgb: Pixels, boxes: Sequence[Rect]) -> Pixels:
    """Return (H, W, 3) uint8 pixels with `boxes` outlined, the first (worst) one in red."""
    image = Image.fromarray(rgb)
    pen = ImageDraw.Draw(image)
    for box in reversed(boxes):
        colour = WORST_OUTLINE if box is boxes[0] else OUTLINE
        # Outside the region, so that the line covers nothing that changed.
        around = (box.x - 4, box.y - 4, box.right + 3, box.bottom + 3)
        pen.rectangle(around, outline=colour, width=2)
    return np.asarray(image)


def draw_heat(cells: NDArray[np.float64]) -> Pixels:
    """Return local cosines, (h, w) float, as (h, w, 4) uint8 pixels: the redder, the less alike.

    A cosine of 1 is clear; 0.5 and less is full red.
    """
    heat = np.clip((1.0 - cells) / 0.5, 0.0, 1.0)
    out = np.zeros((*cells.shape, 4), dtype=np.uint8)
    out[:, :, 0] = 255
    out[:, :, 3] = np.rint(255 * heat)
    return out


def draw_mask(covered: Mask) -> Pixels:
    """Return ignored pixels, (H, W) bool, as a hatching over them: (H, W, 4) uint8."""
    rows, columns = np.ogrid[: covered.shape[0], : covered.shape[1]]
    stripes = (rows + columns) % STRIPE_DISTANCE < STRIPE_WIDTH
    out = np.zeros((*covered.shape, 4), dtype=np.uint8)
    out[covered, :3] = HATCH
    out[:, :, 3] = np.where(stripes, STRIPE, GROUND) * covered
    return out


def fill_changes(rgb: Pixels, changed: Mask) -> Image.Image:
    """Return the picture as pale grey with the changed pixels, (H, W) bool, in red.

    It has a palette: as a file it is half as large and takes a fifth of the time to write.
    """
    grey = Image.fromarray(rgb).convert("L")
    levels = np.array(grey.point([255 - round((255 - level) * PALE) for level in range(256)]))
    levels[changed] = 0  # nothing that is pale is so dark
    filled = Image.fromarray(levels)
    filled.putpalette([*FILL, *np.repeat(np.arange(1, 256), 3).tolist()])
    return filled

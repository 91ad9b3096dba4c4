"""What differs, for people: pixel difference, SSIM, and pictures with the changes drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pytest_imgsim.picture import Picture, Pixels, opacity
from pytest_imgsim.regions import Box, Mask

OUTLINE = (217, 119, 6)
WORST_OUTLINE = (220, 38, 38)
FILL = (220, 38, 38)
#: How much of its darkness is left of what has not changed, where changes are filled.
PALE = 0.35
#: The hatching over what is ignored: its colour, the opacity of its stripes and of the
#: ground between them, the stripes' width and their distance.
HATCH = (109, 40, 217)
STRIPE, GROUND = 200, 56
STRIPE_WIDTH, STRIPE_DISTANCE = 3, 12
#: Rows that are compared at once: few enough to stay in the processor's cache.
BAND = 64


def differing(a: Pixels, b: Pixels) -> Mask:
    """Return where two (H, W, 3) pictures differ in any channel, (H, W) bool."""
    out = np.zeros(a.shape[:2], dtype=np.bool_)
    for top in range(0, len(a), BAND):
        rows = slice(top, top + BAND)
        unlike = a[rows] != b[rows]
        if unlike.any():
            red, green, blue = np.moveaxis(unlike, 2, 0)  # ten times as fast as any(axis=2)
            out[rows] = red | green | blue
    return out


def changed_pixels(a: Picture, b: Picture) -> Mask:
    """Return the pixels that differ in any channel, alpha included, as (H, W) bool."""
    changed = differing(a.rgb, b.rgb)
    if a.alpha is None and b.alpha is None:
        return changed
    return np.asarray(changed | (opacity(a) != opacity(b)))


def ssim(a: Pixels, b: Pixels, *, band: int = 64) -> float:
    r"""Mean structural similarity of two pictures' luma.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        Pictures of one size.
    band : int
        Rows that are worked on at once, which bounds the memory.

    Returns
    -------
    float
        The mean over all windows that lie inside the picture, in [-1, 1]; 1 where equal.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    As in the paper: an 11 x 11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03, biased
    variances, dynamic range 255. A side under 11 px shortens the window to the largest odd
    length that fits. Luma is ITU-R BT.601.

    References
    ----------
    .. [1] Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment:
       from error visibility to structural similarity", IEEE Transactions on Image Processing
       13(4), 2004. :doi:`10.1109/TIP.2003.819861`
    """
    if a.shape != b.shape:
        raise ValueError(f"expected two pictures of one shape, got {a.shape} and {b.shape}")
    kernels = _gaussian(a.shape[0]), _gaussian(a.shape[1])
    down, across = (len(kernel) - 1 for kernel in kernels)
    count = (a.shape[0] - down) * (a.shape[1] - across)
    lost = 0.0  # against 1, which a window without any change gives
    for top in range(0, a.shape[0] - down, band):
        left, right = (pixels[top : top + band + down] for pixels in (a, b))
        columns = np.flatnonzero(differing(left, right).any(axis=0))
        if len(columns):
            near = slice(max(columns[0] - across, 0), columns[-1] + 1 + across)
            values = _ssim_map(luma(left[:, near]), luma(right[:, near]), kernels)
            lost += float((1.0 - values).sum())
    return float(1.0 - lost / count)


def _gaussian(side: int) -> NDArray[np.float64]:
    length = min(11, side - 1 + side % 2)
    offsets = np.arange(length) - length // 2
    weights = np.exp(-(offsets**2) / (2 * 1.5**2))
    return np.asarray(weights / weights.sum())


def luma(rgb: Pixels) -> NDArray[np.float64]:
    """Return the brightness, (H, W) float, of (H, W, 3) pixels, by ITU-R BT.601."""
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))


def _ssim_map(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kernels: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ux, uy = _blur(x, kernels), _blur(y, kernels)
    vx, vy = _blur(x * x, kernels) - ux * ux, _blur(y * y, kernels) - uy * uy
    vxy = _blur(x * y, kernels) - ux * uy
    # Eq. 13 of Wang et al. 2004.
    return ((2 * ux * uy + c1) * (2 * vxy + c2)) / ((ux**2 + uy**2 + c1) * (vx + vy + c2))


def _blur(
    values: NDArray[np.float64], kernels: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return `values` under a separable window, where the window fits whole."""
    down, across = kernels
    height = values.shape[0] - len(down) + 1
    width = values.shape[1] - len(across) + 1
    tall = sum(weight * values[i : i + height] for i, weight in enumerate(down))
    return np.asarray(sum(weight * tall[:, i : i + width] for i, weight in enumerate(across)))


def draw_boxes(rgb: Pixels, boxes: Sequence[Box]) -> Pixels:
    """Return (H, W, 3) uint8 pixels with `boxes` outlined, the first (worst) one in red."""
    image = Image.fromarray(rgb)
    pen = ImageDraw.Draw(image)
    for box in reversed(boxes):
        colour = WORST_OUTLINE if box is boxes[0] else OUTLINE
        left, top = int(box.x), int(box.y)
        right, bottom = left + int(box.width) - 1, top + int(box.height) - 1
        # Outside the region, so that the line covers nothing of what changed.
        pen.rectangle((left - 4, top - 4, right + 4, bottom + 4), outline=colour, width=2)
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
    """Return the picture paled to grey with the changed pixels, (H, W) bool, in red.

    It has a palette: as a file it is half as large and takes a fifth of the time to write.
    """
    grey = Image.fromarray(rgb).convert("L")
    levels = np.array(grey.point([255 - round((255 - level) * PALE) for level in range(256)]))
    levels[changed] = 0  # nothing that is pale is so dark
    filled = Image.fromarray(levels)
    filled.putpalette([*FILL, *np.repeat(np.arange(1, 256), 3).tolist()])
    return filled

"""What differs, for people: pixel difference, SSIM, and pictures with the changes drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pytest_imgsim.picture import Picture, Pixels, opacity
from pytest_imgsim.regions import Box, Mask

Indices = NDArray[np.intp]

ABSENT = (255, 214, 231)
OUTLINE = (217, 119, 6)
WORST_OUTLINE = (220, 38, 38)
FILL = (220, 38, 38)
#: The hatching over what is ignored: its colour, the opacity of its stripes and of the
#: ground between them, the stripes' width and their distance.
HATCH = (109, 40, 217)
STRIPE, GROUND = 200, 56
STRIPE_WIDTH, STRIPE_DISTANCE = 3, 12


def differing(a: Pixels, b: Pixels) -> Mask:
    """Return where two (H, W, 3) pictures differ in any channel, (H, W) bool."""
    red, green, blue = np.moveaxis(a != b, 2, 0)  # ten times as fast as any(axis=2)
    return np.asarray(red | green | blue)


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
            values = _ssim_map(_luma(left[:, near]), _luma(right[:, near]), kernels)
            lost += float((1.0 - values).sum())
    return float(1.0 - lost / count)


def _gaussian(side: int) -> NDArray[np.float64]:
    length = min(11, side - 1 + side % 2)
    offsets = np.arange(length) - length // 2
    weights = np.exp(-(offsets**2) / (2 * 1.5**2))
    return np.asarray(weights / weights.sum())


def _luma(rgb: Pixels) -> NDArray[np.float64]:
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


@dataclass(frozen=True, eq=False)
class Aligned:
    """Two pictures of different sizes laid on one canvas.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures; rows and columns that one of them lacks are pink there.
    changed : ndarray of shape (H, W), bool
        Pixels that differ or that one of the two lacks.
    """

    actual: Pixels
    baseline: Pixels
    changed: Mask


def align(actual: Pixels, baseline: Pixels) -> Aligned:
    """Lay two pictures of different sizes on one canvas, so that what is the same meets.

    With equal widths, rows are matched (an inserted banner comes out as just that banner);
    with equal heights, columns are; otherwise the top left corners meet. Nothing is cropped
    or scaled.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The two pictures.
    """
    rows = _match(actual, baseline, same_breadth=actual.shape[1] == baseline.shape[1])
    columns = _match(
        actual.transpose(1, 0, 2),
        baseline.transpose(1, 0, 2),
        same_breadth=actual.shape[0] == baseline.shape[0],
    )
    left, in_left = _place(actual, rows[0], columns[0])
    right, in_right = _place(baseline, rows[1], columns[1])
    return Aligned(left, right, differing(left, right) | ~in_left | ~in_right)


def _match(a: Pixels, b: Pixels, *, same_breadth: bool) -> tuple[Indices, Indices]:
    """Return, for each line of the canvas, the line of `a` and of `b`, or -1 for none."""
    if not same_breadth or len(a) == len(b):
        longest = max(len(a), len(b))
        lines = np.arange(longest)
        return np.where(lines < len(a), lines, -1), np.where(lines < len(b), lines, -1)
    in_a: list[int] = []
    in_b: list[int] = []
    for a_from, a_to, b_from, b_to in _runs(_line_keys(a), _line_keys(b)):
        longest = max(a_to - a_from, b_to - b_from)
        in_a += [a_from + i if a_from + i < a_to else -1 for i in range(longest)]
        in_b += [b_from + i if b_from + i < b_to else -1 for i in range(longest)]
    return np.asarray(in_a, dtype=np.intp), np.asarray(in_b, dtype=np.intp)


def _runs(a: list[int], b: list[int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of lines, equal or not, as (start in `a`, stop, start in `b`, stop)."""
    # What is equal at both ends comes first: a matcher alone may tie blank lines elsewhere.
    head = _equal_lines(a, b)
    tail = _equal_lines(a[head:][::-1], b[head:][::-1])
    a_stop, b_stop = len(a) - tail, len(b) - tail
    yield 0, head, 0, head
    for _, i, j, k, m in SequenceMatcher(None, a[head:a_stop], b[head:b_stop]).get_opcodes():
        yield i + head, j + head, k + head, m + head
    yield a_stop, len(a), b_stop, len(b)


def _equal_lines(a: list[int], b: list[int]) -> int:
    """Return how many lines are equal from the start on."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (left, right) in pairs if left != right), min(len(a), len(b)))


def _line_keys(pixels: Pixels) -> list[int]:
    return [hash(line.tobytes()) for line in pixels]


def _place(pixels: Pixels, rows: Indices, columns: Indices) -> tuple[Pixels, Mask]:
    present = (rows >= 0)[:, None] & (columns >= 0)[None, :]
    placed = pixels[np.maximum(rows, 0)][:, np.maximum(columns, 0)]
    placed[~present] = ABSENT
    return placed, present


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


def fill_changes(rgb: Pixels, changed: Mask) -> Pixels:
    """Return the picture paled to grey with the changed pixels, (H, W) bool, in red."""
    grey = (255 - (255 - _luma(rgb)) * 0.35).astype(np.uint8)
    filled = np.repeat(grey[:, :, None], 3, axis=2)
    filled[changed] = FILL
    return filled

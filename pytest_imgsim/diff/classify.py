"""What happened to a changed area, in a word, from the pixels of both pictures in and around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pytest_imgsim.diff.ssim import luma
from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Mask, Pixels
from pytest_imgsim.rect import Rect

ADDED, REMOVED, MOVED, RECOLOURED = "added", "removed", "moved", "recoloured"
RESIZED, TEXT, CHANGED = "resized", "text changed", "changed"

Values = NDArray[np.float64]
#: Levels by which pixels that show the same thing may differ.
NEAR = 8
#: Levels by which ink stands out from its ground.
INK = 48
#: Pixels around an area that show its ground, and in which to look for what moved.
MARGIN, CONTEXT = 2, 16
#: Share of the edges that may be left where something is gone.
FADED = 0.05
#: Share of a change that a map of colours may leave unexplained.
UNEXPLAINED = 0.15
#: Share of the changed pixels that an offset has to explain, and how many offsets are tried.
EXPLAINED, OFFSETS = 0.9, 16
#: What is only scaled changes both sides by at least this factor, correlates at least this much,
#: and has sides of at least this many pixels: single letters all look alike at some scale.
SCALED, SAME_SHAPE, SMALLEST = 1.04, 0.72, 9
#: Areas above this many pixels are not searched for what moved or was scaled.
MAX_SEARCHED = 500_000


@dataclass(frozen=True)
class ChangeClass:
    """What happened to an area.

    Parameters
    ----------
    word : str
        One of the seven kinds above.
    dx, dy : int
        How many pixels what is ``MOVED`` went to the right and down.
    """

    word: str
    dx: int = 0
    dy: int = 0


def classify(actual: Pixels, baseline: Pixels, box: Rect, *, alike: bool = False) -> ChangeClass:
    """Return what happened to an area.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        Two pictures of one size.
    box : Rect
        The area; what differs in it is one change.
    alike : bool
        Whether the area passes: its text is the same, only drawn in another way.

    Returns
    -------
    ChangeClass
        ``CHANGED`` where nothing else is sure. If the pictures are swapped, added and removed
        swap too, an offset changes its sign, and the rest stays.
    """
    a, b, changed = _cut(actual, baseline, box, MARGIN)
    if not changed.any():
        return ChangeClass(CHANGED)
    if word := _one_sided(a, b, changed):
        return ChangeClass(word)
    if _recoloured(a, b, changed):
        return ChangeClass(RECOLOURED)
    if a.shape[0] * a.shape[1] <= MAX_SEARCHED:
        if offset := _offset(*_cut(actual, baseline, box, CONTEXT)):
            return ChangeClass(MOVED, *offset)
        if is_scaled(a, b):
            return ChangeClass(RESIZED)
    ground = _ground(np.concatenate([a, b]))
    text = not alike and _is_text(a, ground) and _is_text(b, ground)
    return ChangeClass(TEXT if text else CHANGED)


def is_plain(pixels: Pixels) -> bool:
    """Return whether there is nothing to see on (H, W, 3) pixels, such as on empty ground."""
    return not _edges(pixels, np.ones(pixels.shape[:2], dtype=np.bool_))


def _cut(a: Pixels, b: Pixels, box: Rect, margin: int) -> tuple[Pixels, Pixels, Mask]:
    """Return both pictures around a box, and which pixels changed within it."""
    top, left = max(box.y - margin, 0), max(box.x - margin, 0)
    near = np.s_[top : box.bottom + margin, left : box.right + margin]
    inside = np.zeros(a[near].shape[:2], dtype=np.bool_)
    inside[box.y - top : box.bottom - top, box.x - left : box.right - left] = True
    return a[near], b[near], inside & differing(a[near], b[near])


def _one_sided(a: Pixels, b: Pixels, changed: Mask) -> str:
    """Return whether there is something on one picture where nothing is on the other."""
    now, before = _edges(a, changed), _edges(b, changed)
    if now and before <= FADED * now:
        return ADDED
    return REMOVED if before and now <= FADED * before else ""


def _edges(rgb: Pixels, at: Mask) -> int:
    """Return how many steps between neighbouring pixels, one of them in `at`, can be seen."""
    values = rgb.astype(np.int16)
    across = np.abs(np.diff(values, axis=1)).max(axis=2) > NEAR
    down = np.abs(np.diff(values, axis=0)).max(axis=2) > NEAR
    return int((across & (at[:, 1:] | at[:, :-1])).sum() + (down & (at[1:] | at[:-1])).sum())


def _recoloured(a: Pixels, b: Pixels, changed: Mask) -> bool:
    """Return whether each picture is the other one in other colours."""
    left, right = (np.concatenate([rgb[changed], rgb[~changed]]) / 255.0 for rgb in (a, b))
    count = int(changed.sum())
    # What changed and what did not have the same weight, however much of either there is.
    weights = np.repeat([1 / count, 1 / max(len(left) - count, 1)], [count, len(left) - count])
    shares = (_unexplained(*pair, weights) for pair in ((left, right), (right, left)))
    energy = float(((left[:count] - right[:count]) ** 2).sum()) / count
    return max(shares) <= UNEXPLAINED * energy


def _unexplained(source: Values, target: Values, weights: Values) -> float:
    """Return the weighted square of what the best affine map of colours leaves of `target`."""
    known = np.hstack([source, np.ones((len(source), 1))])
    weighted = known * weights[:, None]
    mapping = np.linalg.pinv(weighted.T @ known) @ (weighted.T @ target)
    return float((weights @ (target - known @ mapping) ** 2).sum())


def _offset(a: Pixels, b: Pixels, changed: Mask) -> tuple[int, int] | None:
    """Return by how many pixels, right and down, what changed has moved, or None."""
    ground = _ground(np.concatenate([a[~changed], b[~changed]]) if not changed.all() else b)
    in_a, in_b = (changed & (_apart(rgb, ground) > NEAR) for rgb in (a, b))
    fitting = []
    for dx, dy in _offsets(luma(a) - luma(b)):
        came = in_a & ~_alike(a, b, dx, dy)
        left = in_b & ~_alike(b, a, -dx, -dy)
        unexplained = int((came | left).sum())
        if unexplained <= (1 - EXPLAINED) * changed.sum():
            fitting.append((unexplained, abs(dx) + abs(dy), (dx, dy)))
    return min(fitting)[2] if fitting else None


def _offsets(change: Values) -> Iterator[tuple[int, int]]:
    """Yield likely offsets of what moved.

    What leaves one place for another is in the difference of the pictures twice, with opposite
    signs: the autocorrelation of its outlines is lowest at the offset, and at the opposite one.
    """
    edges = 4 * change
    for axis in (0, 1):
        edges = edges - np.roll(change, 1, axis) - np.roll(change, -1, axis)
    height, width = change.shape
    power = np.abs(np.fft.rfft2(edges, (2 * height, 2 * width))) ** 2
    echo = np.fft.irfft2(power, (2 * height, 2 * width))
    lowest = np.argpartition(echo, min(OFFSETS, echo.size - 1), axis=None)[:OFFSETS]
    for place in lowest:
        dy, dx = (int(side) for side in np.unravel_index(place, echo.shape))
        dy, dx = dy - 2 * height * (dy > height), dx - 2 * width * (dx > width)
        if echo.flat[place] < 0 and abs(dy) < height and abs(dx) < width:
            yield dx, dy


def _alike(a: Pixels, b: Pixels, dx: int, dy: int) -> Mask:
    """Return which pixels of `a` show what `b` has that far to the left and above."""
    height, width = a.shape[:2]
    here = np.s_[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)]
    there = np.s_[max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)]
    out = np.zeros((height, width), dtype=np.bool_)
    out[here] = np.abs(a[here].astype(np.int16) - b[there]).max(axis=2) <= NEAR
    return out


def _ground(pixels: Pixels) -> NDArray[np.int16]:
    """Return the most frequent colour."""
    packed = pixels.reshape(-1, 3).astype(np.int32) @ np.array([65536, 256, 1])
    colours, counts = np.unique(packed, return_counts=True)
    most = int(colours[counts.argmax()])
    return np.array([most >> 16, most >> 8 & 255, most & 255], dtype=np.int16)


def _apart(rgb: Pixels, ground: NDArray[np.int16]) -> NDArray[np.int16]:
    return np.asarray(np.abs(rgb.astype(np.int16) - ground).max(axis=2))


def is_scaled(a: Pixels, b: Pixels) -> bool:
    """Return whether each of two pictures of any sizes shows the other's content, scaled."""
    if not (a.size and b.size):
        return False
    contents = [_content(a), _content(b)]
    small, large = sorted(contents, key=lambda rgb: rgb.shape[0] * rgb.shape[1])
    if min(small.shape[:2]) < SMALLEST:
        return False
    times = np.divide(large.shape[:2], small.shape[:2])
    if times.min() < SCALED or times.max() > min(1.2 * times.min(), 3.0):
        return False
    in_place = _likeness(a, b) if a.shape == b.shape else 0.0
    return _likeness(small, large) >= max(SAME_SHAPE, in_place)


def _likeness(small: Pixels, large: Pixels) -> float:
    """Return the correlation of two shapes, the larger one reduced; 0 for one without any."""
    left, right = (
        luma(
            np.asarray(
                Image.fromarray(rgb)
                .resize(small.shape[1::-1], Image.Resampling.BILINEAR)
                .filter(ImageFilter.BoxBlur(1))
            )
        ).ravel()
        for rgb in (small, large)
    )
    if left.std() == 0 or right.std() == 0:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def _content(rgb: Pixels) -> Pixels:
    """Return what stands out from the ground, with a pixel of ground around it."""
    ink = _apart(rgb, _ground(rgb)) > INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return rgb[:0]
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    return rgb[top : rows[-1] + 2, left : columns[-1] + 2]


def _is_text(rgb: Pixels, ground: NDArray[np.int16]) -> bool:
    """Return whether there are strokes as those of letters on the ground."""
    apart = _apart(rgb, ground)
    ink = apart > INK
    height: int = rgb.shape[0]
    if np.mean(apart <= NEAR) < 0.25 or not 0.005 <= np.mean(ink) <= 0.6:
        return False
    return _stroke(ink) <= max(5.0, height / 4) and _stroke(ink.T) <= 0.7 * height


def _stroke(ink: Mask) -> float:
    """Return the mean length of the runs of ink along the rows."""
    starts = ink.copy()
    starts[:, 1:] &= ~ink[:, :-1]
    return float(ink.sum() / starts.sum())

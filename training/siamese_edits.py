"""What is done to crops: noise that a person does not see, and regressions that one does.

Everything takes and returns (H, W, 3) uint8 RGB and draws from the generator that it is given.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Pixels = NDArray[np.uint8]
Random = np.random.Generator
Edit = Callable[[Pixels, Random], Pixels]
#: A pixel counts as changed from this many levels in one channel on.
VISIBLE = 12
#: A regression is weak, and left out, if its differences (levels) add up to less than this: noise
#: of other machines hides it from a person too.
WEAK = 600
#: Smallest and largest side of a region that a drawn regression changes, in pixels.
SMALLEST, LARGEST = 5, 64


def difference(a: Pixels, b: Pixels) -> NDArray[np.int16]:
    """Return the largest difference of a channel for each pixel, (H, W) int16."""
    return np.asarray(np.abs(a.astype(np.int16) - b.astype(np.int16)).max(axis=2))


def visible_change(before: Pixels, after: Pixels) -> NDArray[np.bool_]:
    """Return where a regression shows, (H, W) bool; nowhere if it is weak as a whole."""
    levels = difference(before, after)
    levels[levels < VISIBLE] = 0
    return np.asarray((levels > 0) & (int(levels.sum()) >= WEAK))


# --- noise ---------------------------------------------------------------------------------


def recoded(rgb: Pixels, random: Random) -> Pixels:
    """Return what is left after a JPEG or WebP file."""
    out = io.BytesIO()
    kind = "JPEG" if random.random() < 0.7 else "WEBP"
    Image.fromarray(rgb).save(out, kind, quality=int(random.integers(78, 97)))
    return np.asarray(Image.open(out).convert("RGB"))


def gamma(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels under another gamma."""
    table = 255 * (np.arange(256) / 255) ** random.uniform(0.955, 1.045)
    return np.asarray(np.rint(table).astype(np.uint8)[rgb])


def drift(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels a few levels lighter or darker, each channel by itself."""
    moved = rgb.astype(np.int16) + random.integers(-4, 5, 3)
    return np.asarray(np.clip(moved, 0, 255), dtype=np.uint8)


def profile(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels through a colour matrix near the identity."""
    matrix = np.eye(3) + random.uniform(-0.012, 0.012, (3, 3))
    return np.asarray(np.clip(np.rint(rgb @ matrix), 0, 255), dtype=np.uint8)


def resampled(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels after a visit to another device scale."""
    height, width = rgb.shape[:2]
    scale = random.choice([1.25, 1.5, 1.75, 2.0, 3.0])
    ways = [Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR]
    larger = (round(width * scale), round(height * scale))
    up = Image.fromarray(rgb).resize(larger, ways[random.integers(1, 3)])
    return np.asarray(up.resize((width, height), ways[random.integers(3)]))


def shifted(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels moved by a fraction of a pixel."""
    right, down = random.uniform(-0.5, 0.5, 2)
    matrix = (1, 0, right, 0, 1, down)
    image = Image.fromarray(rgb)
    size = (rgb.shape[1], rgb.shape[0])
    moved = image.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    out = np.asarray(moved).copy()
    out[[0, -1]], out[:, [0, -1]] = rgb[[0, -1]], rgb[:, [0, -1]]
    return out


def sharpened(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels a little sharper."""
    mask = ImageFilter.UnsharpMask(1, int(random.integers(15, 60)), 0)
    return np.asarray(Image.fromarray(rgb).filter(mask))


def with_caret(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a blinking text caret that shows."""
    height = int(random.integers(11, 27))
    places = [
        (int(random.integers(0, rgb.shape[0] - height)), int(random.integers(1, rgb.shape[1] - 3)))
        for _ in range(random.choice([1, 6]))
    ]

    def under(place: tuple[int, int]) -> Pixels:
        return rgb[place[0] : place[0] + height, place[1] - 1 : place[1] + 3].reshape(-1, 3)

    # Half of the time on letters, where it is hardest to know.
    top, left = max(places, key=lambda place: float(under(place).std()))
    around = under((top, left))
    light = np.median(around) > 127
    colour = random.integers(0, 90, 3) if light else random.integers(170, 256, 3)
    out = rgb.copy()
    out[top : top + height, left : left + (2 if random.random() < 0.15 else 1)] = colour
    return out


NOISES: tuple[tuple[Edit, float], ...] = (
    (recoded, 0.26),
    (gamma, 0.14),
    (drift, 0.14),
    (profile, 0.1),
    (resampled, 0.16),
    (shifted, 0.12),
    (sharpened, 0.08),
)


def noisy(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels after none, one or two kinds of noise."""
    edits, weights = zip(*NOISES, strict=True)
    for _ in range(random.choice([0, 1, 2], p=[0.5, 0.38, 0.12])):
        rgb = edits[random.choice(len(edits), p=weights)](rgb, random)
    return rgb


def in_other_colours(a: Pixels, b: Pixels, random: Random) -> tuple[Pixels, Pixels]:
    """Return two pictures with their channels in another order or inverted, at random, alike."""
    if random.random() < 0.3:
        order = random.permutation(3)
        a, b = a[..., order], b[..., order]
    if random.random() < 0.25:
        a, b = 255 - a, 255 - b
    return a, b


# --- regressions ---------------------------------------------------------------------------


def _region(rgb: Pixels, random: Random) -> tuple[slice, slice]:
    """Return a region that has something in it, if four tries find one."""
    best, most = (slice(0, 8), slice(0, 8)), -1.0
    for _ in range(4):
        height, width = np.exp(random.uniform(np.log(SMALLEST), np.log(LARGEST), 2)).astype(int)
        top = int(random.integers(rgb.shape[0] - height))
        left = int(random.integers(rgb.shape[1] - width))
        place = (slice(top, top + int(height)), slice(left, left + int(width)))
        content = float(rgb[place].std())
        if content > most:
            best, most = place, content
    return best


def _ground(part: Pixels) -> NDArray[np.float64]:
    """Return the colour that most of the part's edge has."""
    edge = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    return np.asarray(np.median(edge, axis=0))


def _put(rgb: Pixels, place: tuple[slice, slice], part: NDArray[np.generic]) -> Pixels:
    out = rgb.copy()
    out[place] = np.clip(np.rint(part), 0, 255).astype(np.uint8)
    return out


def erased(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels without what stood in a region."""
    place = _region(rgb, random)
    return _put(rgb, place, np.broadcast_to(_ground(rgb[place]), rgb[place].shape))


def pasted(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a region's content replaced by that of another."""
    place = _region(rgb, random)
    height, width = rgb[place].shape[:2]
    top = int(random.integers(rgb.shape[0] - height))
    left = int(random.integers(rgb.shape[1] - width))
    return _put(rgb, place, rgb[top : top + height, left : left + width])


def recoloured(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with what stands on a region's ground in another colour."""
    place = _region(rgb, random)
    part = rgb[place].astype(np.float64)
    ground = _ground(rgb[place])
    away = np.abs(part - ground).max(axis=2, keepdims=True)
    cover = away / max(1.0, float(away.max()))
    return _put(rgb, place, ground + cover * (random.integers(0, 256, 3) - ground))


def on_other_ground(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with another colour under a region."""
    place = _region(rgb, random)
    part = rgb[place].astype(np.float64)
    ground = _ground(rgb[place])
    away = np.abs(part - ground).max(axis=2, keepdims=True)
    cover = away / max(40.0, float(away.max()))
    step = random.integers(16, 90, 3) * random.choice([-1, 1], 3) * (random.random(3) < 0.7)
    return _put(rgb, place, part + (1 - cover) * step)


def faded(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a region half transparent."""
    place = _region(rgb, random)
    ground = _ground(rgb[place])
    return _put(rgb, place, ground + random.uniform(0.3, 0.65) * (rgb[place] - ground))


def moved(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a region's content 3 to 12 pixels further."""
    place = _region(rgb, random)
    part = rgb[place]
    by = int(random.integers(3, 13)) * int(random.choice([-1, 1]))
    axis = int(random.integers(2))
    away = np.roll(part, by, axis=axis)
    lines = slice(0, by) if by > 0 else slice(by, None)
    away[(lines, slice(None)) if axis == 0 else (slice(None), lines)] = _ground(part)
    return _put(rgb, place, away)


def resized(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a region's content larger or smaller."""
    place = _region(rgb, random)
    part = Image.fromarray(rgb[place])
    factor = 0.85 if random.random() < 0.5 else 1.2
    size = (max(2, round(part.width * factor)), max(2, round(part.height * factor)))
    ground = tuple(int(value) for value in _ground(rgb[place]))
    out = Image.new("RGB", part.size, ground)
    out.paste(part.resize(size, Image.Resampling.BICUBIC))
    return _put(rgb, place, np.asarray(out))


def drawn(rgb: Pixels, random: Random) -> Pixels:
    """Return the pixels with a new box, frame or line."""
    place = _region(rgb, random)
    (top, bottom), (left, right) = ((part.start, part.stop - 1) for part in place)
    colour = tuple(int(value) for value in random.integers(0, 256, 3))
    image = Image.fromarray(rgb)
    pen = ImageDraw.Draw(image)
    choice = random.random()
    if choice < 0.4:
        pen.rectangle((left, top, right, bottom), fill=colour)
    elif choice < 0.75:
        pen.rectangle((left, top, right, bottom), outline=colour, width=int(random.integers(1, 3)))
    elif choice < 0.9:
        pen.line((left, bottom, right, bottom), fill=colour, width=int(random.integers(1, 3)))
    else:
        pen.ellipse((left, top, right, bottom), fill=colour)
    return np.asarray(image)


REGRESSIONS: tuple[Edit, ...] = (
    erased,
    pasted,
    recoloured,
    on_other_ground,
    faded,
    moved,
    resized,
    drawn,
)


def regressed(rgb: Pixels, random: Random) -> tuple[Pixels, NDArray[np.bool_]]:
    """Return the pixels with one drawn regression, and (H, W) bool where it shows.

    Where nothing has come of it after five tries the crop is returned as it was.
    """
    for _ in range(5):
        after = REGRESSIONS[random.integers(len(REGRESSIONS))](rgb, random)
        changed = visible_change(rgb, after)
        if changed.any():
            return after, changed
    return rgb, np.zeros(rgb.shape[:2], dtype=np.bool_)

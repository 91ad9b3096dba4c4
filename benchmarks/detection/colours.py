"""Colours as (red, green, blue): read, written, mixed, and how far apart two of them look."""

from __future__ import annotations

import colorsys

import numpy as np

Colour = tuple[int, int, int]


def parsed(code: str) -> Colour:
    """Return the levels of a colour written as ``#rrggbb``."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue


def code(colour: Colour) -> str:
    """Return a colour as ``#rrggbb``."""
    return f"#{bytes(colour).hex()}"


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return `colour` with a share of `other` in it."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def stepped(colour: Colour, levels: int) -> Colour:
    """Return a colour some levels lighter, or darker where there is no room for that."""
    by = levels if max(colour) + levels <= 255 else -levels
    red, green, blue = (min(255, max(0, level + by)) for level in colour)
    return red, green, blue


def tinted(colour: Colour, levels: int, channel: int) -> Colour:
    """Return a colour whose one channel stands out by some levels more than the others."""
    other = [max(0, level - levels // 2) for level in colour]
    other[channel] = min(255, colour[channel] + (levels + 1) // 2)
    red, green, blue = other
    return red, green, blue


def turned(colour: Colour, share: float) -> Colour:
    """Return the colour of another hue: `share` of a turn, greys become slightly coloured."""
    hue, light, saturation = colorsys.rgb_to_hls(*(level / 255 for level in colour))
    turn = colorsys.hls_to_rgb((hue + share) % 1, light, max(saturation, 0.3))
    red, green, blue = (round(255 * level) for level in turn)
    return red, green, blue


def distance(a: Colour, b: Colour) -> float:
    """Return the CIEDE2000 difference: about 1 can just be seen, 10 are two colours.

    Examples
    --------
    >>> round(distance((255, 255, 255), (247, 247, 247)), 1)
    1.6
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    one, two = (rgb2lab(np.asarray(colour, dtype=np.uint8)) for colour in (a, b))
    return float(deltaE_ciede2000(one, two))

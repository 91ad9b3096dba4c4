"""The golden pairs: what is compared with what, and which rules each one holds in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Pair:
    """Two pictures.

    Parameters
    ----------
    baseline, actual : str
        Files in pictures/, without the suffix. The actual's is also the pair's name.
    shows : str
        What the pair holds in place.
    settings : mapping of str to object
        Those of the check, as a test would give them.
    """

    baseline: str
    actual: str
    shows: str
    settings: Mapping[str, Any] = field(default_factory=dict)


#: With it, no score passes, and every change is classified and counted.
STRICT = {"threshold": 1.0}
#: The shop's line about the delivery; its right edge lies inside a pixel.
NOTE = {"ignore": [(176, 164, 120.5, 18)]}

_SAME_RENDERER = (
    Pair("shop", "shop-digit", "one digit, by the same renderer"),
    Pair("shop", "shop-digit-and-note", "the same digit, and a change under a mask", NOTE),
    Pair("shop", "shop-pale-digit", "one digit of pale text"),
    Pair("watermark", "watermark-digit", "one digit that hardly stands out"),
    Pair("shop", "shop-bold", "the same text, bold"),
    Pair("shop", "shop-faded", "the same text, faded"),
    Pair("shop", "shop-red", "the same text, in another colour"),
    Pair("shop", "shop-paler", "pale text, a little paler"),
    Pair("shop", "shop-one-aside", "a text one pixel aside, which nobody sees"),
    Pair("shop", "shop-two-aside", "a text two pixels aside, which has moved"),
    Pair("shop", "shop-border", "a border on the outermost pixels, seen in a mirror"),
    Pair("shop", "shop-border-inside", "a border one pixel further inside"),
    Pair("shop", "shop-pushed", "all that follows the header pushed down, the rest lost"),
    Pair("screen", "screen-word", "one word of a web page, by the same browser"),
)
_OTHER_RENDERER = (
    Pair("shop", "shop-half-pixel", "all of the page redrawn half a pixel aside"),
    Pair("shop", "shop-half-pixel-digit", "the same, and one digit"),
    Pair("screen", "screen-hinted", "letters fitted to the pixels"),
    Pair("screen", "screen-lcd", "letters drawn in thirds of pixels"),
    Pair("screen", "screen-lcd-word", "the same, and one word"),
    Pair("screen", "screen-scaled", "captured at another device scale"),
    Pair("screen", "screen-aside", "all of the page a part of a pixel aside"),
    Pair("screen", "screen-jpeg", "out of a lossy file"),
    Pair("screen", "screen-gamma", "on a display of another gamma"),
    Pair("cells", "cells-below-a-tenth", "less than a tenth of what is drawn has changed"),
    Pair("cells", "cells-above-a-tenth", "more than a tenth of what is drawn has changed"),
    Pair("cells", "faint-590", "too faint in total to tell the renderers apart"),
    Pair("cells", "faint-610", "just not too faint"),
)
_SIZES_AND_OPACITY = (
    Pair("tiny", "tiny-red", "a picture smaller than one cell"),
    Pair("odd", "odd-corner", "a change in the last pixels of sides that no cell divides"),
    Pair("large", "large-two-words", "two changes far apart on a picture of several tiles"),
    Pair("badge", "badge-thinner", "opacity alone"),
    Pair("badge", "badge-red", "opacity and colour"),
)
_CARETS = (
    Pair("caret-none", "caret-largest", "as wide, as tall and as faint as a caret may be"),
    Pair("caret-none", "caret-smallest", "as narrow and as short as a caret may be"),
    Pair("caret-none", "caret-too-wide", "one pixel too wide for a caret"),
    Pair("caret-none", "caret-too-tall", "one pixel too tall for a caret"),
    Pair("caret-none", "caret-too-short", "one pixel too short for a caret"),
    Pair("caret-none", "caret-too-faint", "one level too faint for a caret"),
)
_WORDS = (
    Pair("words-before", "words-after", "every word for a change"),
    Pair("things-before", "things-after", "shapes on both sides of limits between words", STRICT),
    Pair("letters-before", "letters-after", "texts on both sides of limits between words", STRICT),
    Pair("bars-6", "bars-6-pushed", "too few lines pushed down to be called a shift"),
    Pair("bars-10", "bars-10-pushed", "enough lines pushed down"),
    Pair("bars-10", "bars-10-aside", "columns pushed aside"),
    Pair("bars-6", "bars-6-aside", "the same push beside other content"),
    Pair("bars-10", "bars-longer-beside", "rows inserted, and a change that belongs to them"),
    Pair("bars-10", "bars-longer-apart", "rows inserted, and a change too far from them"),
    Pair("bars-10", "bars-wider", "columns inserted"),
    Pair("bars-10", "bars-smaller", "both sides smaller"),
)
_MANY_AND_THE_SAME = (
    Pair("marks-none", "marks", "more regions than are listed"),
    Pair("marks-none", "marks-longer", "more changes than are classified"),
    Pair("marks-none-underlined", "marks-longer-underlined", "one that is not is of another kind"),
    Pair("dots-none", "dots-160", "many changes, which still have a fingerprint", STRICT),
    Pair("more-dots-none", "more-dots-256", "too many changes for a fingerprint", STRICT),
    Pair("square-none", "square", "one change", STRICT),
    Pair("square-none", "square-elsewhere", "the same change at another place", STRICT),
    Pair("square-none", "square-nearly", "a colour that a fingerprint takes for the same", STRICT),
    Pair("square-none", "square-another", "a colour that it does not", STRICT),
    Pair("square-none", "squares-16-apart", "two areas, near enough to be one change", STRICT),
    Pair("square-none", "squares-17-apart", "two changes", STRICT),
    Pair("square-none", "squares-40-apart", "the same two changes, further apart", STRICT),
)
PAIRS: Mapping[str, Pair] = {
    pair.actual: pair
    for pair in (
        *_SAME_RENDERER,
        *_OTHER_RENDERER,
        *_SIZES_AND_OPACITY,
        *_CARETS,
        *_WORDS,
        *_MANY_AND_THE_SAME,
    )
}

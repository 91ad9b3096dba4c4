"""Parsers of settings: raw values from a file, a command line or a test become typed ones.

Each raises a ValueError that says what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

#: Weights that have a name, and how files of weights end.
WEIGHTS_NAMES = ("bundled", "imagenet")
WEIGHTS_SUFFIXES = (".weights.h5", ".h5", ".keras")
WEIGHTS_RULE = (
    f"{' or '.join(map(repr, WEIGHTS_NAMES))}, or a file ending in {', '.join(WEIGHTS_SUFFIXES)}"
)


def parse_threshold(value: Any) -> float:
    """Return a score."""
    number = parse_number(value)
    if not 0.0 <= number <= 1.0:
        raise ValueError("a score from 0 to 1 (1 is identical; higher is stricter)")
    return number


def parse_warn_threshold(value: Any) -> float | None:
    """Return a score, or None for "off"."""
    return None if value is None or str(value) == "off" else parse_threshold(value)


def parse_seconds(value: Any) -> float:
    """Return a duration."""
    number = parse_number(value)
    if number < 0:
        raise ValueError("a number of seconds, 0 or more")
    return number


def parse_pixels(value: Any) -> int:
    """Return a number of pixels."""
    number = parse_number(value)
    if number < 1 or number != int(number):
        raise ValueError("a whole number of pixels, 1 or more")
    return int(number)


def parse_number(value: Any) -> float:
    """Return a finite number; a bool is not a number here."""
    expected = ValueError("a number")
    if isinstance(value, bool) or not isinstance(value, Real | str):
        raise expected
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise expected from None
    if not math.isfinite(number):
        raise expected
    return number


def one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    """Return a parser that accepts the known words only."""

    def parse(value: Any) -> str:
        if value not in known:
            raise ValueError("one of " + ", ".join(known))
        return str(value)

    return parse


def parse_text(value: Any) -> str:
    """Return a text, which must not be empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


def parse_weights(value: Any) -> str:
    """Return a name of weights, or the path of a weights file."""
    if value not in WEIGHTS_NAMES and not str(value).endswith(WEIGHTS_SUFFIXES):
        raise ValueError(WEIGHTS_RULE)
    return str(value)


def parse_switch(value: Any) -> bool:
    """Return a bool from a word, as ini files and command lines have it."""
    words = {"yes": True, "true": True, "no": False, "false": False}
    if str(value).lower() not in words:
        raise ValueError("yes or no")
    return words[str(value).lower()]


def parse_flag(value: Any) -> bool:
    """Return a bool."""
    if not isinstance(value, bool):
        raise ValueError("True or False")
    return value

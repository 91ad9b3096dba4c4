"""Checks of what was read from a file that anybody may have written."""

from __future__ import annotations

import os
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

#: Larger numbers are no picture's, and not exact as a float.
MAX_NUMBER = 2**53
#: Characters of a path; Linux allows no more bytes.
MAX_PATH = 4096
#: Characters of a wrong value that a message shows.
MAX_SHOWN = 60


def check_fields(value: Any) -> None:
    """Refuse a dataclass with a field that is not of its declared type.

    Parameters
    ----------
    value : dataclass
        Its fields are builtins, tuples, enums, and dataclasses of the same.

    Raises
    ------
    TypeError
        If a field has another type, or a number is not finite.
    """
    for name, hint in _hints(value.__class__).items():
        field = getattr(value, name)
        if not _fits(field, hint):
            expected = getattr(hint, "__name__", None) or str(hint)
            raise TypeError(f"{name}: expected {expected}, got {_short(field)}")


def check_path(text: Any) -> str:
    """Return `text` if it can be a path on this machine.

    Raises
    ------
    TypeError, ValueError
        If it is no text, or has a character that no path has.
    """
    if "\0" in check_text(text) or len(text) > MAX_PATH:
        raise ValueError(f"expected a path, got {_short(text)}")
    os.fsencode(text)
    return str(text)


def check_text(text: Any) -> str:
    """Return `text` if it is one.

    Raises
    ------
    TypeError
        If it is not.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a text, got {_short(text)}")
    return text


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    parts = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and _fit_all(value, parts)
    if hint in (int, float):
        return type(value) in (int, hint) and abs(value) < MAX_NUMBER  # which NaN is not
    if is_dataclass(hint) and isinstance(value, hint):  # type: ignore[arg-type]
        check_fields(value)
        return True
    return isinstance(value, hint)


def _fit_all(values: tuple[Any, ...], hints: tuple[Any, ...]) -> bool:
    if hints[-1] is Ellipsis:
        hints = hints[:1] * len(values)
    return len(values) == len(hints) and all(map(_fits, values, hints))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."

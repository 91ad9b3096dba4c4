"""JSON that earlier runs left behind, read as untrusted input: a wrong type or value is refused.

Such a file may be damaged, made by another version, or come from another machine. Whatever is
wrong with it, reading raises an OSError or a ValueError, and nothing else.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pytest_imgsim.files.reading import read_regular

T = TypeVar("T")
Parser = Callable[[Any], Any]
#: The largest number: whole ones up to here are the same in all readers of JSON, and nothing that
#: is reckoned with any number up to here overflows.
MAX_NUMBER = 2**53
#: What messages call a type.
NAMES = {str: "a text", bool: "true or false"}
#: The largest file that is read: results.json of some 100,000 comparisons.
MAX_BYTES = 200_000_000


def read_json(path: Path) -> Any:
    """Return what a file has.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is not a regular file, too large, or not JSON as its standard has it.
    """
    return loads(read_regular(path, most=MAX_BYTES))


def loads(data: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, in which no number is NaN or infinite.

    Raises
    ------
    ValueError
        If it is not one.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def parse(kind: Callable[..., T], value: Any) -> T:
    """Return a value of JSON as the type `kind`.

    Parameters
    ----------
    kind : type
        ``str``, ``int``, ``float``, ``bool``, an enum, a dataclass, a tuple or mapping of such
        types, or one of them or None. A dataclass is made of an object with its fields, of which
        those with a default may be missing; a tuple is made of a list.
    value : object
        What :func:`loads` returned, or a part of it.

    Raises
    ------
    ValueError
        If it is not of that type; the message says where, and what was expected.
    """
    return cast(T, _parser(kind)(value))


@cache
def _parser(kind: Any) -> Parser:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        [given] = (argument for argument in arguments if argument is not type(None))
        return _optional(_parser(given))
    if origin is tuple:
        return _tuple(*arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_parser(arguments[1]))
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, Enum):
        return _enum(kind)
    return {float: _parse_float, int: _parse_int}.get(kind) or _exact(kind)


def expected(what: str, value: Any) -> ValueError:
    """Return the error of a value that is something else than expected."""
    text = repr(value)
    return ValueError(f"expected {what}, got {text if len(text) < 40 else text[:36] + ' ...'}")


def _exact(kind: type) -> Parser:
    def parse_exact(value: Any) -> Any:
        if type(value) is not kind:
            raise expected(NAMES[kind], value)
        return value

    return parse_exact


def _parse_int(value: Any) -> int:
    if type(value) is not int or abs(value) > MAX_NUMBER:
        raise expected("a whole number", value)
    return value


def _parse_float(value: Any) -> float:
    if type(value) not in (int, float) or not abs(value) <= MAX_NUMBER:
        raise expected("a number", value)
    return float(value)


def _enum(kind: type[Enum]) -> Parser:
    members = {member.value: member for member in kind}

    def parse_enum(value: Any) -> Enum:
        if type(value) is not str or value not in members:
            raise expected("one of " + ", ".join(map(str, members)), value)
        return members[value]

    return parse_enum


def _optional(parser: Parser) -> Parser:
    return lambda value: None if value is None else parser(value)


def _tuple(*kinds: Any) -> Parser:
    """Return a parser of ``tuple[X, ...]``, or of a tuple with a type for each item."""
    endless = kinds[-1] is Ellipsis
    parsers = [_parser(kind) for kind in kinds if kind is not Ellipsis]

    def parse_tuple(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or not (endless or len(value) == len(parsers)):
            raise expected("a list" if endless else f"a list of {len(parsers)}", value)
        each = parsers * len(value) if endless else parsers
        pairs = enumerate(zip(each, value, strict=True))
        return tuple(_at(index, parser, item) for index, (parser, item) in pairs)

    return parse_tuple


def _mapping(parser: Parser) -> Parser:
    def parse_mapping(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise expected("an object", value)
        return {key: _at(key, parser, item) for key, item in value.items()}

    return parse_mapping


def _object(kind: Any) -> Parser:
    hints = get_type_hints(kind)
    parsers = {field.name: _parser(hints[field.name]) for field in fields(kind)}
    required = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]

    def parse_object(value: Any) -> Any:
        if type(value) is not dict:
            raise expected("an object", value)
        for key in required:
            if key not in value:
                raise ValueError(f"{key}: missing")
        for key in value:
            if key not in parsers:
                raise ValueError(f"{key!r}: unknown")
        return kind(**{key: _at(key, parsers[key], item) for key, item in value.items()})

    return parse_object


def _at(place: object, parser: Parser, value: Any) -> Any:
    try:
        return parser(value)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None

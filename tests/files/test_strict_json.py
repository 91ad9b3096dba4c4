"""What earlier runs left behind is read with the types that it must have, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from pytest_imgsim.files.strict_json import MAX_NUMBER, parse
from pytest_imgsim.record import Verdict


@dataclass(frozen=True)
class Thing:
    """A little of everything."""

    name: str
    share: float
    size: tuple[int, int] | None = None
    flags: tuple[bool, ...] = ()
    verdict: Verdict = Verdict.EQUAL


def test_what_is_right() -> None:
    """Objects become dataclasses, lists tuples, and words members; the rest has its defaults."""
    value = {"name": "a", "share": 1, "size": [3, 4], "flags": [True], "verdict": "size changed"}
    assert parse(Thing, value) == Thing("a", 1.0, (3, 4), (True,), Verdict.SIZE_CHANGED)
    assert parse(Thing, {"name": "", "share": 0.5, "size": None}) == Thing("", 0.5)
    assert type(parse(Thing, {"name": "", "share": 1}).share) is float


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 5}, "name: expected a text, got 5"),
        ({"name": ...}, "name: missing"),
        ({"other": 5}, "'other': unknown"),
        ({"share": "1"}, "share: expected a number, got '1'"),
        ({"share": float("inf")}, "share: expected a number, got inf"),
        ({"share": float("nan")}, "share: expected a number, got nan"),
        ({"share": 1e16}, r"share: expected a number, got 1e\+16"),
        ({"share": False}, "share: expected a number, got False"),
        ({"size": [3]}, r"size: expected a list of 2, got \[3\]"),
        ({"size": [3, 4.0]}, "size: 1: expected a whole number, got 4.0"),
        ({"size": [3, MAX_NUMBER + 1]}, "size: 1: expected a whole number"),
        ({"flags": [True, 1]}, "flags: 1: expected true or false, got 1"),
        ({"flags": "True"}, "flags: expected a list, got 'True'"),
        ({"verdict": "good"}, "verdict: expected one of error, .*, got 'good'"),
        ({"verdict": []}, "verdict: expected one of"),
        ({"name": ["x" * 99]}, r"name: expected a text, got \['xxx.{,40} \.\.\."),
    ],
)
def test_what_is_wrong(change: dict[str, Any], message: str) -> None:
    """The message says where, and what was expected."""
    value = {"name": "a", "share": 0.5, **change}
    value = {key: item for key, item in value.items() if item is not ...}
    with pytest.raises(ValueError, match=f"^{message}"):
        parse(Thing, value)

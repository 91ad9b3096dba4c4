"""The tree of errors, and records as builtins."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

import execnet
import numpy as np
import pytest
from fakes import a_record

import pytest_imgsim
from pytest_imgsim import errors
from pytest_imgsim.record import Record, RegionScore, Verdict


class Colour(str, Enum):
    """A text that is not exactly a str."""

    RED = "red"


FULL = a_record(
    warn_threshold=0.96875,
    score=0.5,
    global_score=0.75,
    regions=(RegionScore(1, 2, 3, 4, 0.5), RegionScore(5, 6, 7, 8, 0.9)),
    pixel_difference=0.25,
    ssim=0.875,
    actual_size=(10, 20),
    baseline_size=(10, 21),
    variant=2,
    ignored=0.125,
    actual="a.actual.png",
    baseline_copy="a.baseline.png",
    diff="a.diff.png",
    filled="a.filled.png",
    mask="a.mask.png",
    actual_sha256="00",
    model="fake",
    model_seconds=1.5,
    claimed=False,
    markers=("slow", "smoke"),
    message="told",
)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


@pytest.mark.parametrize("name", [n for n in errors.__dict__ if n.endswith("Error")])
def test_every_error_is_public_and_one_of_ours(name: str) -> None:
    """Each error is an ImgsimError and can be had from the package."""
    kind = getattr(pytest_imgsim, name)
    assert issubclass(kind, errors.ImgsimError)
    assert kind.__doc__
    assert name in pytest_imgsim.__all__


def test_all_public_names_exist() -> None:
    """What ``__all__`` promises can be had."""
    for name in pytest_imgsim.__all__:
        assert hasattr(pytest_imgsim, name)


def test_unknown_name_of_the_package() -> None:
    """A name that the package lacks is an AttributeError, in spite of lazy names."""
    name = "nothing"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(pytest_imgsim, name)


@pytest.mark.parametrize("record", [FULL, a_record(), a_record(verdict=Verdict.EQUAL, score=1.0)])
def test_round_trips(record: Record) -> None:
    """A record survives execnet and JSON unchanged."""
    data = record.to_dict()
    assert Record.from_dict(data) == record
    assert Record.from_dict(execnet.loads(execnet.dumps(data))) == record
    assert Record.from_dict(json.loads(json.dumps(data))) == record


def test_a_record_of_an_earlier_release() -> None:
    """What an earlier release did not know is at its default."""
    data = a_record().to_dict()
    for name in ("markers", "mask", "ignored"):
        del data[name]
    assert Record.from_dict(data) == a_record()


def test_every_field_is_in_the_dict() -> None:
    """No field is forgotten on the way."""
    assert list(FULL.to_dict()) == [field.name for field in fields(Record)]
    assert FULL.to_dict()["claimed"] is False


def test_subclasses_become_exact_builtins() -> None:
    """Numpy floats and enums of str travel as the builtin they stand for."""
    region = RegionScore(1, 2, 3, 4, np.float64(0.25))
    record = a_record(
        test=Colour.RED,
        score=np.float64(0.5),
        threshold=np.float64(0.95),
        regions=(region,),
        model_seconds=np.float64(2),
    )
    data = record.to_dict()
    assert {type(leaf) for leaf in leaves(data)} <= {str, int, float, bool, type(None)}
    again = Record.from_dict(execnet.loads(execnet.dumps(data)))
    assert again == record
    assert again.test == "red"


@pytest.mark.parametrize("value", [Path("x"), np.float32(0.5), np.int64(1), b"x", {1: 2}])
def test_refuses_what_is_no_builtin(value: Any) -> None:
    """What execnet would choke on is refused by name, not on the wire."""
    with pytest.raises(TypeError, match=f"holds builtins only, got {type(value).__name__}"):
        a_record(message=value).to_dict()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"verdict": "fine"}, ValueError),
        ({"colour": "red"}, TypeError),
        ({"regions": [{"x": 1}]}, TypeError),
    ],
)
def test_from_dict_refuses_other_versions(change: dict[str, Any], error: type[Exception]) -> None:
    """What another version wrote raises one of the documented errors."""
    with pytest.raises(error, match="fine|colour|missing"):
        Record.from_dict({**FULL.to_dict(), **change})


def test_from_dict_misses_a_key() -> None:
    """A dict without a verdict is a KeyError."""
    with pytest.raises(KeyError, match="verdict"):
        Record.from_dict({})


def test_is_frozen() -> None:
    """A record cannot be changed, only copied."""
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        FULL.score = 1.0  # type: ignore[misc]
    assert replace(FULL, score=0.1).score == 0.1
    assert FULL.score == 0.5


@pytest.mark.parametrize(
    ("verdict", "failed", "wrote"),
    [
        (Verdict.ERROR, True, False),
        (Verdict.MISSING, True, False),
        (Verdict.SIZE_CHANGED, True, False),
        (Verdict.FAILED, True, False),
        (Verdict.CREATED, False, True),
        (Verdict.UPDATED, False, True),
        (Verdict.PASSED, False, False),
        (Verdict.EQUAL, False, False),
    ],
)
def test_verdicts(verdict: Verdict, failed: bool, wrote: bool) -> None:
    """Each verdict knows whether it fails the test and whether it wrote a file."""
    assert verdict.failed is failed
    assert verdict.wrote is wrote
    assert a_record(verdict=verdict).passed is not failed


def test_region() -> None:
    """The first region is the worst one; without changes there is none."""
    assert FULL.region == RegionScore(1, 2, 3, 4, 0.5)
    assert a_record().region is None
    assert str(FULL.region) == "3x4 at (1, 2)"


def test_pictures() -> None:
    """The kept pictures are named by what they show, and can be replaced."""
    assert list(FULL.pictures) == ["actual", "baseline", "diff", "filled", "mask"]
    assert FULL.pictures["baseline"] == "a.baseline.png"
    assert FULL.with_pictures(FULL.pictures) == FULL
    moved = FULL.with_pictures({"diff": "b.diff.png"})
    assert (moved.actual, moved.diff, moved.score) == (None, "b.diff.png", FULL.score)
    assert a_record().pictures == {}

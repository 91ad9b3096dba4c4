"""Pairs of pictures whose scores, words and fingerprints are stored: what was tuned stays tuned."""

from __future__ import annotations

import pytest
from golden.pairs import PAIRS
from golden.values import COMMAND, PICTURES, Bench, moved, read

from pytest_imgsim.model.resnet50 import ResNet50


@pytest.fixture(scope="module")
def bench(model: ResNet50, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(model, tmp_path_factory.mktemp("golden"))


@pytest.mark.model
@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_is_as_stored(bench: Bench, name: str) -> None:
    """The verdict, each score, each region and its words are those that were reviewed."""
    changes = list(moved(read().get(name, {}), bench.values(name)))
    if changes:
        told = "\n  ".join([f"{name}: {PAIRS[name].shows}", *changes])
        pytest.fail(f"{told}\nif this is right, store it with: {COMMAND}", pytrace=False)


def test_what_moved_is_named() -> None:
    """A score that is within the tolerance has not moved; a region that has come or gone has."""
    stored = {"verdict": "failed", "score": 0.5, "regions": {"a": 0.5, "b": 0.25, "c": None}}
    found = {"verdict": "failed", "score": 0.5009, "regions": {"a": 0.502, "d": 0.25, "c": None}}
    assert list(moved(stored, stored)) == []
    assert list(moved(stored, found)) == [
        "regions a: 0.5 -> 0.502",
        "regions b: 0.25 -> absent",
        "regions d: absent -> 0.25",
    ]
    assert list(moved(found, {})) == [
        "verdict: failed -> absent",
        "score: 0.5009 -> absent",
        f"regions: {found['regions']} -> absent",
    ]


def test_all_pictures_are_used() -> None:
    """No picture and no stored value is left over, and all pictures together are small."""
    used = {side for pair in PAIRS.values() for side in (pair.actual, pair.baseline)}
    assert {path.stem for path in PICTURES.iterdir()} == used
    assert list(read()) == list(PAIRS)
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 500_000

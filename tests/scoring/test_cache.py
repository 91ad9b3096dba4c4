"""Scores of earlier runs: when they are used, and when they are not."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Bench, FakeModel, Pixels, UntouchableModel, flat, noise, png

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import weights
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.record import Verdict
from pytest_imgsim.scoring import cache
from pytest_imgsim.scoring.cache import ScoreCache, Scored

OLD = noise(40, 48)
NEW = OLD.copy()
NEW[8:16, 8:16] = 0


class Other(FakeModel):
    """Another model with the same eyes."""

    model_id = identity = "other"


class Unloadable(UntouchableModel):
    """Tells who it is, and fails the test when it is to see anything."""

    identity = "fake"
    seconds = 0.0


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with a baseline, and a memory."""
    made = Bench(tmp_path, memory=tmp_path / "memory")
    made.store(png(OLD))
    return made


def scored(folder: Path | None, a: Picture, b: Picture, model: Any) -> Scored:
    return ScoreCache(lambda: folder).compare(PicturePair(a, b), model)


def test_a_known_pair_is_not_scored_again(tmp_path: Path) -> None:
    """Another run gets the same scores, regions and model id, without the model."""
    pair = Picture(OLD), Picture(NEW)
    first = scored(tmp_path, *pair, FakeModel())
    again = scored(tmp_path, *pair, Unloadable())
    assert again == replace(first, cached=True)
    assert again.scores.regions
    assert again.scores.cells is None
    assert len(list(tmp_path.iterdir())) == 1


def changed(rgb: Pixels) -> Picture:
    out = rgb.copy()
    out[0, 0, 0] ^= 1
    return Picture(out)


OPAQUE = np.full(OLD.shape[:2], 255, np.uint8)


@pytest.mark.parametrize(
    ("a", "b", "model"),
    [
        (changed(OLD), Picture(NEW), FakeModel()),
        (Picture(OLD), changed(NEW), FakeModel()),
        (Picture(NEW), Picture(OLD), FakeModel()),
        (Picture(OLD), Picture(NEW, OPAQUE - 1), FakeModel()),
        (Picture(OLD.reshape(48, 40, 3)), Picture(NEW.reshape(48, 40, 3)), FakeModel()),
        (Picture(OLD), Picture(NEW), Other()),
    ],
    ids=["actual", "baseline", "order", "alpha", "size", "model"],
)
def test_what_makes_another_pair(tmp_path: Path, a: Picture, b: Picture, model: FakeModel) -> None:
    """A pixel, the opacity, the shape or the model: any of them is another entry."""
    scored(tmp_path, Picture(OLD), Picture(NEW), FakeModel())
    assert scored(tmp_path, a, b, model).model == model.model_id
    assert model.calls > 0
    assert len(list(tmp_path.iterdir())) == 2


def test_other_code_scores_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version has remembered is not used."""
    pair = Picture(OLD), Picture(NEW)
    scored(tmp_path, *pair, FakeModel())
    monkeypatch.setattr(cache, "_code_digest", lambda: "another")
    model = FakeModel()
    scored(tmp_path, *pair, model)
    assert model.calls > 0


def resealed(whole: bytes, **changes: Any) -> bytes:
    """Return an entry with other content, and the checksum that belongs to it."""
    body = json.dumps({**json.loads(whole.partition(b"\n")[2]), **changes}).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


REGION = {"x": 0, "y": 0, "width": 1, "height": 1}


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"\xff",
        lambda whole: whole[:-9],
        lambda whole: whole + b" ",
        lambda whole: whole.replace(b'"score"', b'"score" '),
        lambda whole: whole.partition(b"\n")[2],
        lambda _: b"[" * 90_000,
        lambda whole: whole + b" " * 200_000,
        lambda whole: resealed(whole, key="0" * 64),
        lambda whole: resealed(whole, score=None),
        lambda whole: resealed(whole, score=float("nan")),
        lambda whole: resealed(whole, score=True),
        lambda whole: resealed(whole, global_score=1.5),
        lambda whole: resealed(whole, model=5),
        lambda whole: resealed(whole, regions=[[1, 2]]),
        lambda whole: resealed(whole, regions=None),
        lambda whole: resealed(whole, regions=[{**REGION, "score": 7}]),
        lambda whole: resealed(whole, regions=[{**REGION, "score": "high"}]),
        lambda whole: resealed(whole, more=1),
    ],
)
def test_a_damaged_or_foreign_entry_is_overwritten(tmp_path: Path, damage: Any) -> None:
    """What is not an entry of this very pair counts for nothing, and is made anew."""
    pair = Picture(OLD), Picture(NEW)
    first = scored(tmp_path, *pair, FakeModel())
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    model = FakeModel()
    assert scored(tmp_path, *pair, model) == first
    assert model.calls > 0
    assert path.read_bytes() == whole


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    """Each bit of an entry counts: one that is flipped could turn a failure into a pass."""
    scored(tmp_path, Picture(OLD), Picture(NEW), FakeModel())
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    for place in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert cache._read(path, path.name) is None, place


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_an_entry_that_is_no_file(tmp_path: Path) -> None:
    """A named pipe in the place of an entry does not keep the run waiting."""
    pair = Picture(OLD), Picture(NEW)
    first = scored(tmp_path, *pair, FakeModel())
    [path] = tmp_path.iterdir()
    path.unlink()
    os.mkfifo(path)
    assert scored(tmp_path, *pair, FakeModel()) == first
    assert path.is_file()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Pictures are compared all the same."""
    (tmp_path / "file").write_bytes(b"")
    pair = Picture(OLD), Picture(NEW)
    expected = scored(None, *pair, FakeModel())
    assert scored(tmp_path / "file", *pair, FakeModel()) == expected
    assert scored(tmp_path / "file/deep", *pair, FakeModel()) == expected


def test_used_entries_are_younger(tmp_path: Path) -> None:
    """An entry that is used is not among those that go first."""
    pair = Picture(OLD), Picture(NEW)
    scored(tmp_path, *pair, FakeModel())
    [path] = tmp_path.iterdir()
    os.utime(path, (1, 1))
    scored(tmp_path, *pair, Unloadable())
    assert path.stat().st_mtime > 1


def test_what_passes_needs_no_model(bench: Bench) -> None:
    """A passing comparison of another run has the same record, and spent nothing in the model."""
    first = bench.check(NEW, threshold=0.0)
    bench.model = Unloadable()
    again = bench.check(NEW, threshold=0.0)
    assert first.verdict is Verdict.PASSED
    assert (first.model, first.model_seconds) == ("fake", 1.0)
    assert again == replace(first, model_seconds=0.0)


@pytest.mark.parametrize("warn", [None, 1.0])
def test_what_is_to_be_reviewed_is_compared_afresh(bench: Bench, warn: float | None) -> None:
    """A failure or warning has its heat map in every run."""
    levels = {"threshold": -1.0 if warn else 1.0, "warn_threshold": warn}
    first = bench.check(NEW, **levels)
    again = bench.check(NEW, **levels)
    assert first.verdict is (Verdict.WARNED if warn else Verdict.FAILED)
    assert again == first
    assert again.heat is not None
    assert again.model_seconds == 1.0


def test_the_masked_pixels_count(bench: Bench) -> None:
    """What is ignored may change without another comparison."""
    options = {"threshold": -1.0, "ignore": ((24, 0, 24, 8),)}
    first = bench.check(NEW, **options)
    bench.model = Unloadable()
    other = NEW.copy()
    other[0:8, 24:48] = 7
    assert bench.check(other, **options).score == first.score


def test_variants_that_do_not_fit_are_remembered_too(bench: Bench) -> None:
    """Where a variant passes, the main picture is not compared refresh for failing."""
    bench.baseline.with_name("test_cart~2.png").write_bytes(png(NEW))
    near = NEW.copy()
    near[0, 0, 0] ^= 1
    bench.store(png(flat(40, 48, (10, 90, 250))))
    first = bench.check(near)
    assert (first.verdict, first.variant) == (Verdict.PASSED, 2)
    bench.model = Unloadable()
    assert bench.check(near) == replace(first, model_seconds=0.0)


def test_equal_pictures_leave_no_trace(bench: Bench) -> None:
    """Nothing is remembered of equal bytes or pixels."""
    bench.model = UntouchableModel()
    assert bench.check(OLD).verdict is Verdict.EQUAL
    assert bench.check(png(OLD)).verdict is Verdict.EQUAL
    assert not (bench.root / "memory").exists()


def test_a_model_is_known_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tells models apart is had without reading the bundled weights, and without Keras."""
    monkeypatch.setattr(weights, "bundled", UntouchableModel())
    monkeypatch.setattr(ResNet50, "model", UntouchableModel())
    bundled = ResNet50()
    assert bundled.identity == bundled.model_id
    assert bundled.seconds == 0
    seen = {bundled.identity, ResNet50("imagenet").identity}
    for content in (b"one", b"other"):
        (tmp_path / "mine.weights.h5").write_bytes(content)
        seen.add(ResNet50("mine.weights.h5", root=tmp_path).identity)
        assert ResNet50("mine.weights.h5", root=tmp_path).identity in seen
    assert len(seen) == 4
    with pytest.raises(WeightsError, match="there is no file"):
        _ = ResNet50("none.h5", root=tmp_path).identity

"""What is kept of the masks of a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Bench, a_test, flat, noise, png
from PIL import Image

from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.record import Verdict
from pytest_imgsim.results.content import Results

OLD = flat(40, 50)
NEW = OLD.copy()
NEW[8:16, 8:16] = 0
MASK = {"ignore": (Box(30, 20, 10, 20),)}
WARN = {"threshold": -1.0, "warn_threshold": 1.0}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with a baseline."""
    bench = Bench(tmp_path)
    bench.store(png(OLD))
    return bench


@pytest.mark.parametrize(("levels", "verdict"), [({}, Verdict.FAILED), (WARN, Verdict.WARNED)])
def test_a_mask_is_kept(bench: Bench, levels: dict[str, Any], verdict: Verdict) -> None:
    """A failure or warning keeps what was ignored, as a picture of the compared one's size."""
    record = bench.check(NEW, **MASK, **levels)
    assert record.verdict is verdict
    assert record.ignored == 0.1
    with Image.open(bench.root / f"imgsim-results/{record.mask}") as image:
        alpha = np.asarray(image)[:, :, 3]
    assert alpha.shape == OLD.shape[:2]
    assert (alpha[20:40, 30:40] > 0).all()
    assert (alpha > 0).sum() == 200


@pytest.mark.parametrize(("new", "verdict"), [(noise(40, 50), "passed"), (NEW, "equal")])
def test_what_passes_tells_the_share_alone(bench: Bench, new: Any, verdict: str) -> None:
    """What passes tells how much of it was ignored, and keeps no picture."""
    masks = (Box(8, 8, 8, 8),) if verdict == "equal" else MASK["ignore"]
    record = bench.check(new, ignore=masks, threshold=0.0)
    assert record.verdict.value == verdict
    assert record.ignored == {"passed": 0.1, "equal": 64 / 2000}[verdict]
    assert record.mask is None
    assert not (bench.root / "imgsim-results").exists()


def test_without_a_mask(bench: Bench) -> None:
    """Where nothing is ignored, or masks are not looked at, there is nothing to tell."""
    plain = bench.check(NEW)
    assert (plain.ignored, plain.mask) == (None, None)
    resized = bench.check(flat(41, 50), **MASK)
    assert (resized.verdict, resized.ignored) == (Verdict.SIZE_CHANGED, None)
    same = bench.check(png(OLD), **MASK)
    assert (same.verdict, same.ignored) == (Verdict.EQUAL, None)


def test_the_mask_of_an_earlier_run_goes(bench: Bench) -> None:
    """A mask that is not there any more leaves no picture behind."""
    for options in (MASK, {}):
        session = bench.session(**options)
        session.check(a_test(), NEW)
        session.results.write(Results(session.records), root=bench.root, version="0")
    assert not any(name.endswith(".mask.png") for name in bench.files())

"""What a failure leaves behind: the kinds of its regions, and its fingerprint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes import Bench, Pixels, filled, flat, noise, page, png

from pytest_imgsim.record import Record, Verdict

PAGE = page((20, 30, "Orders of today"), (20, 60, "Total 1204.50"))
RED, BLUE, PALE = (200, 30, 30), (30, 60, 160), (250, 246, 246)


def compared(bench: Bench, before: Pixels, after: Pixels, **settings: Any) -> Record:
    """Return the record of a comparison."""
    bench.store(png(before))
    return bench.check(after, **settings)


def words(record: Record) -> list[str]:
    """Return what became of each region."""
    return [region.words for region in record.regions]


def test_each_region_has_its_kind(bench: Bench) -> None:
    """The worst region comes first, and all say what became of them."""
    after = filled(filled(PAGE, (160, 120, 40, 20), RED), (200, 180, 30, 30), PALE)
    record = compared(bench, PAGE, after)
    assert record.verdict is Verdict.FAILED
    assert words(record) == ["added", "added"]
    assert record.regions[0].score == record.score
    assert str(record.region) == "40x20 at (160, 120)"


def test_a_warning_is_explained_too(bench: Bench) -> None:
    """What passes below the warn threshold has kinds and a fingerprint; what passes has none."""
    after = filled(PAGE, (200, 184, 32, 32), PALE)
    warned = compared(bench, PAGE, after, threshold=0.0, warn_threshold=1.0)
    assert (warned.verdict, words(warned)) == (Verdict.WARNED, ["added"])
    assert warned.fingerprint
    passed = compared(bench, PAGE, after, threshold=0.0)
    assert (passed.verdict, words(passed), passed.fingerprint) == (Verdict.PASSED, [""], "")


def test_what_passes_is_not_in_the_fingerprint(bench: Bench) -> None:
    """Noise elsewhere, which passes by itself, makes no other change of the same one."""
    after = filled(PAGE, (160, 120, 40, 16), RED)
    noisy = after.copy()
    noisy[200:216, 8:24] -= 1
    first, second = compared(bench, PAGE, after), compared(bench, PAGE, noisy)
    assert len(second.regions) == 2
    assert first.fingerprint == second.fingerprint != ""


def test_a_push_has_the_worst_score(bench: Bench) -> None:
    """The one finding has the score of the comparison, wherever its worst cell lies."""
    body = noise(150, 200, 3)
    before, after = (flat(200, 200, (255, 255, 255)) for _ in range(2))
    before[10:160] = body
    after[:] = np.concatenate([flat(20, 200, RED), before[:180]])
    record = compared(bench, before, after)
    assert words(record) == ["added; what is below moved down by 20 px"]
    assert record.regions[0].score == record.score
    assert record.pixel_difference == pytest.approx(0.1)


def test_a_push_is_boxed_and_filled_alone(bench: Bench) -> None:
    """The pictures that are kept show the banner, not all that it pushed."""
    from PIL import Image

    before = np.concatenate([flat(20, 200, (255, 255, 255)), noise(180, 200, 3)])
    after = np.concatenate([before[:20], flat(20, 200, BLUE), before[20:180]])
    record = compared(bench, before, after)
    filled_path = bench.root / "imgsim-results" / str(record.filled)
    with Image.open(filled_path) as image:
        shown = np.asarray(image.convert("RGB"))
    red = (shown == (220, 38, 38)).all(axis=2).any(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(red), np.arange(20, 40))


def test_more_changes_than_are_named(bench: Bench) -> None:
    """With more regions than a record holds, all of them count for what is the same change."""
    spots = [(8 + 24 * (n % 12), 88 + 24 * (n // 12), 8, 8) for n in range(36)]
    many = flat(200, 320)
    for spot in spots:
        many = filled(many, spot, RED)
    other = filled(many, spots[-1], (220, 30, 30))
    first, second = (compared(bench, flat(200, 320), rgb) for rgb in (many, other))
    assert len(first.regions) == len(second.regions) == 20
    assert first.fingerprint != second.fingerprint


def test_opacity_has_no_fingerprint(bench: Bench) -> None:
    """Where the opacity changed, colours do not tell one change from another."""
    rgb, alpha = noise(64, 64), np.full((64, 64), 255, np.uint8)
    bench.store(png(rgb, alpha))
    alpha = alpha.copy()
    alpha[8:24, 8:24] = 0
    record = bench.check(png(rgb, alpha))
    assert record.verdict is Verdict.FAILED
    assert (words(record), record.fingerprint) == (["changed"], "")


def test_a_new_picture_has_nothing_to_explain(bench: Bench) -> None:
    """Without a baseline there is no change."""
    record = bench.check(PAGE)
    assert (record.verdict, record.regions, record.fingerprint) == (Verdict.MISSING, (), "")

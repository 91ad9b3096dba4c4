"""Whether the same renderer drew both pictures, and what that does to the score."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeModel, Pixels, compared, flat, noise

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.formula import RERENDERED_SHARE, weights
from pytest_imgsim.scoring.same_renderer import same_renderer


def between(a: Pixels, b: Pixels) -> float:
    changed = differing(a, b)
    assert same_renderer(a, b, changed) == same_renderer(b, a, changed)
    return same_renderer(a, b, changed)


def brighter(rgb: Pixels, cells: int, bit: int = 128) -> Pixels:
    """Return the pixels with a part of as many cells, in reading order, changed."""
    out = rgb.copy()
    for number in range(cells):
        row, column = divmod(number, rgb.shape[1] // 8)
        out[8 * row : 8 * row + 4, 8 * column : 8 * column + 4] ^= bit
    return out


def test_one_change_on_a_still_picture_counts_most() -> None:
    """The fewer of the drawn cells differ, the nearer to the most it is."""
    rgb = noise(160, 160)
    found = [between(rgb, brighter(rgb, cells)) for cells in (1, 10, 20, 39)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1, abs=0.03)
    assert found[-1] == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("cells", [40, 41, 200, 400])
def test_noise_everywhere_is_not_still(cells: int) -> None:
    """From a tenth of the drawn cells on, it may have been another machine."""
    rgb = noise(160, 160)
    assert cells >= RERENDERED_SHARE * 400
    assert between(rgb, brighter(rgb, cells)) == 0


@pytest.mark.parametrize("shape", [(160, 160), (155, 157)])
def test_a_border_all_around_is_one_change(shape: tuple[int, int]) -> None:
    """The outermost pixels are in many cells, but stand for one line."""
    a, b = noise(*shape), noise(*shape)
    b[[0, -1]] ^= 128
    b[:, [0, -1]] ^= 128
    beyond = [(0, -side % 8) for side in (*shape, 8)]
    wide_a, wide_b = (np.pad(rgb, beyond, mode="edge") for rgb in (a, b))
    changed = differing(wide_a, wide_b)
    assert same_renderer(wide_a, wide_b, changed, shape) == 1
    b[1] ^= 128
    wide_b = np.pad(b, beyond, mode="edge")
    assert same_renderer(wide_a, wide_b, differing(wide_a, wide_b), shape) < 1


@pytest.mark.parametrize(("pixels", "levels"), [(1, 255), (2, 255), (5, 119)])
def test_a_stray_pixel_tells_nothing(pixels: int, levels: int) -> None:
    """What is hardly there is not made more of, however still the rest is."""
    a = noise(160, 160)
    a[:8, :8] = 0
    b = a.copy()
    b[0, :pixels] = levels
    assert between(a, b) == 0
    b[1, :pixels] = levels
    b[2, :pixels] = levels
    assert between(a, b) > 0


def test_empty_ground_says_nothing() -> None:
    """What is empty would look the same on every machine: only what is drawn is counted."""
    rgb = flat(160, 160)
    rgb[:16, :16] = noise(16, 16)
    assert between(rgb, brighter(rgb, 1)) == 0


def test_a_flat_change_counts_as_drawn() -> None:
    """An area of another colour is a difference, though neither side has anything drawn in it."""
    a, b = flat(80, 80), flat(80, 80)
    b[40:48, 40:48] = 0
    assert between(a, b) == 0


def test_a_change_scores_lower_on_a_still_page_than_on_a_noisy_one() -> None:
    """The same changed word is less alike where nothing else has changed."""
    page = noise(160, 160)
    changed = page.copy()
    changed[80:88, 80:88] //= 2
    elsewhere = brighter(changed, 100, 1)
    still = compared(Picture(page), Picture(changed), FakeModel())
    noisy = compared(Picture(page), Picture(elsewhere), FakeModel())
    assert still.score < noisy.score < 1
    [alone], [among_noise, *_] = still.regions, noisy.regions
    assert alone.cosine == among_noise.cosine
    same = same_renderer(page, changed, differing(page, changed))
    assert alone.weight == pytest.approx(weights(same, among_noise.weight))
    assert (alone.reason, among_noise.reason) == ("same renderer", "re-rasterised")

"""Which parts of two pictures the network has to see."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_imgsim.model.resnet50 import RECEPTIVE_RADIUS as RADIUS
from pytest_imgsim.pictures.picture import Mask
from pytest_imgsim.scoring import tiles as module
from pytest_imgsim.scoring.tiles import ALIGNMENT, tiles


def changed(shape: tuple[int, int], *boxes: tuple[int, int, int, int]) -> Mask:
    """Return a picture's changed pixels: boxes of left, top, width and height."""
    out = np.zeros(shape, dtype=np.bool_)
    for left, top, width, height in boxes:
        out[top : top + height, left : left + width] = True
    return out


def scattered(shape: tuple[int, int], seed: int) -> Mask:
    """Return some drawn pixels."""
    draw = np.random.default_rng(seed)
    return np.asarray(draw.random(shape) < draw.choice([1e-5, 1e-4, 1e-3]))


def area(mask: Mask, receptive_radius: int = RADIUS) -> int:
    """Return how many pixels the network works on."""
    return sum(window.cut(mask).size for window in tiles(mask, receptive_radius))


@pytest.mark.parametrize("shape", [(8, 8), (104, 400), (800, 1280), (2400, 640), (64, 4000)])
@pytest.mark.parametrize("receptive_radius", [0, 7, 8, RADIUS, 49])
@pytest.mark.parametrize("seed", range(3))
def test_every_cell_that_may_differ_is_in_a_core(
    shape: tuple[int, int], receptive_radius: int, seed: int
) -> None:
    """A cell with a changed pixel in reach is in a core, and its core sees all in its reach."""
    mask = scattered(shape, seed)
    mask[-1, -1] = True
    inside = np.zeros((shape[0] // ALIGNMENT, shape[1] // ALIGNMENT), dtype=np.bool_)
    for window in tiles(mask, receptive_radius):
        inside[window.cells(ALIGNMENT)] = True
        for (start, stop), (first, last), length in zip(
            window.core, window.outer, shape, strict=True
        ):
            assert first <= max(start - receptive_radius, 0)
            assert last >= min(stop - ALIGNMENT + receptive_radius + 1, length)
            assert {start % ALIGNMENT, stop % ALIGNMENT, first % ALIGNMENT, last % ALIGNMENT} == {0}
    for row, column in np.argwhere(~inside)[::7]:
        top, left = int(row) * ALIGNMENT, int(column) * ALIGNMENT
        near = mask[
            max(top - receptive_radius, 0) : top + receptive_radius + 1,
            max(left - receptive_radius, 0) : left + receptive_radius + 1,
        ]
        assert not near.any()


def test_own_cells_are_the_cells() -> None:
    """What a window's map holds for its core is what the picture's map holds there."""
    numbers = np.arange(800 * 1280).reshape(800, 1280)
    for window in tiles(changed((800, 1280), (300, 200, 9, 9), (900, 700, 50, 2)), RADIUS):
        own = window.cut(numbers)[::4, ::4][window.own_cells(4)]
        assert np.array_equal(own, numbers[::4, ::4][window.cells(4)])


def test_no_change_needs_no_window() -> None:
    """Equal pictures are not looked at."""
    assert tiles(changed((80, 80)), RADIUS) == []


def test_a_change_of_every_pixel_is_one_window() -> None:
    """Where all of a picture has changed, it is worked on in one piece, without any margin."""
    [window] = tiles(changed((400, 1280), (0, 0, 1280, 400)), RADIUS)
    assert window.core == window.outer == ((0, 400), (0, 1280))


def test_changes_far_apart_have_windows_of_their_own() -> None:
    """Two small changes cost what two cost, and neighbouring ones share a window."""
    one = changed((800, 1280), (640, 200, 20, 20))
    apart = changed((800, 1280), (200, 200, 20, 20), (1000, 600, 20, 20))
    near = changed((800, 1280), (640, 200, 20, 20), (670, 200, 20, 20))
    assert [len(tiles(mask, RADIUS)) for mask in (one, apart, near)] == [1, 2, 1]
    assert area(apart) <= 2.2 * area(one)
    assert area(near) <= 1.5 * area(one)


def test_a_frame_costs_less_than_the_page() -> None:
    """A border around the page leaves its middle out."""
    frame = changed((800, 1280), (0, 0, 1280, 800))
    frame[2:-2, 2:-2] = False
    assert area(frame) < 0.8 * 800 * 1280


@pytest.mark.parametrize("seed", range(8))
def test_windows_never_cost_much_more_than_the_page(seed: int) -> None:
    """However the changes lie, windows are not the dearer way."""
    assert area(scattered((800, 1280), seed)) <= 1.05 * 800 * 1280


def test_a_long_page_is_cut() -> None:
    """No core is larger than the largest, so that memory is bounded."""
    found = tiles(changed((12000, 2560), (0, 0, 2560, 12000)), RADIUS)
    assert len(found) == 60
    rows, columns = module.LARGEST
    for window in found:
        (top, bottom), (left, right) = window.core
        assert bottom - top <= rows * ALIGNMENT
        assert right - left <= columns * ALIGNMENT
    assert (
        sum(window.cut(np.ones((12000, 2560), bool)).size for window in found) < 1.3 * 12000 * 2560
    )

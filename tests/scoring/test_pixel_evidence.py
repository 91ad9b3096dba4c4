"""How much of a change the pixels confirm."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import Pixels, flat, noise

from pytest_imgsim.scoring.formula import FULL_SHADE_LEVELS, MIN_CONTRAST, MIN_WEIGHT
from pytest_imgsim.scoring.pixel_evidence import pixel_evidence

STRIDE = 4
#: Cells that see nothing of the edge.
INSIDE = (slice(3, -3), slice(3, -3))


def drawn(seed: int = 0) -> Pixels:
    """Return a picture of squares of any grey."""
    rough = np.random.default_rng(seed).integers(0, 256, (12, 16), dtype=np.uint8)
    return np.repeat(np.kron(rough, np.ones((8, 8), np.uint8))[:, :, None], 3, axis=2)


def strokes(shape: tuple[int, int] = (96, 128), width: int = 1, grey: int = 60) -> Pixels:
    """Return a picture of thin lines on white, as text is."""
    rgb = flat(*shape)
    for first in range(width):
        rgb[first + 1 :: 7] = grey
        rgb[:, first + 1 :: 6] = grey
    return rgb


def test_equal_pictures_have_the_least() -> None:
    """Nothing speaks for a change."""
    found = pixel_evidence(drawn(), drawn(), STRIDE)
    assert found.shape == (24, 32)
    assert (found == MIN_WEIGHT).all()


def test_other_content_is_whole_evidence() -> None:
    """What is nowhere near in the other picture counts whole."""
    assert (pixel_evidence(drawn(1), 255 - drawn(1), STRIDE) > 0.9).mean() > 0.5
    assert (pixel_evidence(flat(96, 128), np.zeros((96, 128, 3), np.uint8), STRIDE) == 1).all()


@pytest.mark.parametrize(("down", "across"), [(0, 1), (1, 0), (-1, 1), (1, 1)])
def test_one_pixel_aside_is_no_evidence(down: int, across: int) -> None:
    """What is found again one pixel away is no more than another machine's drawing."""
    moved = np.roll(strokes(), (down, across), axis=(0, 1))
    assert (pixel_evidence(strokes(), moved, STRIDE)[INSIDE] == MIN_WEIGHT).all()


@pytest.mark.parametrize("shape", [(96, 128), (95, 127), (90, 121)])
@pytest.mark.parametrize("turn", range(4))
def test_what_comes_in_at_the_edge_is_no_evidence(shape: tuple[int, int], turn: int) -> None:
    """A page one pixel aside shows a line of what lies beyond it, on any side."""
    rgb = strokes(shape)
    moved = np.roll(np.rot90(rgb, turn), 1, axis=0)
    moved[0] = 0
    beyond = [(0, -side % STRIDE) for side in (*shape, 3 * STRIDE)]
    a, b = (np.pad(pixels, beyond, mode="edge") for pixels in (rgb, np.rot90(moved, -turn)))
    assert (pixel_evidence(a, b, STRIDE, shape) == MIN_WEIGHT).all()
    b[20:32, 40:52] = 0
    assert (pixel_evidence(a, b, STRIDE, shape) > MIN_WEIGHT).any()


@pytest.mark.parametrize("other", [strokes(width=2), strokes(grey=160)], ids=["bold", "faded"])
def test_another_shade_is_evidence(other: Pixels) -> None:
    """What differs by more than where its lines lie does not hide behind that."""
    moved = np.roll(other, 1, axis=1)
    assert (pixel_evidence(strokes(), moved, STRIDE)[INSIDE] > MIN_WEIGHT).all()


def test_a_heavy_stroke_one_pixel_aside_is_no_evidence() -> None:
    """Large bold letters are other shades on either side of a pixel, but by no more than that."""
    bold = flat(96, 128, (255, 255, 255))
    bold[30:60, 50:56] = 20
    for moved in (np.roll(bold, 1, axis=1), np.roll(bold, -1, axis=0)):
        assert (pixel_evidence(bold, moved, STRIDE) == MIN_WEIGHT).all()
    assert (pixel_evidence(bold, np.roll(bold, 3, axis=1), STRIDE) > MIN_WEIGHT).any()


def test_three_pixels_aside_are_evidence() -> None:
    """What has moved further has moved."""
    rgb = drawn()
    assert (pixel_evidence(rgb, np.roll(rgb, 3, axis=1), STRIDE) > MIN_WEIGHT).mean() > 0.5


@pytest.mark.parametrize("shape", [(96, 128), (16, 8), (8, 640)])
def test_symmetric(shape: tuple[int, int]) -> None:
    """The order of the two does not matter, to the last bit; something new is new either way."""
    a, b = flat(*shape), noise(*shape)
    np.testing.assert_array_equal(pixel_evidence(a, b, STRIDE), pixel_evidence(b, a, STRIDE))


def test_it_stays_where_the_change_is() -> None:
    """Cells further away than their own surroundings do not hear of it."""
    a, b = flat(96, 128), flat(96, 128)
    b[40:52, 60:72] = 0
    found = pixel_evidence(a, b, STRIDE)
    assert found[11, 16] == 1
    rows, columns = np.nonzero(found > MIN_WEIGHT)
    assert rows.min() >= 8
    assert rows.max() <= 14
    assert columns.min() >= 13
    assert columns.max() <= 19


def test_it_grows_with_the_levels() -> None:
    """Where hardly anything is drawn, up to the least share of `FULL_SHADE_LEVELS` levels."""
    a = flat(32, 32, (100, 100, 100))
    for levels in (1, 3, 4, 5, 6, 60):
        b = flat(32, 32, (100 + levels,) * 3)
        expected = min(max(levels / FULL_SHADE_LEVELS / MIN_CONTRAST, MIN_WEIGHT), 1)
        assert pixel_evidence(a, b, STRIDE)[INSIDE] == pytest.approx(expected)


def test_pale_letters_count_as_black_ones() -> None:
    """What is left between two pictures is held against their contrast, within limits."""
    dots, moved = flat(48, 48, (120, 120, 120)), flat(48, 48, (120, 120, 120))
    dots[::4, ::4] = 0
    moved[2::4, 2::4] = 0
    found = pixel_evidence(dots, moved, STRIDE)
    assert ((found > MIN_WEIGHT) & (found < 1)).all()
    for divisor in (2, 3):
        np.testing.assert_allclose(pixel_evidence(dots // divisor, moved // divisor, STRIDE), found)
    assert (pixel_evidence(dots // 6, moved // 6, STRIDE) < found).all()
    assert (pixel_evidence(dots * 2, moved * 2, STRIDE) > found).all()


@pytest.mark.parametrize("stride", [4, 8, 16])
def test_any_stride(stride: int) -> None:
    """Black on white is the most that can be; no sum runs over, whatever the cells."""
    white, black = flat(64, 96), np.zeros((64, 96, 3), np.uint8)
    assert (pixel_evidence(white, black, stride) == 1).all()
    assert pixel_evidence(white, black, stride).shape == (64 // stride, 96 // stride)


def test_a_cut_gives_what_the_whole_picture_gives() -> None:
    """Three cells inside its edge, a window has the values of the whole picture."""
    a, b = noise(160, 160), noise(160, 160) // 2
    whole = pixel_evidence(a, b, STRIDE)
    part = pixel_evidence(a[32:96, 48:144], b[32:96, 48:144], STRIDE)
    np.testing.assert_array_equal(part[3:-3, 3:-3], whole[11:21, 15:33])

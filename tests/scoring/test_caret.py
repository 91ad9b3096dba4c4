"""A lone text caret is known for what it is, and nothing else is taken for one."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeModel, Pixels, UntouchableModel, compared, flat, noise

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.rect import Rect
from pytest_imgsim.scoring.caret import lone_caret
from pytest_imgsim.scoring.formula import CARET_SCORE


def page() -> Pixels:
    """Return white ground with something like letters in the middle."""
    rgb = flat(80, 120, (255, 255, 255))
    rgb[30:40, 40:80] = noise(10, 40) // 2 + 128
    return rgb


def with_line(rgb: Pixels, x: int, y: int, width: int, height: int, grey: int = 20) -> Pixels:
    out = rgb.copy()
    out[y : y + height, x : x + width] = grey
    return out


def found(a: Pixels, b: Pixels) -> Rect | None:
    box = lone_caret(a, b, differing(a, b))
    assert lone_caret(b, a, differing(a, b)) == box
    return box


@pytest.mark.parametrize(("width", "height"), [(1, 9), (1, 17), (2, 34), (1, 48)])
@pytest.mark.parametrize("x", [0, 5, 50, 118])
def test_a_caret_is_found(width: int, height: int, x: int) -> None:
    """An upright line of one colour is a caret, on empty ground and over letters."""
    assert found(page(), with_line(page(), x, 25, width, height)) == Rect(x, 25, width, height)


def test_a_light_caret_on_dark_ground() -> None:
    """A dark page has a light caret."""
    dark = flat(40, 40, (20, 20, 30))
    assert found(dark, with_line(dark, 10, 10, 1, 16, 240)) == Rect(10, 10, 1, 16)


@pytest.mark.parametrize(
    ("width", "height", "grey"),
    [(3, 17, 20), (1, 8, 20), (1, 49, 20), (17, 1, 20), (5, 5, 20), (1, 1, 0), (1, 17, 200)],
)
def test_other_shapes_are_none(width: int, height: int, grey: int) -> None:
    """A box, a dot, a line that lies, is too short or too long, or is faint, is something else."""
    assert found(page(), with_line(page(), 10, 20, width, height, grey)) is None


def test_a_line_of_several_colours_is_none() -> None:
    """A letter's stem fades at its ends."""
    changed = with_line(page(), 10, 20, 1, 16)
    changed[20, 10] = 90
    assert found(page(), changed) is None


def test_a_caret_and_another_change_are_none() -> None:
    """Beside any other change a caret is one of the changes."""
    changed = with_line(page(), 10, 20, 1, 16)
    changed[70, 100] = 0
    assert found(page(), changed) is None


def test_a_picture_no_wider_than_a_caret_has_none() -> None:
    """Nothing is left beside it to stand out from."""
    assert found(flat(20, 1, (255, 255, 255)), flat(20, 1, (0, 0, 0))) is None


def test_equal_pictures_have_none() -> None:
    """Without a difference there is nothing to find."""
    assert found(page(), page()) is None


def test_transparency_is_no_caret() -> None:
    """A line that differs in opacity alone is compared as always."""
    alpha = np.full((80, 120), 255, np.uint8)
    alpha[20:36, 10] = 0
    scores = compared(Picture(page()), Picture(page(), alpha), FakeModel())
    assert scores.score != CARET_SCORE


def test_its_score() -> None:
    """A caret passes all thresholds but the strictest and is the region; no model is asked."""
    changed = with_line(page(), 10, 20, 1, 16)
    scores = compared(Picture(page()), Picture(changed), UntouchableModel())
    [region] = scores.regions
    assert (region.x, region.y, region.width, region.height) == (10, 20, 1, 16)
    assert scores.score == region.score == CARET_SCORE < 1
    assert region.reason == "text caret"
    assert scores.cells is None
    assert scores.global_score is region.cosine is region.weight is None


def test_equality_comes_first() -> None:
    """Equal pictures are equal, caret or not."""
    assert compared(Picture(page()), Picture(page()), UntouchableModel()).score == 1.0

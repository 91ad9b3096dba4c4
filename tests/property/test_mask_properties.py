"""Masks, for boxes of any place and size."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import noise
from hypothesis import given
from hypothesis import strategies as st

from pytest_imgsim.errors import MaskError
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.masks import MASK_COLOUR, apply_mask, union_mask
from pytest_imgsim.pictures.picture import Mask, Picture

#: Eighths of a pixel, which binary fractions hold exactly.
PLACES = st.integers(-40, 160).map(lambda eighths: eighths / 8)
EXTENTS = st.integers(1, 160).map(lambda eighths: eighths / 8)
BOXES = st.builds(Box, PLACES, PLACES, EXTENTS, EXTENTS)
SIZES = st.tuples(st.integers(1, 14), st.integers(1, 14))


def touched(box: Box, size: tuple[int, int]) -> Mask:
    """Return the pixels that have any area in common with a box."""
    column, row = np.arange(size[0]), np.arange(size[1])
    across = (column < box.x + box.width) & (box.x < column + 1)
    down = (row < box.y + box.height) & (box.y < row + 1)
    return np.logical_and.outer(down, across)


@given(BOXES, SIZES)
def test_a_box_covers_the_pixels_it_touches(box: Box, size: tuple[int, int]) -> None:
    """A pixel of which a box has any part is covered, and no other."""
    np.testing.assert_array_equal(box.mask(size), touched(box, size))


@given(BOXES, SIZES)
def test_shares_of_the_sides_are_pixels(box: Box, size: tuple[int, int]) -> None:
    """A box given as shares covers what the same one in pixels does, whatever rounding does."""
    across, down = size
    shares = (box.x / across, box.y / down, box.width / across, box.height / down)
    np.testing.assert_array_equal(Box.fraction(*shares).mask(size), box.mask(size))


@given(st.lists(BOXES, min_size=1, max_size=3), SIZES)
def test_several_boxes_add_up_and_nothing_else_is_hidden(
    boxes: list[Box], size: tuple[int, int]
) -> None:
    """All that any box touches has the mask's colour, and all else its own."""
    masks = [touched(box, size) for box in boxes]
    expected = np.logical_or.reduce(masks)
    if expected.all() or not all(mask.any() for mask in masks):
        with pytest.raises(MaskError, match="covers no pixel|hide the whole"):
            union_mask(boxes, size)
        return
    picture = Picture(noise(size[1], size[0]))
    shown = apply_mask(picture, union_mask(boxes, size)).rgb
    assert (shown[expected] == MASK_COLOUR).all()
    np.testing.assert_array_equal(shown[~expected], picture.rgb[~expected])

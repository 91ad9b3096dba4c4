"""Areas to ignore, and the regions that differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes import flat, noise

from pytest_imgsim.errors import MaskError
from pytest_imgsim.pictures.boxes import Box, Polygon
from pytest_imgsim.pictures.changed import changed_boxes
from pytest_imgsim.pictures.convert import from_array
from pytest_imgsim.pictures.masks import MASK_COLOUR, Area, MaskImage, apply_mask, union_mask
from pytest_imgsim.pictures.picture import Picture, opacity


def covered(area: Area, size: tuple[int, int] = (10, 8)) -> tuple[int, int, int, int]:
    """Return the covered rectangle as (left, top, right, bottom), right and bottom excluded."""
    mask = area.mask(size)
    assert mask.shape == (size[1], size[0])
    assert mask.dtype == np.bool_
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1
    assert mask.sum() == (box[2] - box[0]) * (box[3] - box[1])
    return box


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(0, 0, 1, 1), (0, 0, 1, 1)),
        (Box(2, 3, 4, 5), (2, 3, 6, 8)),
        (Box(0, 0, 10, 8), (0, 0, 10, 8)),
        (Box(2.5, 3.5, 1, 1), (2, 3, 4, 5)),
        (Box(2.2, 3, 0.1, 1), (2, 3, 3, 4)),
        (Box(2.0000001, 3, 0.9999999, 1), (2, 3, 3, 4)),
        (Box(-5, -5, 7, 6), (0, 0, 2, 1)),
        (Box(8, 6, 100, 100), (8, 6, 10, 8)),
        (Box.fraction(0.5, 0.25, 0.5, 0.5), (5, 2, 10, 6)),
        (Box.fraction(0.1, 0, 0.2, 1), (1, 0, 3, 8)),
        (Box.fraction(-1, -1, 1.1, 1.125), (0, 0, 1, 1)),
    ],
)
def test_box(box: Box, expected: tuple[int, int, int, int]) -> None:
    """A box covers every pixel that it touches, as far as the picture reaches."""
    assert covered(box) == expected


@pytest.mark.parametrize("size", [(1280, 2), (1279, 1), (3, 7)])
def test_fractions_do_not_grow_by_rounding(size: tuple[int, int]) -> None:
    """Ten boxes of a tenth each cover each pixel column once where the tenth is whole."""
    if size[0] % 10:
        boxes = [Box.fraction(i / size[0], 0, 1 / size[0], 1) for i in range(size[0])]
    else:
        boxes = [Box.fraction(i / 10, 0, 0.1, 1) for i in range(10)]
    times = np.sum([box.mask(size) for box in boxes], axis=0)
    assert times.min() == times.max() == 1


@pytest.mark.parametrize("numbers", [(0, 0, 0, 1), (0, 0, 1, 0), (0, 0, -1, 1)])
def test_box_without_extent(numbers: tuple[int, int, int, int]) -> None:
    """A box of no width or height is refused when it is made."""
    with pytest.raises(MaskError, match=r"Box\(x=0.*expected a width and a height above 0"):
        Box(*numbers)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_box_that_is_not_finite(bad: float) -> None:
    """A box with NaN or infinity is refused when it is made."""
    with pytest.raises(MaskError, match="expected four finite numbers"):
        Box(0, bad, 1, 1)


@pytest.mark.parametrize("area", [Box(10, 0, 5, 5), Box(0, -9, 5, 9), Box.fraction(1, 0, 1, 1)])
def test_area_outside(area: Area) -> None:
    """An area beside the picture is a mistake, which is told with the picture's size."""
    with pytest.raises(MaskError, match=r"ignore=Box\(.*covers no pixel of the 10 x 8 picture"):
        union_mask([Box(0, 0, 1, 1), area], (10, 8))


@pytest.mark.parametrize(
    "areas",
    [
        [Box.fraction(0, 0, 1, 1)],
        [Box(0, 0, 10, 4), Box(0, 4, 10, 4)],
        [MaskImage(Picture(flat(8, 10, (255,) * 3)))],
    ],
)
def test_hiding_everything(areas: list[Area]) -> None:
    """Areas that leave nothing to compare are refused."""
    with pytest.raises(MaskError, match="hide the whole 10 x 8 picture"):
        union_mask(areas, (10, 8))


def test_ignored_is_the_union() -> None:
    """Areas add up; without areas there is no mask."""
    mask = union_mask([Box(0, 0, 2, 2), Box(1, 1, 2, 2)], (10, 8))
    assert mask is not None
    assert mask.sum() == 7
    assert union_mask([], (10, 8)) is None


def test_polygon() -> None:
    """A polygon covers its inside and its edge, in pixels or shares, cut at the picture."""
    square = Polygon([(2, 1), (5, 1), (5, 4), (2, 4)])
    assert covered(square) == (2, 1, 6, 5)
    shares = Polygon([(0.2, 0.125), (0.5, 0.125), (0.5, 0.5), (0.2, 0.5)], relative=True)
    np.testing.assert_array_equal(shares.mask((10, 8)), square.mask((10, 8)))
    assert covered(Polygon([(-5, -5), (20, -5), (20, 2), (-5, 2)])) == (0, 0, 10, 3)
    triangle = Polygon([(0, 0), (7, 0), (0, 7)]).mask((10, 8))
    assert triangle[0, 7]
    assert triangle[7, 0]
    assert not triangle[7, 7]


def test_polygon_outside() -> None:
    """A polygon beside the picture is a mistake."""
    with pytest.raises(MaskError, match=r"ignore=Polygon\(.*covers no pixel"):
        union_mask([Polygon([(20, 20), (30, 20), (30, 30)])], (10, 8))


def test_polygon_of_two_corners() -> None:
    """A line is no polygon."""
    with pytest.raises(MaskError, match="at least three corners"):
        Polygon([(0, 0), (1, 1)])


def test_mask_image() -> None:
    """Light and opaque pixels of a mask are ignored, dark or transparent ones are not."""
    values = np.array([[0, 127, 128, 255]], dtype=np.uint8)
    mask = MaskImage(from_array(values)).mask((4, 1))
    np.testing.assert_array_equal(mask, [[False, False, True, True]])
    clear = np.dstack([flat(1, 4, (255,) * 3), np.array([[0, 100, 200, 255]], np.uint8)])
    np.testing.assert_array_equal(
        MaskImage(from_array(clear)).mask((4, 1)), [[False, False, True, True]]
    )


def test_mask_image_of_another_size() -> None:
    """A mask is never stretched."""
    mask = MaskImage(Picture(flat(8, 9)), "ignore=mask.png")
    with pytest.raises(MaskError, match=r"^ignore=mask.png: .*picture, 10 x 8, got 9 x 8"):
        mask.mask((10, 8))


def test_black_mask_image() -> None:
    """A mask without light is a mistake, told by its name."""
    with pytest.raises(MaskError, match=r"^ignore=all black covers no pixel"):
        union_mask([MaskImage(Picture(flat(8, 10, (0,) * 3)), "all black")], (10, 8))


def test_hide_leaves_the_original_alone() -> None:
    """Hidden pixels are opaque and of one colour in a new picture; all others stay."""
    rgb, alpha = noise(8, 10), noise(8, 10, 1)[:, :, 0]
    picture, before = Picture(rgb, alpha), (rgb.copy(), alpha.copy())
    mask = Box(2, 3, 4, 2).mask((10, 8))
    hidden = apply_mask(picture, mask)
    assert (hidden.rgb[mask] == MASK_COLOUR).all()
    assert (opacity(hidden)[mask] == 255).all()
    np.testing.assert_array_equal(hidden.rgb[~mask], rgb[~mask])
    np.testing.assert_array_equal(opacity(hidden)[~mask], alpha[~mask])
    np.testing.assert_array_equal(picture.rgb, before[0])
    np.testing.assert_array_equal(opacity(picture), before[1])
    assert apply_mask(picture, None) is picture
    assert apply_mask(Picture(rgb), mask).alpha is None


def boxes_of(points: list[tuple[int, int, int, int]], shape: tuple[int, int], **more: Any) -> Any:
    """Return the boxes of a mask that is changed in `points`: (x, y, width, height)."""
    changed = np.zeros(shape, dtype=np.bool_)
    for x, y, width, height in points:
        changed[y : y + height, x : x + width] = True
    return [(b.x, b.y, b.width, b.height) for b in changed_boxes(changed, **more)]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], []),
        ([(0, 0, 1, 1)], [(0, 0, 1, 1)]),
        ([(9, 3, 2, 1)], [(9, 3, 2, 1)]),
        ([(60, 2, 3, 3), (3, 40, 1, 1)], [(60, 2, 3, 3), (3, 40, 1, 1)]),
        ([(40, 2, 1, 1), (2, 2, 1, 1)], [(2, 2, 1, 1), (40, 2, 1, 1)]),
        ([(7, 7, 1, 1), (8, 8, 1, 1)], [(7, 7, 2, 2)]),
        ([(8, 7, 1, 1), (7, 8, 1, 1)], [(7, 7, 2, 2)]),
        ([(0, 0, 1, 1), (15, 0, 1, 1)], [(0, 0, 16, 1)]),
        ([(0, 0, 1, 1), (16, 0, 1, 1)], [(0, 0, 1, 1), (16, 0, 1, 1)]),
        ([(69, 52, 1, 1)], [(69, 52, 1, 1)]),
        ([(0, 0, 70, 53)], [(0, 0, 70, 53)]),
    ],
)
def test_changed_boxes(points: Any, expected: Any) -> None:
    """Changes in neighbouring cells are one tight box; far ones are told in reading order."""
    assert boxes_of(points, (53, 70)) == expected


@pytest.mark.parametrize("cell", [1, 3, 8, 100])
def test_changed_boxes_cover_all_changes(cell: int) -> None:
    """On any grid, each changed pixel is in a box and each side of a box touches a change."""
    changed = np.random.default_rng(5).random((41, 67)) < 0.01
    left = changed.copy()
    for box in changed_boxes(changed, cell=cell):
        x, y, right, bottom = (
            int(box.x),
            int(box.y),
            int(box.x + box.width),
            int(box.y + box.height),
        )
        inside = changed[y:bottom, x:right]
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()
        left[y:bottom, x:right] = False
    assert not left.any()


def test_changed_boxes_of_single_pixels() -> None:
    """On a grid of single pixels, only neighbours are one region."""
    assert boxes_of([(0, 0, 1, 1), (2, 0, 1, 1), (3, 1, 1, 1)], (4, 5), cell=1) == [
        (0, 0, 1, 1),
        (2, 0, 2, 2),
    ]

"""What differs, for people."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import Pixels, flat, noise
from skimage.metrics import structural_similarity

from pytest_imgsim.diff.drawing import (
    FILL,
    HATCH,
    OUTLINE,
    WORST_OUTLINE,
    draw_boxes,
    draw_mask,
    fill_changes,
)
from pytest_imgsim.diff.ssim import ssim
from pytest_imgsim.pictures.changed import changed_pixels, differing
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.rect import Rect


def luma(rgb: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))


def reference(a: Pixels, b: Pixels) -> float:
    """Return scikit-image's SSIM with the constants of the paper."""
    return float(
        structural_similarity(
            luma(a),
            luma(b),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )
    )


def variants(a: Pixels) -> list[Pixels]:
    shifted = np.roll(a, 3, axis=1)
    dark = (a * 0.7).astype(np.uint8)
    spot = a.copy()
    spot[5:15, 5:9] = 0
    return [a, shifted, dark, spot, noise(a.shape[0], a.shape[1], 9)]


@pytest.mark.parametrize("shape", [(11, 11), (12, 40), (64, 31), (130, 97)])
@pytest.mark.parametrize("smooth", [False, True])
def test_ssim_is_that_of_scikit_image(shape: tuple[int, int], smooth: bool) -> None:
    """From 11 px a side on, the value is the one of scikit-image."""
    a = noise(*shape)
    if smooth:
        ramp = np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 256
        a = np.repeat(ramp[:, :, None], 3, axis=2).astype(np.uint8)
    for b in variants(a):
        assert ssim(a, b) == pytest.approx(reference(a, b), abs=1e-6)


@pytest.mark.parametrize("band", [1, 2, 7, 10, 11, 64, 1000])
def test_ssim_does_not_depend_on_the_band(band: int) -> None:
    """How many rows are worked on at once makes no difference."""
    a = noise(75, 40)
    for b in variants(a):
        assert ssim(a, b, band=band) == pytest.approx(reference(a, b), abs=1e-9)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (3, 2000), (2000, 3), (10, 11), (5, 4)])
def test_ssim_of_small_pictures(shape: tuple[int, int]) -> None:
    """A picture smaller than the window has a value all the same; equal ones have 1."""
    a, b = noise(*shape), noise(*shape, seed=1)
    assert ssim(a, a) == pytest.approx(1.0, abs=1e-12)
    assert -1 <= ssim(a, b) < 0.99
    assert ssim(a, b) == pytest.approx(ssim(b, a), abs=1e-12)


def test_ssim_of_flat_pictures() -> None:
    """Without structure only the brightness counts: the first factor of the formula."""
    a, b = flat(20, 20, (100,) * 3), flat(20, 20, (50,) * 3)
    c1 = (0.01 * 255) ** 2
    assert ssim(a, b) == pytest.approx((2 * 100 * 50 + c1) / (100**2 + 50**2 + c1), abs=1e-9)


def test_ssim_refuses_other_shapes() -> None:
    """Pictures of two sizes are not compared."""
    with pytest.raises(ValueError, match=r"one shape, got \(4, 5, 3\) and \(5, 4, 3\)"):
        ssim(flat(4, 5), flat(5, 4))


def test_changed_pixels() -> None:
    """A pixel counts as changed if any channel differs, opacity too."""
    a = flat(3, 4)
    b, alpha = a.copy(), np.full((3, 4), 255, np.uint8)
    b[0, 0, 2] += 1
    alpha[2, 3] = 254
    expected = np.zeros((3, 4), dtype=np.bool_)
    expected[0, 0] = True
    np.testing.assert_array_equal(changed_pixels(Picture(a), Picture(b)), expected)
    expected[2, 3] = True
    for one, other in ((Picture(a), Picture(b, alpha)), (Picture(b, alpha), Picture(a))):
        np.testing.assert_array_equal(changed_pixels(one, other), expected)


def test_draw_boxes() -> None:
    """Boxes are outlined around what they hold, the worst in red; the picture is a copy."""
    rgb = noise(60, 80)
    before = rgb.copy()
    drawn = draw_boxes(rgb, [Rect(20, 20, 10, 8), Rect(50, 40, 5, 5)])
    np.testing.assert_array_equal(rgb, before)
    np.testing.assert_array_equal(drawn[20:28, 20:30], rgb[20:28, 20:30])
    np.testing.assert_array_equal(drawn[40:45, 50:55], rgb[40:45, 50:55])
    assert (drawn[17, 17:33] == WORST_OUTLINE).all()
    assert (drawn[37:48, 47] == OUTLINE).all()
    assert (drawn != rgb).any(axis=2)[:, 62:].sum() == 0


def test_draw_boxes_at_the_edges() -> None:
    """A box at the edge is drawn as far as the picture reaches; no box draws nothing."""
    rgb = flat(20, 30)
    drawn = draw_boxes(rgb, [Rect(0, 0, 5, 5)])
    assert (drawn[8, :9] == WORST_OUTLINE).all()
    np.testing.assert_array_equal(drawn[:5, :5], rgb[:5, :5])
    np.testing.assert_array_equal(draw_boxes(rgb, []), rgb)


def test_fill_changes() -> None:
    """Changed pixels are red on a pale grey picture, in which dark stays darker than light."""
    rgb = np.concatenate([flat(2, 4, (0, 0, 0)), flat(2, 4, (255, 255, 255))])
    changed = np.zeros((4, 4), dtype=np.bool_)
    changed[1, 2] = True
    filled = np.asarray(fill_changes(rgb, changed).convert("RGB"))
    assert tuple(filled[1, 2]) == FILL
    assert tuple(filled[3, 0]) == (255, 255, 255)
    dark = filled[0, 0]
    assert dark[0] == dark[1] == dark[2]
    assert 128 < dark[0] < 200
    assert rgb[1, 2].sum() == 0


def test_draw_mask() -> None:
    """What is ignored is hatched in one colour, through which it shows; all else is clear."""
    covered = np.zeros((40, 60), dtype=np.bool_)
    covered[10:30, 20:50] = True
    drawn = draw_mask(covered)
    assert (drawn[covered][:, :3] == HATCH).all()
    assert (drawn[~covered] == 0).all()
    opacities, counts = np.unique(drawn[covered][:, 3], return_counts=True)
    assert 0 < opacities[0] < opacities[1] < 255
    assert counts[0] > counts[1] > 100


@pytest.mark.parametrize("row", [0, 63, 64, 65, 129])
def test_differing_sees_every_row_and_channel(row: int) -> None:
    """Each channel of a pixel counts, in the first and in the last band of rows."""
    a = flat(130, 9)
    b = a.copy()
    b[row, 2, 0] ^= 1
    b[row, 5, 2] ^= 1
    assert np.argwhere(differing(a, b)).tolist() == [[row, 2], [row, 5]]

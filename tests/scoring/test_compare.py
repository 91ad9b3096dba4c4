"""From two pictures of one size to scores and regions."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeModel, Pixels, UntouchableModel, compared, flat, noise
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim.pictures.changed import changed_pixels
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring import compare as module
from pytest_imgsim.scoring.compare import Scores
from pytest_imgsim.scoring.cosine import FeatureMap
from pytest_imgsim.scoring.formula import THUMBNAIL_PIXELS
from pytest_imgsim.scoring.pooled import thumbnail
from pytest_imgsim.scoring.tiles import tiles


class Spreading(FakeModel):
    """Sees each cell and its neighbours, as a network with a receptive field does."""

    receptive_radius = 32  # the evidence looks further than the neighbours

    def local(self, rgb: Pixels) -> FeatureMap:
        """Return the mean over three by three cells."""
        return spread(super().local(rgb))


class Shifted(FakeModel):
    """Sees every change 40 px further to the right than it is."""

    receptive_radius = 47

    def local(self, rgb: Pixels) -> FeatureMap:
        """Return the mean colours, rolled by five cells."""
        return FeatureMap(8, np.roll(super().local(rgb).values, 5, axis=1))


def spread(cells: FeatureMap) -> FeatureMap:
    height, width = cells.values.shape[:2]
    padded = np.pad(cells.values.astype(np.float64), ((1, 1), (1, 1), (0, 0)), mode="edge")
    parts = [padded[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return FeatureMap(cells.stride, np.sum(parts, axis=0).astype(np.float32))


def with_spot(rgb: Pixels, x: int, y: int, side: int = 6) -> Pixels:
    changed = rgb.copy()
    changed[y : y + side, x : x + side] = (255, 0, 0)
    return changed


def scores(a: Pixels, b: Pixels) -> Scores:
    return compared(Picture(a), Picture(b), FakeModel())


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (64, 64), (100, 70)])
def test_equal_pictures_need_no_model(shape: tuple[int, int]) -> None:
    """Equal pictures score exactly 1 and the model is left alone."""
    rgb = noise(*shape)
    assert compared(Picture(rgb), Picture(rgb.copy()), UntouchableModel()) == Scores(1.0, 1.0, ())


def test_opaque_alpha_is_equal_to_none() -> None:
    """An alpha plane of 255 throughout is no difference."""
    rgb = noise(9, 9)
    opaque = Picture(rgb, np.full((9, 9), 255, np.uint8))
    assert compared(Picture(rgb), opaque, UntouchableModel()).score == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (33, 65), (96, 128)])
def test_any_size_has_a_score(shape: tuple[int, int]) -> None:
    """The smallest and the oddest pictures are scored, and the region is all that changed."""
    a, b = flat(*shape, (255, 255, 255)), flat(*shape, (0, 0, 0))
    result = scores(a, b)
    assert result.score == pytest.approx(0, abs=0.01)
    assert result.global_score == pytest.approx(0, abs=1e-6)
    [region] = result.regions
    assert region.slices == np.s_[0 : shape[0], 0 : shape[1]]
    assert region.score == result.score


def test_symmetry() -> None:
    """The order of the two pictures does not matter."""
    a = noise(100, 140)
    b = with_spot(with_spot(a, 10, 10), 100, 60)
    assert scores(a, b) == scores(b, a)


def test_refuses_two_sizes() -> None:
    """Pictures of two sizes are not compared."""
    with pytest.raises(ValueError, match=r"expected one size, got \(5, 4\) and \(4, 5\)"):
        scores(flat(4, 5), flat(5, 4))


@pytest.mark.parametrize(("x", "y"), [(0, 0), (30, 30), (121, 75), (140, 90), (64, 32)])
def test_worst_region_is_where_the_change_is(x: int, y: int) -> None:
    """The region is the tight box around the changed pixels and has the score."""
    a = flat(96, 146)
    result = scores(a, with_spot(a, x, y))
    [region] = result.regions
    assert region.slices == np.s_[y : y + 6, x : x + 6]
    assert region.score == result.score
    assert result.global_score is not None
    assert result.score < result.global_score < 1


def test_worst_comes_first() -> None:
    """Regions are sorted by score, and the first one has the score of the whole."""
    a = flat(200, 200)
    b = a.copy()
    b[8:16, 8:16] = 190
    b[100:108, 104:112] = (255, 0, 0)
    b[176:184, 16:24] = (220, 180, 180)
    result = scores(a, b)
    assert [(r.x, r.y) for r in result.regions] == [(104, 100), (16, 176), (8, 8)]
    assert [r.score for r in result.regions] == sorted(r.score or 0.0 for r in result.regions)
    assert result.regions[0].score == result.score


def test_the_nearest_region_gets_the_worst_score() -> None:
    """Where the network sees a change beside its cause, the region next to it has the score."""
    a = flat(64, 256)
    b = with_spot(with_spot(a, 8, 8, 8), 160, 40, 8)
    b[8:16, 8:16] = (220, 180, 180)
    result = compared(Picture(a), Picture(b), Shifted())
    assert (result.regions[0].x, result.regions[0].score) == (160, result.score)
    assert result.score < (result.regions[1].score or 0.0)


def test_at_most_twenty_regions() -> None:
    """Of many regions the twenty worst are told."""
    a = flat(160, 160)
    b = a.copy()
    for place in range(25):
        row, column = divmod(place, 5)
        b[row * 32, column * 32] = (255 - 5 * place, 0, 0)
    result = scores(a, b)
    assert len(result.regions) == 20
    assert result.regions[0].score == result.score


def test_a_small_change_hardly_moves_the_global_score() -> None:
    """The worst region speaks up where the mean over the page does not."""
    a = flat(320, 320)
    result = scores(a, with_spot(a, 150, 150, 8))
    assert result.score < 0.9
    assert result.global_score is not None
    assert result.global_score > 0.99


@pytest.mark.parametrize("rgb", [flat(64, 64, (255, 255, 255)), noise(64, 64)])
def test_change_of_opacity_alone(rgb: Pixels) -> None:
    """Pixels that only turn transparent are found, and scored as the opacity's picture."""
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[40:48, 8:16] = 0
    result = compared(Picture(rgb), Picture(rgb, alpha), FakeModel())
    assert result.score == pytest.approx(0, abs=0.01)
    assert [(r.slices, r.score) for r in result.regions] == [(np.s_[40:48, 8:16], result.score)]


def test_the_lower_of_colour_and_opacity_counts() -> None:
    """A change of both is as bad as the worse of the two."""
    a = flat(64, 64)
    b = with_spot(a, 8, 8, 8)
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[8:16, 8:16] = 200
    colour = compared(Picture(a), Picture(b), FakeModel())
    opacity = compared(Picture(a), Picture(a, alpha), FakeModel())
    both = compared(Picture(a), Picture(b, alpha), FakeModel())
    assert both.score == min(colour.score, opacity.score)
    assert both.global_score in (colour.global_score, opacity.global_score)
    assert both.global_score is not None
    assert all(both.global_score <= (each.global_score or 0) for each in (colour, opacity))


@pytest.mark.parametrize("shape", [(200, 333), (500, 40), (97, 700), (33, 1000)])
@pytest.mark.parametrize("seed", [1, 2])
def test_windows_make_no_difference(
    shape: tuple[int, int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture seen through windows has the scores of one seen whole."""
    a = noise(*shape)
    b = a.copy()
    source = np.random.default_rng(seed)
    for _ in range(4):
        y, x = int(source.integers(shape[0] - 3)), int(source.integers(shape[1] - 3))
        b = with_spot(b, x, y)
    b[-1, -1] = ~b[-1, -1]
    model = Spreading()
    seen = compared(Picture(a), Picture(b), model)
    assert model.calls > 2
    everywhere = np.ones((-(-shape[0] // 8) * 8, -(-shape[1] // 8) * 8), dtype=np.bool_)
    monkeypatch.setattr(
        module, "tiles", lambda _, receptive_radius: tiles(everywhere, receptive_radius)
    )
    assert compared(Picture(a), Picture(b), Spreading()) == seen


def test_what_has_not_changed_is_not_seen() -> None:
    """Of a large picture, the network sees the change and what surrounds it."""
    sizes = []

    class Noting(FakeModel):
        receptive_radius = 20

        def local(self, rgb: Pixels) -> FeatureMap:
            sizes.append(rgb.shape)
            return super().local(rgb)

    a = noise(400, 640)
    result = compared(Picture(a), Picture(with_spot(a, 320, 200, 4)), Noting())
    # Cells 37 to 42 across see the pixel at 320, and see 3 cells before and 2 after themselves.
    assert sizes == [(88, 88, 3)] * 2
    assert result.cells is not None
    assert result.cells.values.shape == (50, 80)


def test_a_thumbnail_shows_the_whole_picture() -> None:
    """A small picture is its own thumbnail, and that of a larger one has the same mean colour."""
    small, large = noise(64, 97), noise(400, 640)
    assert np.array_equal(thumbnail(small), small)
    np.testing.assert_allclose(thumbnail(large).mean(axis=(0, 1)), large.mean(axis=(0, 1)), atol=1)


@pytest.mark.parametrize("shape", [(160, 160), (800, 1280), (12000, 1280), (1, 200_000)])
def test_a_thumbnail_is_no_larger_for_a_larger_picture(shape: tuple[int, int]) -> None:
    """A large picture is reduced in its own proportions."""
    height, width = thumbnail(flat(*shape)).shape[:2]
    assert height * width <= 1.02 * max(THUMBNAIL_PIXELS, width)
    if height > 1:
        assert height / width == pytest.approx(shape[0] / shape[1], rel=0.05)


def test_regions_cover_all_changes() -> None:
    """With few changes, every changed pixel lies in a region."""
    a = flat(120, 90)
    b = with_spot(with_spot(a, 3, 3), 70, 100)
    left = changed_pixels(Picture(a), Picture(b))
    for region in scores(a, b).regions:
        left[region.y : region.y + region.height, region.x : region.x + region.width] = False
    assert not left.any()


def test_noise_elsewhere_does_not_widen_the_region() -> None:
    """On a page that drifted by a level everywhere, the region is where it looks different."""
    page = flat(128, 256, (200, 180, 160))
    noisy = page - np.uint8(1)
    noisy[40:56, 72:88] = (20, 200, 20)
    scores = compared(Picture(noisy), Picture(page), FakeModel())
    worst = scores.regions[0]
    assert (worst.x, worst.y) >= (48, 16)
    assert worst.width <= 64
    assert worst.height <= 64
    drifted = compared(Picture(page - np.uint8(1)), Picture(page), FakeModel())
    assert (drifted.regions[0].width, drifted.regions[0].height) == (256, 128)


class Glances(FakeModel):
    """Keeps what it is shown at a glance."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Pixels] = []

    def vector(self, rgb: Pixels) -> NDArray[np.float32]:
        """Keep the pixels."""
        self.seen.append(rgb)
        return super().vector(rgb)


@pytest.mark.parametrize("rows", [(0, 3), (700, 701), (510, 515), (1296, 1300), (0, 1300)])
def test_rows_that_are_equal_are_reduced_once(rows: tuple[int, int]) -> None:
    """Each picture is seen as it is by itself, to a level as Pillow reduces all of it at once."""
    a = noise(1300, 90)
    b = a.copy()
    b[rows[0] : rows[1], 40:45] ^= 255
    extractor = Glances()
    compared(Picture(b), Picture(a), extractor)
    for seen, rgb in zip(extractor.seen, (b, a), strict=True):
        assert np.array_equal(seen, thumbnail(rgb))
        whole = Image.fromarray(rgb).resize(seen.shape[1::-1], Image.Resampling.BOX)
        assert np.abs(seen.astype(np.int16) - np.asarray(whole)).max() <= 1


def test_regions_are_where_the_change_is_on_any_page() -> None:
    """Boxes are counted from the picture's corner, at its ragged end as well."""
    a = flat(803, 61)
    b = a.copy()
    b[795:803, 50:61] = 0
    assert [(r.x, r.y, r.width, r.height) for r in scores(b, a).regions] == [(50, 795, 11, 8)]

"""The ResNet50 itself: its features, and scores that do not depend on how it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import BUNDLED_ID, bars, compared, flat

from pytest_imgsim.model.keras_backend import STAGES
from pytest_imgsim.model.resnet50 import LOCAL_STRIDE, MEAN_BGR, ResNet50
from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.cosine import cosine_map
from pytest_imgsim.scoring.formula import MIRROR_PADDING, scores, weights
from pytest_imgsim.scoring.pixel_evidence import pixel_evidence
from pytest_imgsim.scoring.same_renderer import same_renderer

pytestmark = pytest.mark.model


def test_bundled_weights_are_the_same_everywhere(model: ResNet50) -> None:
    """The default weights have one digest on every machine, and the id carries it."""
    assert model.model_id == BUNDLED_ID


def test_features(model: ResNet50) -> None:
    """The pooled vector has 2048 values >= 0 and takes every kind of picture."""
    vector = model.features(bars())
    assert vector.shape == (2048,)
    assert vector.dtype == np.float32
    assert vector.min() >= 0
    assert vector.max() > 0.05
    assert np.array_equal(vector, model.features(bars()))


def test_features_are_those_of_keras_alone(model: ResNet50) -> None:
    """Features agree with Keras' own network, preprocessing and average pooling."""
    import keras

    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    stages = keras.Model(network.input, [network.get_layer(name).output for name in STAGES])
    pixels = bars(size=(80, 104))
    prepared = keras.applications.resnet50.preprocess_input(pixels[None].astype(np.float32))
    local, top = map(np.asarray, stages(prepared))
    assert [each.name for each in model.model.layers[1:]] == [
        each.name for each in network.layers[1:]
    ]
    np.testing.assert_allclose(model.features(pixels), top.mean(axis=(0, 1, 2)), atol=1e-5)
    np.testing.assert_allclose(model.local(pixels).values, local[0], rtol=1e-4, atol=1e-4)


def test_tensorflow_gives_the_same(model: ResNet50) -> None:
    """The other runtime has the same id and the same scores."""
    other = ResNet50(runtime="tensorflow")
    a, b = bars(1), bars(1)
    b[100:120, 60:90] = (200, 40, 40)
    ours = compared(Picture(a), Picture(b), model)
    theirs = compared(Picture(a), Picture(b), other)
    assert other.model_id == model.model_id
    assert theirs.score == pytest.approx(ours.score, abs=1e-4)
    assert theirs.global_score == pytest.approx(ours.global_score, abs=1e-4)
    assert [(r.x, r.y) for r in theirs.regions] == [(r.x, r.y) for r in ours.regions]


def test_unlike_pictures_look_unlike(model: ResNet50) -> None:
    """No stage is dead or exploding, and unlike pictures score low in both scores."""
    rgb = bars(size=(224, 320))
    for values in (model.local(rgb).values, model.vector(rgb)):
        assert np.isfinite(values).all()
        assert float((values > 0).mean()) > 0.02
    other = compared(Picture(bars(1)), Picture(bars(2)), model)
    assert other.score < 0.5
    assert other.global_score is not None
    assert other.global_score < 0.999


def test_threads_and_batches_do_not_matter(model: ResNet50, tmp_path: Path) -> None:
    """One thread, and two pictures at once, give the same numbers to 1e-4."""
    a, b = bars(1), bars(1)
    b[100:120, 60:90] = (200, 40, 40)
    here = compared(Picture(a), Picture(b), model)
    script = (
        "import sys, numpy as np\n"
        "from pytest_imgsim import ResNet50\n"
        "from pytest_imgsim.scoring.compare import compare\n"
        "from pytest_imgsim.pictures.pair import PicturePair\n"
        "from pytest_imgsim.pictures.picture import Picture\n"
        "a, b = np.load(sys.argv[1])\n"
        "scores = compare(PicturePair(Picture(a), Picture(b)), ResNet50(threads=1))\n"
        "print(repr(scores.score), repr(scores.global_score))\n"
    )
    np.save(tmp_path / "pair.npy", np.stack([a, b]))
    command = [sys.executable, "-c", script, str(tmp_path / "pair.npy")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    local, whole = map(float, result.stdout.split()[-2:])
    assert local == pytest.approx(here.score, abs=1e-4)
    assert whole == pytest.approx(here.global_score, abs=1e-4)
    pixels = np.stack([a, b])[..., ::-1].astype(np.float32) - np.asarray(MEAN_BGR, np.float32)
    top = np.asarray(model.model(pixels)[-1]).mean(axis=(1, 2))
    np.testing.assert_allclose(top[0], model.vector(a), rtol=1e-3, atol=1e-4)


def test_strides_and_channels(model: ResNet50) -> None:
    """The local stage has the stride and the channels of its docstring."""
    cells = model.local(bars(size=(224, 320)))
    assert (cells.stride, cells.values.shape) == (4, (56, 80, 256))


def test_similarity(model: ResNet50) -> None:
    """Equal pictures give 1, other pictures less, and sizes may differ."""
    assert model.similarity(bars(), bars()) == pytest.approx(1.0, abs=1e-6)
    assert model.similarity(bars(), bars(7)) < 0.999
    assert 0 < model.similarity(bars(), bars(size=(96, 96))) < 1


def test_symmetric_and_exactly_one(model: ResNet50) -> None:
    """The score is symmetric, and exactly 1 for equal pictures."""
    a, b = Picture(bars(1)), Picture(bars(2))
    forth, back = compared(a, b, model), compared(b, a, model)
    assert forth.score == pytest.approx(back.score, abs=1e-6)
    assert forth.global_score == pytest.approx(back.global_score, abs=1e-6)
    assert compared(a, Picture(bars(1)), model).score == 1.0


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (33, 31), (40, 500)])
def test_odd_sizes(model: ResNet50, size: tuple[int, int]) -> None:
    """Any size works: one changed corner pixel is found."""
    actual = np.full((*size, 3), 255, np.uint8)
    actual[-1, -1] = 0
    found = compared(Picture(actual), Picture(np.full((*size, 3), 255, np.uint8)), model)
    assert found.score < 0.95
    assert (found.regions[0].x, found.regions[0].y) == (size[1] - 1, size[0] - 1)


def test_a_button_on_a_huge_picture(model: ResNet50) -> None:
    """A picture of 4000 x 12000 pixels is scored where it has changed."""
    baseline, actual = flat(12_000, 4000), flat(12_000, 4000)
    actual[6000:6040, 3000:3120] = (200, 40, 40)
    found = compared(Picture(actual), Picture(baseline), model)
    assert found.score < 0.6
    [region] = found.regions
    assert (region.x, region.y, region.width, region.height) == (3000, 6000, 120, 40)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (301, 600), (639, 1215), (333, 40)])
def test_windows_give_the_whole_pictures_scores(model: ResNet50, x: int, y: int) -> None:
    """A change seen through a window has the cosines that the whole picture gives."""
    a, b = bars(1, (1216, 640)), bars(1, (1216, 640))
    b[y : y + 12, x : x + 30] = (200, 30, 30)
    seen = compared(Picture(a), Picture(b), model).cells
    beyond = ((MIRROR_PADDING, MIRROR_PADDING), (MIRROR_PADDING, MIRROR_PADDING), (0, 0))
    maps = [model.local(np.pad(rgb, beyond, mode="reflect")) for rgb in (a, b)]
    edge = MIRROR_PADDING // LOCAL_STRIDE
    cosines = cosine_map(*maps).values[edge:-edge, edge:-edge]
    same = same_renderer(a, b, differing(a, b))
    whole = scores(cosines, weights(same, pixel_evidence(a, b, LOCAL_STRIDE)))
    assert seen is not None
    np.testing.assert_allclose(seen.values, whole, atol=1e-4)
    assert float(seen.values.min()) == pytest.approx(float(whole.min()), abs=1e-5)


@pytest.mark.parametrize("size", [(40, 120), (37, 123), (200, 300)])
@pytest.mark.parametrize("colour", [(0, 0, 0), (221, 0, 0), (229, 229, 229)])
def test_a_border_at_the_edge_is_seen(
    model: ResNet50, size: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """An element's border is at the edge of its picture; it must not come or go unnoticed."""
    plain = flat(*size)
    plain[15:25, 20:80:4] = 40
    bordered, grey = plain.copy(), plain.copy()
    for rgb, line in ((bordered, colour), (grey, (136, 136, 136))):
        rgb[[0, -1]] = line
        rgb[:, [0, -1]] = line
    for other in (plain, grey):
        assert compared(Picture(other), Picture(bordered), model).score < 0.3


def test_receptive_radius_is_exact(model: ResNet50) -> None:
    """A pixel at the receptive radius changes a cell's features, and one beyond does not."""
    a = bars(3, (256, 256))
    plain = model.local(a).values[32, 32]
    for distance, changes in ((model.receptive_radius, True), (model.receptive_radius + 1, False)):
        for sign in (-1, 1):
            b = a.copy()
            b[128 + sign * distance, 128 - 8 : 128 + 8] ^= 255
            seen = model.local(b).values[32, 32]
            assert bool(np.abs(seen - plain).max() > 1e-6) is changes


def test_the_fixture_is_one_model_for_the_session(pytester: pytest.Pytester) -> None:
    """`resnet50` is session-scoped, compares paths, and is the model that assert_similar uses."""
    pytester.makepyfile(
        """
        import numpy as np
        seen = []
        def test_a(resnet50, assert_similar, tmp_path):
            from PIL import Image
            seen.append(resnet50)
            Image.new("RGB", (64, 64), "red").save(tmp_path / "a.png")
            Image.new("RGB", (64, 64), "blue").save(tmp_path / "b.png")
            assert resnet50.similarity(tmp_path / "a.png", tmp_path / "a.png") > 0.9999
            assert resnet50.similarity(tmp_path / "a.png", tmp_path / "b.png") < 0.99
            assert resnet50.features(tmp_path / "a.png").shape == (2048,)
            assert assert_similar(np.zeros((9, 9, 3), np.uint8)).verdict.value == "created"
        def test_b(resnet50): assert seen == [resnet50]
        """
    )
    result = pytester.runpytest_subprocess("--update-baselines", "-W", "error")
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*oneDNN*")

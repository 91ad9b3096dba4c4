"""The ResNet50 itself: weights, features, and scores of real pictures."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim import compare as tiling
from pytest_imgsim.compare import compare, pooled
from pytest_imgsim.errors import WeightsError
from pytest_imgsim.picture import Picture
from pytest_imgsim.resnet import MEAN_BGR, ResNet50
from pytest_imgsim.scoring import cosine
from pytest_imgsim.settings import Settings

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[1]

#: For calls of the test's own; ours must not warn.
KERAS_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")
BUNDLED_ID = "resnet50-bundled-6aef5bb4-p1"


@pytest.fixture(scope="module")
def model() -> ResNet50:
    """Return the default model."""
    return ResNet50()


def page(seed: int = 0, size: tuple[int, int] = (224, 320)) -> NDArray[np.uint8]:
    """Return a page of random bars, (H, W, 3) uint8."""
    generator = np.random.default_rng(seed)
    out = np.full((*size, 3), 250, np.uint8)
    for _ in range(40):
        top, left = generator.integers(0, size[0] - 4), generator.integers(0, size[1] - 4)
        height, width = generator.integers(2, 14), generator.integers(4, 90)
        out[top : top + height, left : left + width] = generator.integers(0, 256, 3)
    return out


def test_bundled_weights_are_the_same_everywhere(model: ResNet50) -> None:
    """The default weights have one digest on every machine, and the id carries it."""
    assert model.model_id == BUNDLED_ID


def test_features(model: ResNet50) -> None:
    """The pooled vector has 2048 values >= 0 and takes every kind of picture."""
    vector = model.features(page())
    assert vector.shape == (2048,)
    assert vector.dtype == np.float32
    assert vector.min() >= 0
    assert vector.max() > 0.1
    assert np.array_equal(vector, model.features(page()))


def test_features_are_those_of_keras_alone(model: ResNet50) -> None:
    """Features agree with Keras' own preprocessing and its own average pooling."""
    import keras

    pixels = page(size=(224, 320))
    prepared = keras.applications.resnet50.preprocess_input(pixels[None].astype(np.float32))
    expected = np.asarray(model.model(prepared)[-1]).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(model.features(pixels), expected, rtol=1e-4, atol=1e-5)


def test_unlike_pictures_look_unlike(model: ResNet50) -> None:
    """No stage is dead or exploding, and unlike pictures score low in both scores."""
    maps = model.extract(page(size=(224, 320)))
    for stage in (*maps.local, maps.top):
        assert np.isfinite(stage.values).all()
        assert float((stage.values > 0).mean()) > 0.02
    other = compare(Picture(page(1)), Picture(page(2)), model)
    assert other.score < 0.5
    assert other.global_score < 0.999


def shop_pages() -> dict[str, NDArray[np.uint8]]:
    """Return the baselines of the example shop that show a whole window, (H, W, 3) uint8."""
    pages = {}
    for path in sorted((ROOT / "baselines/examples/shop/test_shop").glob("*.png")):
        with Image.open(path) as image:
            if image.size == (1280, 800):
                pages[path.stem] = np.asarray(image.convert("RGB"))
    return pages


def as_another_machine_shows(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the pixels captured at another device scale, lighter, and out of a JPEG file."""
    image = Image.fromarray(rgb)
    larger = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    image = larger.resize(image.size, Image.Resampling.LANCZOS).point(lambda v: min(v + 2, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return np.asarray(Image.open(out).convert("RGB"))


def test_forgives_another_machine_and_not_a_changed_word(model: ResNet50) -> None:
    """What this product is for: one default threshold between noise and a regression."""
    threshold = Settings().threshold
    for name, rgb in list(shop_pages().items())[:3]:
        noisy = as_another_machine_shows(rgb)
        assert compare(Picture(noisy), Picture(rgb), model).score >= threshold, name
        worse = noisy.copy()
        worse[300:330, 500:590] = noisy[400:430, 300:390]
        if not np.array_equal(worse, noisy):
            assert compare(Picture(worse), Picture(rgb), model).score < threshold, name


def test_global_tells_pages_apart_through_noise(model: ResNet50) -> None:
    """One page under noise is always nearer than any two pages."""
    pages = shop_pages()
    plain = {name: model.features(rgb) for name, rgb in pages.items()}
    noisy = {name: model.features(as_another_machine_shows(rgb)) for name, rgb in pages.items()}
    same = [float(cosine(plain[name], noisy[name])) for name in pages]
    other = [float(cosine(plain[a], plain[b])) for a, b in itertools.combinations(pages, 2)]
    assert min(same) > max(other)


def test_threads_and_batches_do_not_matter(model: ResNet50) -> None:
    """One thread, and two pictures at once, give the same numbers to 1e-4."""
    a, b = page(1), page(1)
    b[100:120, 60:90] = (200, 40, 40)
    scores = compare(Picture(a), Picture(b), model)
    script = (
        "import sys, numpy as np\n"
        "from pytest_imgsim import ResNet50\n"
        "from pytest_imgsim.compare import compare\n"
        "from pytest_imgsim.picture import Picture\n"
        "a, b = np.load(sys.argv[1])\n"
        "scores = compare(Picture(a), Picture(b), ResNet50(threads=1))\n"
        "print(repr(scores.score), repr(scores.global_score))\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pair.npy"
        np.save(file, np.stack([a, b]))
        command = [sys.executable, "-c", script, str(file)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    local, whole = map(float, result.stdout.split()[-2:])
    assert local == pytest.approx(scores.score, abs=1e-4)
    assert whole == pytest.approx(scores.global_score, abs=1e-4)
    pixels = np.stack([a, b])[..., ::-1].astype(np.float32) - np.asarray(MEAN_BGR, np.float32)
    top = np.asarray(model.model(pixels)[-1]).mean(axis=(1, 2))
    np.testing.assert_allclose(top[0], model.features(a), rtol=1e-3, atol=1e-4)


def test_strides_and_channels(model: ResNet50) -> None:
    """The stages have the strides and channels that the docstring tells."""
    maps = model.extract(page(size=(224, 320)))
    shapes = [(stage.stride, stage.values.shape) for stage in (*maps.local, maps.top)]
    assert shapes == [(4, (56, 80, 256)), (8, (28, 40, 512)), (32, (7, 10, 2048))]


def test_similarity(model: ResNet50) -> None:
    """The same picture is 1, another is less, and sizes may differ."""
    assert model.similarity(page(), page()) == pytest.approx(1.0, abs=1e-6)
    assert model.similarity(page(), page(7)) < 0.999
    assert 0 < model.similarity(page(), page(size=(96, 96))) < 1


def test_symmetric_and_exactly_one(model: ResNet50) -> None:
    """The score is symmetric, and exactly 1 for equal pictures."""
    a, b = Picture(page(1)), Picture(page(2))
    forth, back = compare(a, b, model), compare(b, a, model)
    assert forth.score == pytest.approx(back.score, abs=1e-6)
    assert forth.global_score == pytest.approx(back.global_score, abs=1e-6)
    assert compare(a, Picture(page(1)), model).score == 1.0


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (33, 31), (40, 500)])
def test_odd_sizes(model: ResNet50, size: tuple[int, int]) -> None:
    """Any size works: one changed corner pixel is seen."""
    actual = np.full((*size, 3), 255, np.uint8)
    actual[-1, -1] = 0
    scores = compare(Picture(actual), Picture(np.full((*size, 3), 255, np.uint8)), model)
    assert scores.score < 0.95
    assert (scores.regions[0].x, scores.regions[0].y) == (size[1] - 1, size[0] - 1)


def test_tiles_give_the_whole_pictures_scores(
    model: ResNet50, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture worked on in tiles has the scores that it has in one piece."""
    a, b = page(1, (1216, 640)), page(1, (1216, 640))
    b[600:612, 300:330] = (200, 30, 30)
    whole = compare(Picture(a), Picture(b), model)
    vector = pooled(Picture(a), model)
    monkeypatch.setattr(tiling, "WHOLE", 1)
    monkeypatch.setattr(tiling, "CORE", 256)
    tiled = compare(Picture(a), Picture(b), model)
    assert tiled.score == pytest.approx(whole.score, abs=1e-4)
    assert tiled.global_score == pytest.approx(whole.global_score, abs=1e-4)
    assert tiled.regions[0].x == whole.regions[0].x == 300
    np.testing.assert_allclose(pooled(Picture(a), model), vector, rtol=1e-3, atol=1e-4)


@KERAS_WARNS
def test_weights_from_files(model: ResNet50, tmp_path: Path) -> None:
    """Saved weights give the same features, as .weights.h5 and as .keras, under another id."""
    import keras

    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    network.save_weights(tmp_path / "mine.weights.h5")
    network.save(tmp_path / "mine.keras")
    for name in ("mine.weights.h5", "mine.keras"):
        other = ResNet50(name, root=tmp_path)
        assert other.model_id == BUNDLED_ID.replace("bundled", "mine")
        assert np.array_equal(other.features(page()), model.features(page()))


@KERAS_WARNS
def test_other_architecture_and_broken_files(tmp_path: Path) -> None:
    """A file that is cut short, of another network, or no file at all is told as that."""
    import keras

    small = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
    small.save(tmp_path / "small.keras")
    small.save_weights(tmp_path / "small.weights.h5")
    whole = (tmp_path / "small.weights.h5").read_bytes()
    (tmp_path / "cut.weights.h5").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.keras").write_text("no")
    for name in ("small.keras", "small.weights.h5", "cut.weights.h5", "text.keras"):
        with pytest.raises(WeightsError, match=rf"{name}.*expected the.*ResNet50"):
            ResNet50(name, root=tmp_path).features(page())


def test_imagenet_without_network(tmp_path: Path) -> None:
    """Where Keras cannot download its file, the error comes at once and says what to do."""
    script = (
        "import numpy as np\n"
        "from pytest_imgsim import ResNet50, WeightsError\n"
        "try:\n"
        "    ResNet50('imagenet').features(np.zeros((32, 32, 3), np.uint8))\n"
        "except WeightsError as error:\n"
        "    print('TOLD', error)\n"
    )
    # A proxy that nobody listens on stands for a machine without network.
    environment = {
        **os.environ, "HOME": str(tmp_path), "KERAS_HOME": str(tmp_path),
        "https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9",
        "no_proxy": "", "NO_PROXY": "",
    }  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "TOLD weights 'imagenet': Keras could not download" in result.stdout, result.stderr
    assert "--imgsim-weights=bundled" in result.stdout


@KERAS_WARNS
def test_imagenet_from_keras_own_cache(
    model: ResNet50, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'imagenet' loads the file that Keras keeps, having asked it to check the hash."""
    import keras

    cache = tmp_path / "models"
    cache.mkdir()
    name = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    kept: dict[str, str] = {}

    def get_file(fname: str, origin: str, **options: str) -> str:
        kept.update(options, fname=fname, origin=origin)
        path = cache / fname.replace(".h5", ".weights.h5")
        network.save_weights(path)
        return str(path)

    monkeypatch.setattr("keras.src.applications.resnet.file_utils.get_file", get_file)
    imagenet = ResNet50("imagenet")
    assert imagenet.model_id == BUNDLED_ID.replace("bundled", "imagenet")
    assert kept["fname"] == name
    assert len(kept["file_hash"]) == 32


def test_foreign_keras_settings_do_not_matter(model: ResNet50) -> None:
    """A suite's own data format and precision are neither used nor changed."""
    import keras

    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        other = ResNet50()
        assert other.model_id == model.model_id
        assert np.array_equal(other.features(page()), model.features(page()))
        assert keras.config.image_data_format() == "channels_first"
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_image_data_format("channels_last")
        keras.config.set_dtype_policy("float32")


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

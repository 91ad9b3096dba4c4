"""Weights of the ResNet50 from files and from Keras, and what is wrong with some of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import bars

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model.resnet50 import ResNet50

pytestmark = pytest.mark.model

#: For calls of the test's own; ours must not warn.
KERAS_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@KERAS_WARNS
def test_weights_from_files(model: ResNet50, tmp_path: Path) -> None:
    """Saved weights give the same features, as .weights.h5 and as .keras, under another id."""
    import keras

    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    network.save_weights(tmp_path / "mine.weights.h5")
    network.save(tmp_path / "mine.keras")
    ids = set()
    for name in ("mine.weights.h5", "mine.keras"):
        other = ResNet50(name, root=tmp_path)
        ids.add(other.model_id)
        np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)
    assert len(ids) == 1
    assert re.fullmatch(r"resnet50-mine-[0-9a-f]{8}-p3", ids.pop())


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
            ResNet50(name, root=tmp_path).features(bars())


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
    assert re.fullmatch(r"resnet50-imagenet-[0-9a-f]{8}-p3", imagenet.model_id)
    assert kept["fname"] == name
    assert len(kept["file_hash"]) == 32


def test_foreign_keras_settings_do_not_matter(model: ResNet50) -> None:
    """A suite's own data format and precision are neither used nor changed."""
    import keras

    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        other = ResNet50(runtime="tensorflow")
        assert other.model_id == model.model_id
        np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)
        assert keras.config.image_data_format() == "channels_first"
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_image_data_format("channels_last")
        keras.config.set_dtype_policy("float32")

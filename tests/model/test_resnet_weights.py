"""Weights of the ResNet50 from files and from Keras, good and bad ones."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pytest
from fakes import bars

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import imagenet
from pytest_imgsim.model.resnet50 import ResNet50

pytestmark = pytest.mark.model

#: For what the tests themselves call; our own calls must not warn.
KERAS_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@KERAS_WARNS
def test_weights_from_files(model: ResNet50, tmp_path: Path) -> None:
    """Saved weights give the same features under another id, in each of Keras' formats."""
    import keras

    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    network.save_weights(tmp_path / "mine.weights.h5")
    network.save(tmp_path / "mine.keras")
    network.save(tmp_path / "mine.h5")
    ids = set()
    for name in ("mine.weights.h5", "mine.keras", "mine.h5"):
        other = ResNet50(name, root=tmp_path)
        ids.add(other.model_id)
        np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)
    assert len(ids) == 1
    assert re.fullmatch(r"resnet50-mine-[0-9a-f]{8}-p3", ids.pop())


@KERAS_WARNS
def test_other_architecture_and_broken_files(tmp_path: Path) -> None:
    """A file that is cut short, or of another network, is refused with what is expected."""
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


@KERAS_WARNS
def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    """The code of a Lambda layer stays where it is, also where a suite lets Keras run such code."""
    import keras
    from keras.src.backend.common import global_state

    code = keras.layers.Lambda(lambda x: __import__("os").environ.setdefault("RAN", "1") and x)
    keras.Sequential([keras.Input((8,)), code, keras.layers.Dense(2)]).save(tmp_path / "x.keras")
    before = global_state.get_global_attribute("safe_mode_saving")
    keras.config.enable_unsafe_deserialization()
    try:
        del os.environ["RAN"]
        keras.models.load_model(tmp_path / "x.keras")
        del os.environ["RAN"]  # so Keras itself does run it
        with pytest.raises(WeightsError, match=r"x.keras.*expected the.*ResNet50"):
            ResNet50("x.keras", root=tmp_path).features(bars())
    finally:
        global_state.set_global_attribute("safe_mode_saving", before)
    assert "RAN" not in os.environ


@KERAS_WARNS
def test_imagenet(model: ResNet50, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'imagenet' loads the file that Keras keeps, in the format that Keras publishes it in."""
    import keras

    path = tmp_path / "models" / imagenet.NAME
    path.parent.mkdir()
    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.set_weights(model.model.get_weights())
    network.save(path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(imagenet, "MD5", hashlib.md5(path.read_bytes()).hexdigest())
    other = ResNet50("imagenet")
    assert re.fullmatch(r"resnet50-imagenet-[0-9a-f]{8}-p3", other.model_id)
    np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)


def test_foreign_keras_settings_do_not_matter(
    model: ResNet50, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite's own data format and precision are neither used nor changed."""
    import keras

    before = keras.config.image_data_format(), keras.config.dtype_policy()
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        other = ResNet50(runtime="tensorflow")
        np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)
        np.testing.assert_allclose(
            other.local(bars()).values, model.local(bars()).values, rtol=1e-4, atol=1e-4
        )
        assert keras.config.image_data_format() == "channels_first"
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_image_data_format(before[0])
        keras.config.set_dtype_policy(before[1])

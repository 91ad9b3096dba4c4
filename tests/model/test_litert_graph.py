"""The network as a LiteRT model, written without TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import bars
from numpy.typing import NDArray

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import litert_backend as litert
from pytest_imgsim.model.litert_backend import LiteModel
from pytest_imgsim.model.litert_graph import folded, local_graph, pooled_graph
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.model.weights import EPSILON, STEPS, Arrays, bundled, named, unpacked


def layer(steps: NDArray[np.float32] | None) -> Arrays:
    """Return a random convolution of 4 filters with its BatchNorm, whose gamma has both signs."""
    draw = np.random.default_rng(0)
    arrays: Arrays = {
        "c_conv/0": draw.normal(size=(3, 3, 2, 4)).astype(np.float32),
        "c_conv/1": draw.normal(size=4).astype(np.float32),
        "c_bn/0": np.array([1, -2, 0.5, -0.1], np.float32),
        **{f"c_bn/{number}": draw.random(4).astype(np.float32) for number in (1, 2, 3)},
    }
    if steps is not None:
        arrays["c_conv/0"] = draw.integers(-127, 128, (3, 3, 2, 4), dtype=np.int8)
        arrays["c_conv/0" + STEPS] = steps
    return arrays


@pytest.mark.parametrize("steps", [None, np.array([0.1, 0.2, 0.3, 0.4], np.float32)])
def test_folding_changes_no_value(steps: NDArray[np.float32] | None) -> None:
    """The folded convolution gives what the convolution and then the BatchNorm give."""
    arrays = layer(steps)
    patch = np.random.default_rng(1).normal(size=(3, 3, 2))
    kernel = arrays["c_conv/0"] * (1 if steps is None else steps)
    gamma, beta, mean, variance = (arrays[f"c_bn/{number}"] for number in range(4))
    plain = np.einsum("hwi,hwio->o", patch, kernel) + arrays["c_conv/1"]
    expected = (plain - mean) * gamma / np.sqrt(variance + EPSILON) + beta
    made = folded(arrays, "c")
    assert made.kernel.dtype == (np.float32 if steps is None else np.int8)
    weights = made.kernel.T if made.steps is None else made.kernel.T * made.steps
    np.testing.assert_allclose(
        np.einsum("hwi,iwho->o", patch, weights) + made.bias, expected, rtol=1e-4
    )
    assert made.steps is None or made.steps.min() > 0


def test_int8_gives_what_float32_gives() -> None:
    """The packed weights, and the same ones unpacked, make models that agree."""
    small = named(unpacked(bundled()))
    pixels = bars(size=(32, 64))[None].astype(np.float32) - 110
    for write in (local_graph, pooled_graph):
        packed, plain = (LiteModel(write(arrays), 1) for arrays in (bundled(), small))
        one, other = packed(pixels), plain(pixels)
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_one_model_takes_pictures_of_all_sizes() -> None:
    """The output for a picture does not depend on the pictures before."""
    sizes = [(8, 8), (160, 72), (24, 200), (8, 8), (160, 72)]
    model = LiteModel(local_graph(bundled()), 1)
    for size in sizes:
        pixels = (
            bars(size=size)[None].astype(np.float32)
            if min(size) > 16
            else np.ones((1, 8, 8, 3), np.float32)
        )
        seen = model(pixels)
        assert seen.shape[1:3] == (size[0] // 4, size[1] // 4)
        assert np.array_equal(seen, LiteModel(local_graph(bundled()), 1)(pixels))


@pytest.mark.model
def test_without_litert(model: ResNet50, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default TensorFlow takes over; LiteRT requested by name raises how to install it."""
    monkeypatch.setattr(litert, "available", lambda: False)
    other = ResNet50()
    np.testing.assert_allclose(other.features(bars()), model.features(bars()), atol=1e-5)
    message = (
        r"runtime 'litert': LiteRT is not installed.*pip install ai-edge-litert.*--imgsim-runtime"
    )
    with pytest.raises(WeightsError, match=message):
        ResNet50(runtime="litert").features(bars())

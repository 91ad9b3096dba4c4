"""Measure the BatchNorm statistics of the seeded ResNet50 and write them into the package.

The kernels come from `pytest_imgsim.weights.seeded_kernels`. Random kernels alone give
features that all point the same way; with the means and variances that the network shows on
interface-like pictures, its features are centred and of unit scale in every layer. The
pictures are drawn here from a fixed seed: coloured panels, controls and lines of text.

Run it from the repository after `scripts/test` has made the environment::

    .venv/bin/python training/calibrate_batchnorm.py

It is run once: the file it writes is part of the package, so that every machine has the same
network to the last bit. A second run on another processor may differ in the last digits.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pytest_imgsim.resnet import MEAN_BGR
from pytest_imgsim.weights import STATISTICS, seeded_kernels

SEED = 2048
PICTURES, SIDE = 12, 256


def draw_interface(generator: np.random.Generator) -> Image.Image:
    """Return a picture of panels, controls and text, drawn at random."""
    background = tuple(int(value) for value in generator.integers(200, 256, 3))
    image = Image.new("RGB", (SIDE, SIDE), background)
    pen = ImageDraw.Draw(image)
    for _ in range(20):
        left, top = (int(value) for value in generator.integers(-20, SIDE, 2))
        width, height = (int(value) for value in generator.integers(4, 130, 2))
        radius = int(generator.integers(0, 9))
        box = (left, top, left + width, top + height)
        pen.rounded_rectangle(box, radius, fill=_colour(generator), outline=_colour(generator))
    for _ in range(30):
        letters = generator.integers(33, 127, int(generator.integers(3, 30)))
        font = ImageFont.load_default(int(generator.integers(9, 28)))
        left, top = (int(value) for value in generator.integers(-10, SIDE, 2))
        text = "".join(chr(letter) for letter in letters)
        pen.text((left, top), text, fill=_colour(generator), font=font)
    return image


def _colour(generator: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(value) for value in generator.integers(0, 256, 3))


def measure() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the means and variances of all BatchNorm layers, two (26560,) float32 arrays."""
    generator = np.random.default_rng(SEED)
    pictures = np.stack([np.asarray(draw_interface(generator)) for _ in range(PICTURES)])
    network = keras.applications.ResNet50(include_top=False, weights=None)
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    kernels = seeded_kernels(tuple(layer.kernel.shape) for layer in convolutions)
    for layer, kernel in zip(convolutions, kernels, strict=True):
        layer.set_weights([kernel, np.zeros(kernel.shape[-1], dtype=np.float32)])
    norms = [
        layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    for norm in norms:
        # Without momentum, one pass in training mode leaves exactly this batch's statistics,
        # and every layer sees its input already normalised by the layers before it.
        norm.momentum = 0.0
    network(
        pictures[..., ::-1].astype(np.float32) - np.asarray(MEAN_BGR, dtype=np.float32),
        training=True,
    )
    means = [np.asarray(norm.moving_mean) for norm in norms]
    variances = [np.asarray(norm.moving_variance) for norm in norms]
    return np.concatenate(means), np.concatenate(variances)


def main() -> None:
    """Write the file."""
    mean, variance = measure()
    target = Path(__file__).parents[1] / "pytest_imgsim" / "data" / STATISTICS
    np.savez_compressed(target, mean=mean, variance=variance)
    print(f"{target.name}: {mean.size} channels, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()

"""The ResNet50 in PyTorch, layer by layer that of Keras, for training only.

On a processor with bfloat16 instructions PyTorch trains it about three times as fast as
TensorFlow; `to_keras` carries what was learnt into the network that the package uses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pytest_imgsim.model import weights

#: ImageNet's mean in BGR order, as in `pytest_imgsim.model.resnet50`.
MEAN_BGR = (103.939, 116.779, 123.68)
#: Inner width, number of blocks and stride of each stage, conv2 to conv5.
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
EPSILON = 1.001e-5


def fast() -> Any:
    """Return a context that computes in bfloat16 where the processor has instructions for it.

    Without them bfloat16 is about ten times slower than float32.
    """
    known = torch.cpu.get_capabilities()
    able = any(known.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=able)


class Block(nn.Module):  # type: ignore[misc, unused-ignore]
    """A bottleneck with its shortcut; the stride is in the first convolution."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * width
        self.first, self.first_norm = _convolution(inputs, width, 1, stride)
        self.middle, self.middle_norm = _convolution(width, width, 3)
        self.last, self.last_norm = _convolution(width, outputs, 1)
        self.widens = inputs != outputs
        if self.widens:
            self.shortcut, self.shortcut_norm = _convolution(inputs, outputs, 1, stride)

    def forward(self, x: Any) -> Any:
        """Return (N, 4 width, h, w) features."""
        past = self.shortcut_norm(self.shortcut(x)) if self.widens else x
        y = torch.relu(self.first_norm(self.first(x)))
        y = torch.relu(self.middle_norm(self.middle(y)))
        return torch.relu(self.last_norm(self.last(y)) + past)


def _convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> tuple[Any, Any]:
    layer = nn.Conv2d(inputs, outputs, size, stride, size // 2)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer, nn.BatchNorm2d(outputs, eps=EPSILON, momentum=0.02)


class ResNet50(nn.Module):  # type: ignore[misc, unused-ignore]
    """ResNet50 without its classifier.

    Parameters
    ----------
    stages : int
        How many of the four stages are run; all four are always there to be saved.
    """

    def __init__(self, stages: int = 3) -> None:
        super().__init__()
        self.run = stages
        self.stem, self.stem_norm = _convolution(3, 64, 7, 2)
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1), persistent=False)
        inputs, parts = 64, []
        for width, count, stride in STAGES:
            blocks = []
            for number in range(count):
                blocks.append(Block(inputs, width, stride if number == 0 else 1))
                inputs = 4 * width
            parts.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(parts)

    def forward(self, rgb: Any) -> list[Any]:
        """Return the maps of the stages for (N, 3, H, W) float32 RGB in 0..255.

        The strides are 4, 8, 16 and 32.
        """
        x = rgb.flip(1) - self.mean
        x = torch.relu(self.stem_norm(self.stem(x)))
        x = nn.functional.max_pool2d(x, 3, 2, 1)
        maps = []
        for stage in self.stages[: self.run]:
            x = stage(x)
            maps.append(x)
        return maps


def layers(network: ResNet50) -> list[tuple[str, Any]]:
    """Return convolutions and norms under the names that Keras gives them."""
    named = [("conv1_conv", network.stem), ("conv1_bn", network.stem_norm)]
    for i, stage in enumerate(network.stages):
        for j, block in enumerate(stage):
            prefix = f"conv{i + 2}_block{j + 1}"
            if block.widens:
                named.append((f"{prefix}_0_conv", block.shortcut))
                named.append((f"{prefix}_0_bn", block.shortcut_norm))
            parts = (block.first, block.middle, block.last)
            norms = (block.first_norm, block.middle_norm, block.last_norm)
            for number, (part, norm) in enumerate(zip(parts, norms, strict=True), start=1):
                named.append((f"{prefix}_{number}_conv", part))
                named.append((f"{prefix}_{number}_bn", norm))
    return named


def as_arrays(layer: Any) -> list[Any]:
    """Return a layer's weights in Keras' order and layout."""
    return [tensor.detach().cpu().numpy().astype(np.float32) for tensor in _tensors(layer)]


def _tensors(layer: Any) -> list[Any]:
    if isinstance(layer, nn.Conv2d):
        return [layer.weight.permute(2, 3, 1, 0), layer.bias]
    return [layer.weight, layer.bias, layer.running_mean, layer.running_var]


def load_bundled(network: ResNet50) -> None:
    """Give the network the weights that ship with the package."""
    packed = weights.unpacked(weights.bundled())
    with torch.no_grad():
        for name, layer in layers(network):
            for tensor, value in zip(_tensors(layer), packed[name], strict=True):
                tensor.copy_(torch.from_numpy(value))


def to_keras(network: ResNet50, target: Path) -> None:
    """Write a ``.weights.h5`` file that ``--imgsim-weights`` reads."""
    import keras

    model = keras.applications.ResNet50(include_top=False, weights=None)
    for name, layer in layers(network):
        model.get_layer(name).set_weights(as_arrays(layer))
    model.save_weights(target)

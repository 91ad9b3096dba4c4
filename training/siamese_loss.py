"""Local cosines with a search among neighbours, and what they should be."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

#: Where a changed and an unchanged cell part, and how steeply.
MARGIN, STEEPNESS = 0.7, 12.0
#: Share of a cell's pixels that must have changed for the cell to count as changed.
SHARE = 0.03
HARDEST = 6


def cosines(a: Any, b: Any, radius: int) -> Any:
    """Return the cosine of each cell with the best one near its place, both ways.

    Parameters
    ----------
    a, b : tensor of shape (N, C, h, w)
        Features.
    radius : int
        How many cells away the best may lie; 0 compares each cell with its own place.

    Returns
    -------
    tensor of shape (N, h, w), float32
        The lower of both directions.
    """
    a = functional.normalize(a.float(), dim=1)
    b = functional.normalize(b.float(), dim=1)
    if radius == 0:
        return (a * b).sum(dim=1)
    return torch.minimum(_best(a, b, radius), _best(b, a, radius))


def _best(a: Any, b: Any, radius: int) -> Any:
    height, width = a.shape[2:]
    padded = functional.pad(b, (radius,) * 4, mode="replicate")
    best = None
    for down in range(2 * radius + 1):
        for across in range(2 * radius + 1):
            part = padded[:, :, down : down + height, across : across + width]
            value = (a * part).sum(dim=1)
            best = value if best is None else torch.maximum(best, value)
    return best


def loss(values: Any, changed: Any, stride: int) -> Any:
    """Return how wrong a map of cosines is.

    Parameters
    ----------
    values : tensor of shape (N, h, w)
        Cosines.
    changed : tensor of shape (N, H, W), float32
        1 where a pixel truly changed.
    stride : int
        Pixels from one cell to the next.
    """
    share = functional.avg_pool2d(changed[:, None], stride)[:, 0]
    around = stride // 2 + 16
    near = functional.max_pool2d(changed[:, None], stride + 2 * around, stride, around)[:, 0]
    differs = (share >= SHARE).flatten(1)
    same = (near == 0).flatten(1)
    cells = values.flatten(1)
    apart = functional.softplus(STEEPNESS * (cells - MARGIN)) / STEEPNESS
    alike = functional.softplus(STEEPNESS * (MARGIN + 0.15 - cells)) / STEEPNESS
    return _of_changed(apart, differs) + _of_unchanged(alike, 1 - cells, same)


def _of_changed(wrong: Any, differs: Any) -> Any:
    """Return the least wrong changed cell of each pair, and some of all of them."""
    has = differs.any(dim=1)
    if not bool(has.any()):
        return wrong.sum() * 0
    least = wrong.masked_fill(~differs, 1e4).amin(dim=1)[has].mean()
    return least + 0.5 * wrong[differs].mean()


def _of_unchanged(wrong: Any, distance: Any, same: Any) -> Any:
    """Return the most wrong unchanged cells of each pair, and some of all of them."""
    if not bool(same.any()):
        return wrong.sum() * 0
    hardest = wrong.masked_fill(~same, 0.0).topk(HARDEST, dim=1).values.mean()
    return hardest + 0.2 * distance[same].mean()

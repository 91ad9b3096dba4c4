"""Local cosines, and what they should be."""

from __future__ import annotations

from typing import Any

from torch.nn import functional

#: Where a changed and an unchanged cell part, and how steeply.
MARGIN, STEEPNESS = 0.7, 12.0
#: Share of a cell's pixels, and number of them, that must have changed for the cell to count.
SHARE, PIXELS = 0.03, 2
HARDEST = 6


def cosines(a: Any, b: Any) -> Any:
    """Return the cosine of each cell with the cell at its place.

    Parameters
    ----------
    a, b : tensor of shape (N, C, h, w)
        Features.

    Returns
    -------
    tensor of shape (N, h, w), float32
    """
    a = functional.normalize(a.float(), dim=1)
    b = functional.normalize(b.float(), dim=1)
    return (a * b).sum(dim=1)


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
    differs = (share >= max(SHARE, PIXELS / stride**2)).flatten(1)
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

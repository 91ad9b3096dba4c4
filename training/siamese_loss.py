"""Local cosines, and what they should be."""

from __future__ import annotations

from typing import Any

import torch
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


def together(maps: list[Any]) -> Any:
    """Return the smallest cosine of all stages on the grid of the first, as the package scores.

    Parameters
    ----------
    maps : list of tensor of shape (N, h, w)
        Cosines, finest stage first.
    """
    out = maps[0]
    for coarser in maps[1:]:
        finer = functional.interpolate(coarser[:, None], size=out.shape[1:])[:, 0]
        out = torch.minimum(out, finer)
    return out


def loss(values: Any, changed: Any, stride: int) -> tuple[Any, Any]:
    """Return how wrong a map of cosines is, and how wrong each pair's decisive cell.

    Parameters
    ----------
    values : tensor of shape (N, h, w)
        Cosines.
    changed : tensor of shape (N, H, W), float32
        1 where a pixel truly changed.
    stride : int
        Pixels from one cell to the next.

    Returns
    -------
    loss : tensor of shape ()
    hardness : tensor of shape (N,)
        Of the most wrong unchanged cell or the least wrong changed one, whichever is more;
        about 0.06 at the margin.
    """
    share = functional.avg_pool2d(changed[:, None], stride)[:, 0]
    around = stride // 2 + 16
    near = functional.max_pool2d(changed[:, None], stride + 2 * around, stride, around)[:, 0]
    differs = (share >= max(SHARE, PIXELS / stride**2)).flatten(1)
    same = (near == 0).flatten(1)
    cells = values.flatten(1)
    apart = functional.softplus(STEEPNESS * (cells - MARGIN)) / STEEPNESS
    alike = functional.softplus(STEEPNESS * (MARGIN + 0.15 - cells)) / STEEPNESS
    # 0 where a pair has no such cell.
    least = apart.masked_fill(~differs, 1e4).amin(dim=1) * differs.any(dim=1)
    most = alike.masked_fill(~same, 0.0)
    total = _of_changed(apart, least, differs) + _of_unchanged(most, 1 - cells, same)
    return total, torch.maximum(least, most.amax(dim=1)).detach()


def _of_changed(wrong: Any, least: Any, differs: Any) -> Any:
    """Return the least wrong changed cell of each pair, and some of all of them."""
    has = differs.any(dim=1)
    if not bool(has.any()):
        return wrong.sum() * 0
    return least[has].mean() + 0.5 * wrong[differs].mean()


def _of_unchanged(wrong: Any, distance: Any, same: Any) -> Any:
    """Return the most wrong unchanged cells of each pair, and some of all of them."""
    if not bool(same.any()):
        return wrong.sum() * 0
    hardest = wrong.topk(HARDEST, dim=1).values.mean()
    return hardest + 0.2 * distance[same].mean()

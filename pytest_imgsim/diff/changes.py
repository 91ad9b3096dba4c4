"""What happened in each changed region of two pictures of one size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pytest_imgsim.diff.classify import ADDED, MOVED, NEAR, REMOVED, RESIZED, classify
from pytest_imgsim.pictures.picture import Pixels
from pytest_imgsim.record import RegionScore

#: Share of the pixels of two areas that have to be alike for both to show the same thing.
SAME_THING = 0.95


def changes_in(
    actual: Pixels, baseline: Pixels, regions: Sequence[RegionScore], passing: float
) -> list[RegionScore]:
    """Return the regions with what happened to each, in their order.

    What left one region for another is one change, at its new place, with the lower score.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures.
    regions : sequence of RegionScore
        Areas that differ, with their scores, worst first.
    passing : float
        The lowest score that passes.
    """
    found = [_classified(actual, baseline, region, passing) for region in regions]
    for gone in [region for region in found if region.kind == REMOVED]:
        same = (come for come in found if _is_same(actual, baseline, come, gone))
        if come := next(same, None):
            first, second = sorted((found.index(gone), found.index(come)))
            found[first] = replace(
                found[first],
                x=come.x,
                y=come.y,
                width=come.width,
                height=come.height,
                kind=MOVED,
                dx=come.x - gone.x,
                dy=come.y - gone.y,
            )
            del found[second]
    return _without_lone_edges(found)


def _classified(
    actual: Pixels, baseline: Pixels, region: RegionScore, passing: float
) -> RegionScore:
    alike = region.score is not None and region.score >= passing
    what = classify(actual, baseline, region, alike=alike)
    return replace(region, kind=what.word, dx=what.dx, dy=what.dy)


def _is_same(actual: Pixels, baseline: Pixels, come: RegionScore, gone: RegionScore) -> bool:
    """Return whether what came at one place is what has gone from the other."""
    if come.kind != ADDED:
        return False
    now, before = actual[come.slices], baseline[gone.slices]
    if now.shape != before.shape:
        return False
    alike = np.abs(now.astype(np.int16) - before).max(axis=2) <= NEAR
    return bool(alike.mean() >= SAME_THING)


def _without_lone_edges(found: Sequence[RegionScore]) -> list[RegionScore]:
    """Return the regions with an edge that moved alone reported as its thing's new size."""
    offsets = [(region.dx, region.dy) for region in found if region.kind == MOVED]
    return [
        replace(region, kind=RESIZED, dx=0, dy=0)
        if _is_edge(region) and offsets.count((region.dx, region.dy)) == 1
        else region
        for region in found
    ]


def _is_edge(region: RegionScore) -> bool:
    """Return whether just one straight edge swept over the region."""
    sides = (region.width, 0), (0, region.height)
    return region.kind == MOVED and (abs(region.dx), abs(region.dy)) in sides

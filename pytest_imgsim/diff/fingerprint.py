"""A short name of what changed, by which the same change is recognised elsewhere and later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Pixels
from pytest_imgsim.record import RegionScore
from pytest_imgsim.rect import Rect, bounding

#: Pixels between areas of one change: a grid of regions may part it at another place each time.
GAP = 16
#: Areas above which there is no fingerprint: so many are noise, which does not come twice.
MAX_BOXES = 200
#: Bits that a colour loses before it goes into a fingerprint.
COARSE = 3
#: Hexadecimal digits of a fingerprint.
DIGITS = 12


def fingerprint(
    actual: Pixels, baseline: Pixels, boxes: Sequence[Rect], regions: Sequence[RegionScore]
) -> str:
    """Return a short name of what changed, whatever the page and the place on it; "" for nothing.

    It is made of the changed pixels before and after, to five bits a colour, and of the kinds.
    Two changes that look alike but are not the same have two names, since people accept all
    that have one at once.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures, aligned where something was pushed aside.
    boxes : sequence of Rect
        The areas of the changes that count.
    regions : sequence of RegionScore
        Those changes, with their kinds.
    """
    if not boxes or len(boxes) > MAX_BOXES:
        return ""
    digests = (_digest(actual, baseline, cluster) for cluster in _clusters(boxes))
    # What was pushed aside shows the same as before, whatever that is.
    parts = sorted(filter(None, digests))
    kinds = sorted({(region.kind, region.dx, region.dy) for region in regions})
    return hashlib.sha256(repr((parts, kinds)).encode()).hexdigest()[:DIGITS]


def _clusters(boxes: Sequence[Rect]) -> list[list[Rect]]:
    """Return the boxes in groups, each at most `GAP` from another of its group."""
    clusters: list[list[Rect]] = []
    for box in boxes:
        near = [c for c in clusters if any(box.gap(other) <= GAP for other in c)]
        clusters = [c for c in clusters if c not in near]
        clusters.append([box, *(other for c in near for other in c)])
    return clusters


def _digest(actual: Pixels, baseline: Pixels, cluster: Sequence[Rect]) -> str:
    """Return a digest of the pixels that changed in a cluster, or "" if none did."""
    inside = np.zeros(actual.shape[:2], dtype=np.bool_)
    for box in cluster:
        inside[box.slices] = True
    here = bounding(cluster).slices
    shown = inside[here] & differing(actual[here], baseline[here])
    if not shown.any():
        return ""
    content = hashlib.sha256(repr(shown.shape).encode())
    for rgb in (actual[here], baseline[here]):
        content.update((np.where(shown[:, :, None], rgb, 0) >> COARSE).tobytes())
    return content.hexdigest()

"""A short name of what changed, by which the same change is known elsewhere and again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import reduce

import numpy as np

from pytest_imgsim.diff.changes import Change
from pytest_imgsim.pictures.boxes import Box, around, cut, gap
from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Pixels

#: Pixels between areas of one change: a grid of regions may part it at another place each time.
GAP = 16
#: Areas above which there is no fingerprint: so many are noise, which does not come twice.
MAX_BOXES = 200
#: Bits that a colour loses before it goes into a fingerprint.
COARSE = 3
#: Hexadecimal digits of a fingerprint.
DIGITS = 12


def fingerprint(
    actual: Pixels, baseline: Pixels, boxes: Sequence[Box], found: Sequence[Change]
) -> str:
    """Return a short name of what changed, whatever the page and the place on it; "" for nothing.

    It is made of the changed pixels before and after, to five bits a colour, and of the kinds.
    Two changes that look alike but are not the same have two names, since people accept all
    that have one at once.

    Parameters
    ----------
    actual, baseline : ndarray of shape (H, W, 3), uint8
        The pictures as they were laid on each other.
    boxes : sequence of Box
        The areas of the changes that count, as the pixels part them.
    found : sequence of Change
        Those changes.
    """
    if len(boxes) > MAX_BOXES:
        return ""
    clusters: list[list[Box]] = []
    for box in boxes:
        near = [c for c in clusters if any(gap(box, other) <= GAP for other in c)]
        clusters = [c for c in clusters if c not in near]
        clusters.append([box, *(other for c in near for other in c)])
    if not clusters:
        return ""
    # What was pushed aside shows the same as before, whatever that is.
    parts = sorted(filter(None, (_digest(actual, baseline, cluster) for cluster in clusters)))
    kinds = sorted({(change.kind.word, change.kind.dx, change.kind.dy) for change in found})
    return hashlib.sha256(repr((parts, kinds)).encode()).hexdigest()[:DIGITS]


def _digest(actual: Pixels, baseline: Pixels, cluster: Sequence[Box]) -> str:
    whole = reduce(around, cluster)
    inside = np.zeros(actual.shape[:2], dtype=np.bool_)
    for box in cluster:
        inside[cut(box)] = True
    here = cut(whole)
    shown = inside[here] & differing(actual[here], baseline[here])
    if not shown.any():
        return ""
    content = hashlib.sha256(repr(shown.shape).encode())
    for rgb in (actual[here], baseline[here]):
        content.update((np.where(shown[:, :, None], rgb, 0) >> COARSE).tobytes())
    return content.hexdigest()

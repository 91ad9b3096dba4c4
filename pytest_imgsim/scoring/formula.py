r"""What the score is: the formula, and every number in it that was tuned.

::

    pixels that differ ─▶ tiles around them ─▶ ResNet50 ─▶ features of each cell of 4 x 4 pixels
                                                                      │
                                              cosine of the features of both pictures
                                                                      │
    did the same renderer draw both?   ─┐                             ▼
    do the pixels confirm the change?  ─┴─▶ weight ─▶ score of the cell, in [0, 1]
                                                                      │
                             lowest score of all cells: the picture's, which the threshold judges
                             lowest score near a changed area: that region's

For each cell, with the cosine :math:`c` of its two feature vectors and its weight :math:`w`,

.. math::

    s = \cos(\sigma(w \arccos c)), \qquad w = (1 + 2 r) \, e

where :math:`r` in [0, 1] says how surely one renderer drew both pictures (`same_renderer`), and
:math:`e` in [0.5, 1] how well the pixels confirm the change (`pixel_evidence`). The function
:math:`\sigma` leaves angles up to `SATURATION_ANGLE` as they are: down to 0.5, and with a weight of
1, the score is the cosine. Beyond it, the weighted angle approaches a right angle. It keeps
growing: a score never falls below 0, and the larger weighted angle has the lower score.

Each number below was chosen on the validation pages of ``benchmarks/detection``, never on its test
pages; ``docs/thresholds.md`` has the tables and says what each rule is for. The golden pairs in
``tests/golden`` notice when one of them changes.

A text caret is the one change that a rule scores without the model (`caret`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Radians. Up to this angle, weighted angles count as they are: scores of 0.5 and more are plain
#: cosines.
SATURATION_ANGLE = np.pi / 3

# The renderer: `same_renderer`.
#: An angle counts up to (1 + this) times where one renderer drew both pictures. No unit.
SAME_RENDERER_GAIN = 2.0
#: Share of the drawn cells that differ, from which on another renderer may have drawn the picture.
RERENDERED_SHARE = 0.1
#: Levels from the darkest to the lightest pixel of a cell, from which on something is drawn in it.
DRAWN_LEVELS = 16
#: Levels, summed over all pixels. Less is a stray pixel or two, as a smooth corner may have from
#: one run to the next: no proof of anything.
MIN_TOTAL_CHANGE = 600
#: Pixels along each side of a picture that do not count: a border whose colour changes all around
#: is one change, whatever its share of the cells.
IGNORED_EDGE = 1

# The pixels: `pixel_evidence`.
#: Pixels, in each direction, by which another renderer may move an edge.
MAX_SHIFT = 1
#: Mean difference of a channel, in levels, that is left after the best such shift: with this much,
#: the change is confirmed in full.
FULL_EVIDENCE_LEVELS = 24
#: Difference of the mean colour around a cell, in levels, that confirms a change in full.
FULL_SHADE_LEVELS = 12
#: Levels of contrast from which on the two numbers above hold. Where there is less contrast they
#: are lower in proportion, down to this share of them.
FULL_CONTRAST, MIN_CONTRAST = 128, 0.25
#: The weight of a change that a shift explains entirely: the network sees more than pixels say.
MIN_WEIGHT = 0.5

# The edges of a picture, and its regions: `compare`.
#: Pixels by which a picture is mirrored beyond its edges: a network makes little of a line with
#: nothing beyond it.
MIRROR_PADDING = 8
#: Changes near cells that score below this make regions of their own, so that noise around them,
#: which may cover the page, does not widen them.
DISTINCT_SCORE = 0.85

# The text caret: `caret`.
#: Pixels: how wide a caret is at most, and how tall at least and at most.
CARET_MAX_WIDTH, CARET_MIN_HEIGHT, CARET_MAX_HEIGHT = 2, 9, 48
#: Levels of brightness between a caret and what is beside it; dividing lines are fainter.
CARET_CONTRAST = 100
#: What a caret scores: no threshold up to 0.99 fails for it.
CARET_SCORE = 0.99

# The whole picture: `pooled`.
#: Pixels that the pooled vector is made of; larger pictures are scaled down to as many.
THUMBNAIL_PIXELS = 96 * 96

SAME_RENDERER, RERASTERISED, TEXT_CARET = "same renderer", "re-rasterised", "text caret"


def weights(same_renderer: float, pixel_evidence: Any) -> Any:
    """Return how much the angle of each cell counts.

    Parameters
    ----------
    same_renderer : float
        How surely one renderer drew both pictures, in [0, 1].
    pixel_evidence : ndarray of any shape, float
        How well the pixels around each cell confirm a change, in [`MIN_WEIGHT`, 1].

    Returns
    -------
    ndarray of the same shape, float
        From `MIN_WEIGHT` to 1 + `SAME_RENDERER_GAIN`.
    """
    return (1 + SAME_RENDERER_GAIN * same_renderer) * pixel_evidence


def scores(cosines: Any, weights: Any, xp: Any = np) -> Any:
    """Return the scores of cells.

    Parameters
    ----------
    cosines : ndarray or tensor of any shape, float
        The cosine of each cell's two feature vectors, in [-1, 1]; ResNet50's are in [0, 1], since
        its features are not negative.
    weights : ndarray or tensor of the same shape, float
        What `weights` returns.
    xp : module
        What the arrays are of: numpy, or torch in training.

    Returns
    -------
    ndarray or tensor of the same shape
        In [0, 1]; exactly 1 where the cosine is.
    """
    weighted = weights * xp.arccos(cosines)
    plain = xp.clip(weighted, None, SATURATION_ANGLE)
    room = np.pi / 2 - SATURATION_ANGLE
    saturated = plain + room * (1 - xp.exp((plain - weighted) / room))
    return xp.where(cosines == 1, 1.0, xp.cos(saturated))


def reason(weight: float) -> str:
    """Return why a cell has its weight: "same renderer", "re-rasterised", or "" for about 1."""
    if abs(weight - 1) < 0.005:  # it is shown with two decimals
        return ""
    return SAME_RENDERER if weight > 1 else RERASTERISED

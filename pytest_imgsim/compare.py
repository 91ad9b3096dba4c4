"""From two pictures of one size to two scores and the regions that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim import caret
from pytest_imgsim.diagnose import changed_pixels, differing
from pytest_imgsim.picture import Picture, Pixels, opacity
from pytest_imgsim.record import RegionScore
from pytest_imgsim.regions import Box, Mask, changed_boxes
from pytest_imgsim.scoring import CosineMap, Extractor, cosine
from pytest_imgsim.stillness import gain, turned
from pytest_imgsim.windows import GRAIN, Window, windows

#: Largest picture that the pooled vector is made of, in pixels: larger ones are reduced to it.
OVERVIEW = 96 * 96
MAX_REGIONS = 20
#: Changes in cells less alike than this make regions of their own, so that noise around them,
#: which may cover the page, does not widen them.
ALIKE = 0.85


@dataclass(frozen=True)
class Scores:
    """How alike two pictures of one size are.

    Parameters
    ----------
    score : float
        The smallest local cosine, in [-1, 1]; what a threshold judges.
    global_score : float
        The cosine of the pooled (2048,) vectors, in [-1, 1].
    regions : tuple of RegionScore
        Where they differ, worst first, at most 20.
    cells : CosineMap or None
        The local cosines; None where the pictures are equal, or differ by a text caret alone.
    """

    score: float
    global_score: float
    regions: tuple[RegionScore, ...]
    cells: CosineMap | None = field(default=None, compare=False)


def compare(actual: Picture, baseline: Picture, extractor: Extractor) -> Scores:
    """Score two pictures of one size.

    Colours and, where either picture is transparent, opacity are scored in the same way;
    the lower of the two counts.

    Parameters
    ----------
    actual, baseline : Picture
        Pictures of one size.
    extractor : Extractor
        The model.

    Returns
    -------
    Scores
        Exactly 1.0 where the pictures are equal, without a call of the model.

    Raises
    ------
    ValueError
        If the sizes differ.
    """
    if actual.size != baseline.size:
        raise ValueError(f"expected one size, got {actual.size} and {baseline.size}")
    changed = changed_pixels(actual, baseline)
    if not changed.any():
        return Scores(1.0, 1.0, ())
    if box := caret.lone_caret(actual.rgb, baseline.rgb, changed):
        found = RegionScore(int(box.x), int(box.y), int(box.width), int(box.height), caret.SCORE)
        return Scores(caret.SCORE, _similarity(actual.rgb, baseline.rgb, extractor), (found,))
    layers = [
        _compare_layer(left, right, extractor)
        for left, right in _layers(actual, baseline)
        if not np.array_equal(left, right)
    ]
    values = np.minimum.reduce([cells.values for cells, _ in layers])
    cells = CosineMap(layers[0][0].stride, values)
    unlike = _near_unlike(cells)[: changed.shape[0], : changed.shape[1]]
    boxes = changed_boxes(changed & unlike) + changed_boxes(changed & ~unlike)
    return Scores(
        float(values.min()),
        min(similarity for _, similarity in layers),
        _score_regions(boxes, cells),
        cells,
    )


def pooled(rgb: Pixels, extractor: Extractor) -> NDArray[np.float32]:
    """Return the pooled vector of (H, W, 3) uint8 pixels at a glance, (2048,) float32."""
    return extractor.vector(at_a_glance(rgb))


def at_a_glance(rgb: Pixels) -> Pixels:
    """Return (H, W, 3) uint8 pixels, reduced to about `OVERVIEW` of them if there are more.

    What is made of these costs the same for pictures of all sizes.
    """
    height, width = rgb.shape[:2]
    share = (OVERVIEW / (height * width)) ** 0.5
    if share >= 1:
        return rgb
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))


def _layers(actual: Picture, baseline: Picture) -> Iterator[tuple[Pixels, Pixels]]:
    yield actual.rgb, baseline.rgb
    if actual.alpha is not None or baseline.alpha is not None:
        yield _as_grey(opacity(actual)), _as_grey(opacity(baseline))


def _as_grey(plane: Pixels) -> Pixels:
    return np.repeat(plane[:, :, None], 3, axis=2)


def _compare_layer(a: Pixels, b: Pixels, extractor: Extractor) -> tuple[CosineMap, float]:
    """Return the local cosines and the cosine of the pooled vectors of two pictures that differ."""
    left, right = _pad(a), _pad(b)
    changed = differing(left, right)
    pieces = [
        (window, extractor.cosines(window.cut(left), window.cut(right)))
        for window in windows(changed, extractor.reach)
    ]
    cells = _assemble(pieces, left.shape[:2])
    values = turned(cells.values, gain(left, right, changed))
    return CosineMap(cells.stride, values), _similarity(a, b, extractor)


def _similarity(a: Pixels, b: Pixels, extractor: Extractor) -> float:
    """Return the cosine of the pooled vectors of two pictures."""
    return float(cosine(pooled(a, extractor), pooled(b, extractor)))


def _pad(rgb: Pixels) -> Pixels:
    """Return the pixels with the last row and column repeated up to multiples of `GRAIN`."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, -height % GRAIN), (0, -width % GRAIN), (0, 0)), mode="edge")


def _assemble(pieces: list[tuple[Window, CosineMap]], shape: tuple[int, ...]) -> CosineMap:
    """Return one map for the whole picture; beyond the windows, the cosine is 1."""
    stride = pieces[0][1].stride
    values = np.ones((shape[0] // stride, shape[1] // stride))
    for window, cells in pieces:
        values[window.cells(stride)] = cells.values[window.own_cells(stride)]
    return CosineMap(stride, values)


def _near_unlike(cells: CosineMap) -> Mask:
    """Return the pixels at most two cells from one below `ALIKE`, over the whole map."""
    low = np.pad(cells.values < ALIKE, 2)
    height, width = cells.values.shape
    near = np.zeros((height, width), dtype=np.bool_)
    for down in range(5):
        for across in range(5):
            near |= low[down : down + height, across : across + width]
    return near.repeat(cells.stride, axis=0).repeat(cells.stride, axis=1)


def _score_regions(boxes: list[Box], cells: CosineMap) -> tuple[RegionScore, ...]:
    """Return the boxes with their scores, worst first."""
    regions = [
        RegionScore(int(box.x), int(box.y), int(box.width), int(box.height), score)
        for box, score in zip(boxes, score_boxes(boxes, cells), strict=True)
    ]
    return worst_first(regions)


def worst_first(regions: list[RegionScore]) -> tuple[RegionScore, ...]:
    """Return the worst regions of those with a score, at most `MAX_REGIONS`."""
    return tuple(sorted(regions, key=lambda region: region.score or 0.0)[:MAX_REGIONS])


def score_boxes(boxes: Sequence[Box], cells: CosineMap) -> list[float]:
    """Return the smallest cosine in or next to each box; that of the whole map is in one."""
    scores = [_around(box, cells) for box in boxes]
    # The receptive field can carry the smallest cosine some cells away from its cause.
    row, column = np.unravel_index(int(cells.values.argmin()), cells.values.shape)
    centre = (float(column + 0.5) * cells.stride, float(row + 0.5) * cells.stride)
    nearest = min(range(len(boxes)), key=lambda i: (_distance(boxes[i], centre), scores[i]))
    scores[nearest] = float(cells.values.min())
    return scores


def _around(box: Box, cells: CosineMap) -> float:
    stride = cells.stride
    top, left = int(box.y) // stride, int(box.x) // stride
    bottom = (int(box.y + box.height) - 1) // stride
    right = (int(box.x + box.width) - 1) // stride
    near = cells.values[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2]
    return float(near.min())


def _distance(box: Box, point: tuple[float, float]) -> float:
    across = max(box.x - point[0], 0.0, point[0] - box.x - box.width)
    down = max(box.y - point[1], 0.0, point[1] - box.y - box.height)
    return float(across**2 + down**2)

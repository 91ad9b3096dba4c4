"""From two pictures of one size to two scores and the regions that differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.diagnose import changed_pixels
from pytest_imgsim.picture import Picture, Pixels, opacity
from pytest_imgsim.record import RegionScore
from pytest_imgsim.regions import Box, Mask, changed_boxes
from pytest_imgsim.scoring import CosineMap, Extractor, Features, cosine, cosine_map

#: ResNet50 halves its input five times; tiles and padded pictures come in multiples of this.
GRAIN = 32
#: Largest picture that is worked on in one piece, in pixels.
WHOLE = 2_200_000
#: Side of a tile's core, and what is added around it. The halo is larger than half the
#: receptive field of the last stage (483 px: Araujo et al., doi:10.23915/distill.00021), so
#: a tile's core has the values that the whole picture would have.
CORE, HALO = 768, 256
MAX_REGIONS = 20
#: Changes in cells less alike than this make regions of their own, so that noise around them,
#: which may cover the page, does not widen them.
ALIKE = 0.85

Span = tuple[int, int]


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
        The local cosines; None where the pictures are equal.
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


def pooled(picture: Picture, extractor: Extractor) -> NDArray[np.float32]:
    """Return the mean of the last stage's features over a picture's colours, (2048,) float32."""
    padded = _pad(picture.rgb)
    total = _Mean()
    for tile in _tiles(padded.shape[0], padded.shape[1]):
        total.add(tile.core_of_top(extractor.extract(tile.cut(padded))))
    return total.value.astype(np.float32)


def _layers(actual: Picture, baseline: Picture) -> Iterator[tuple[Pixels, Pixels]]:
    yield actual.rgb, baseline.rgb
    if actual.alpha is not None or baseline.alpha is not None:
        yield _as_grey(opacity(actual)), _as_grey(opacity(baseline))


def _as_grey(plane: Pixels) -> Pixels:
    return np.repeat(plane[:, :, None], 3, axis=2)


class _Mean:
    """The mean feature vector over cells that arrive tile by tile."""

    def __init__(self) -> None:
        self._sum: NDArray[np.float64] | float = 0.0
        self._count = 0

    def add(self, cells: NDArray[np.float32]) -> None:
        self._sum = self._sum + cells.sum(axis=(0, 1), dtype=np.float64)
        self._count += cells.shape[0] * cells.shape[1]

    @property
    def value(self) -> NDArray[np.float64]:
        return np.asarray(self._sum / self._count)


@dataclass(frozen=True)
class _Tile:
    """A piece of a padded picture: the part it stands for, and that part with its halo.

    Spans are (start, stop) in pixels, multiples of `GRAIN`.
    """

    core: tuple[Span, Span]
    outer: tuple[Span, Span]

    def cut(self, rgb: Pixels) -> Pixels:
        (top, bottom), (left, right) = self.outer
        return rgb[top:bottom, left:right]

    def core_in(self, stride: int) -> tuple[slice, slice]:
        """Return the core's cells within the tile's own map."""
        down, across = (
            slice((core[0] - outer[0]) // stride, (core[1] - outer[0]) // stride)
            for core, outer in zip(self.core, self.outer, strict=True)
        )
        return down, across

    def cells(self, stride: int) -> tuple[slice, slice]:
        """Return the core's cells within the whole picture's map."""
        down, across = (slice(start // stride, stop // stride) for start, stop in self.core)
        return down, across

    def core_of_top(self, features: Features) -> NDArray[np.float32]:
        return features.top.values[self.core_in(features.top.stride)]


def _tiles(height: int, width: int) -> Iterator[_Tile]:
    if height * width <= WHOLE:
        whole = ((0, height), (0, width))
        yield _Tile(whole, whole)
        return
    for down in _cuts(height):
        for across in _cuts(width):
            yield _Tile((down[0], across[0]), (down[1], across[1]))


def _cuts(length: int) -> Iterator[tuple[Span, Span]]:
    """Yield the (core, outer) spans of a side; a side that fits one tile is left whole."""
    if length <= CORE + 2 * HALO:
        yield (0, length), (0, length)
        return
    for start in range(0, length, CORE):
        stop = min(start + CORE, length)
        yield (start, stop), (max(start - HALO, 0), min(stop + HALO, length))


def _pad(rgb: Pixels) -> Pixels:
    """Return the pixels with the last row and column repeated up to multiples of `GRAIN`."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, -height % GRAIN), (0, -width % GRAIN), (0, 0)), mode="edge")


def _compare_layer(a: Pixels, b: Pixels, extractor: Extractor) -> tuple[CosineMap, float]:
    """Return the local cosines and the cosine of the pooled vectors of two pictures."""
    a, b = _pad(a), _pad(b)
    pieces: list[tuple[_Tile, CosineMap]] = []
    mean_a, mean_b = _Mean(), _Mean()
    for tile in _tiles(a.shape[0], a.shape[1]):
        left, right = tile.cut(a), tile.cut(b)
        features = extractor.extract(left)
        mean_a.add(tile.core_of_top(features))
        if np.array_equal(left, right):
            mean_b.add(tile.core_of_top(features))
            continue
        others = extractor.extract(right)
        mean_b.add(tile.core_of_top(others))
        pieces.append((tile, cosine_map(features, others)))
    return _assemble(pieces, a.shape[:2]), float(cosine(mean_a.value, mean_b.value))


def _assemble(pieces: list[tuple[_Tile, CosineMap]], shape: tuple[int, ...]) -> CosineMap:
    """Return one map for the whole picture; where no tile changed, the cosine is 1."""
    stride = pieces[0][1].stride
    values = np.ones((shape[0] // stride, shape[1] // stride))
    for tile, cells in pieces:
        values[tile.cells(stride)] = cells.values[tile.core_in(stride)]
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
    """Return the boxes with the smallest cosine in or next to each, worst first."""
    scores = [_around(box, cells) for box in boxes]
    # The receptive field can carry the smallest cosine some cells away from its cause.
    row, column = np.unravel_index(int(cells.values.argmin()), cells.values.shape)
    centre = (float(column + 0.5) * cells.stride, float(row + 0.5) * cells.stride)
    nearest = min(range(len(boxes)), key=lambda i: (_distance(boxes[i], centre), scores[i]))
    scores[nearest] = float(cells.values.min())
    regions = [
        RegionScore(int(box.x), int(box.y), int(box.width), int(box.height), score)
        for box, score in zip(boxes, scores, strict=True)
    ]
    regions.sort(key=lambda region: region.score)
    return tuple(regions[:MAX_REGIONS])


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

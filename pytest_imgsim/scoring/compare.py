"""From two pictures of one size to their scores and the regions that differ.

`formula` says what a score is; this module applies it to the parts of the pictures that changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Mask, Pixels, opacity
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring.caret import lone_caret
from pytest_imgsim.scoring.cell_scores import CellScores
from pytest_imgsim.scoring.cosine import CosineMap, Extractor
from pytest_imgsim.scoring.formula import CARET_SCORE, MIRROR_PADDING, TEXT_CARET, weights
from pytest_imgsim.scoring.pixel_evidence import pixel_evidence
from pytest_imgsim.scoring.pooled import pooled_similarity
from pytest_imgsim.scoring.regions import find_regions
from pytest_imgsim.scoring.same_renderer import same_renderer
from pytest_imgsim.scoring.tiles import ALIGNMENT, Tile, tiles

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Scores:
    """How alike two pictures of one size are.

    Parameters
    ----------
    score : float
        The lowest score of all cells, in [0, 1]; what a threshold judges.
    global_score : float or None
        The cosine of the pooled (2048,) vectors, in [0, 1]; None where a rule sets the score and
        the model is not asked.
    regions : tuple of RegionScore
        Where they differ, worst first, at most 20.
    cells : CellScores or None
        The scores of the cells; None where the model was not asked.
    """

    score: float
    global_score: float | None
    regions: tuple[RegionScore, ...] = ()
    cells: CellScores | None = field(default=None, compare=False)


def compare(pair: PicturePair, extractor: Extractor) -> Scores:
    """Score two pictures.

    Colours and, where either picture is transparent, opacity are scored in the same way; the
    lower score counts.

    Parameters
    ----------
    pair : PicturePair
        The pictures.
    extractor : Extractor
        The model; not asked where the pictures are equal or differ by a text caret alone.

    Returns
    -------
    Scores
        Exactly 1.0 where the pictures are equal.
    """
    if pair.equal:
        return Scores(1.0, 1.0)
    if caret := lone_caret(pair.actual.rgb, pair.baseline.rgb, pair.changed):
        region = RegionScore(
            caret.x, caret.y, caret.width, caret.height, CARET_SCORE, reason=TEXT_CARET
        )
        return Scores(CARET_SCORE, None, (region,))
    layers = [(_score_cells(*layer, extractor), layer) for layer in _layers(pair)]
    cells = reduce(CellScores.lower_of, (scores for scores, _ in layers))
    return Scores(
        float(cells.values.min()),
        min(pooled_similarity(*layer, extractor) for _, layer in layers),
        find_regions(pair, cells),
        cells,
    )


def _layers(pair: PicturePair) -> Iterator[tuple[Pixels, Pixels, Mask]]:
    """Yield the colours, and the opacity as grey, where they differ, and at which pixels."""
    if pair.opaque:
        yield pair.actual.rgb, pair.baseline.rgb, pair.changed
        return
    greys = _as_grey(opacity(pair.actual)), _as_grey(opacity(pair.baseline))
    for left, right in ((pair.actual.rgb, pair.baseline.rgb), greys):
        changed = differing(left, right)
        if changed.any():
            yield left, right, changed


def _as_grey(plane: Pixels) -> Pixels:
    return np.repeat(plane[:, :, None], 3, axis=2)


def _score_cells(a: Pixels, b: Pixels, changed: Mask, extractor: Extractor) -> CellScores:
    """Return the scores of all cells of two pictures that differ at some pixels."""
    where = _padded(changed)
    same = same_renderer(_padded(a), _padded(b), where, changed.shape)
    scored: CellScores | None = None
    for tile in tiles(where, extractor.receptive_radius):
        left, right = tile.cut(a), tile.cut(b)
        cosines = _cosines(tile, left, right, a.shape, extractor)
        scored = scored or CellScores.unchanged(cosines.stride, where.shape)
        evidence = pixel_evidence(_padded(left), _padded(right), cosines.stride, left.shape)
        own = tile.own_cells(cosines.stride)
        scored.write(tile.cells(cosines.stride), cosines.values[own], weights(same, evidence[own]))
    assert scored is not None  # a pixel differs, so there is a tile
    return scored


def _cosines(
    tile: Tile, left: Pixels, right: Pixels, shape: tuple[int, ...], extractor: Extractor
) -> CosineMap:
    """Return the cosines of a tile's cells, cut out of two pictures of a shape.

    The network sees the pictures mirrored beyond their edges, and beyond a last cell that is not
    full.
    """
    mirrored = [
        (MIRROR_PADDING * (start == 0), MIRROR_PADDING * (stop >= side))
        for (start, stop), side in zip(tile.outer, shape, strict=False)
    ]
    margins = [
        (before, after + -side % ALIGNMENT)
        for (before, after), side in zip(mirrored, left.shape, strict=False)
    ]
    cells = extractor.cosines(
        *(np.pad(rgb, [*margins, (0, 0)], mode="reflect") for rgb in (left, right))
    )
    (top, bottom), (before, after) = (
        (start // cells.stride, stop // cells.stride) for start, stop in mirrored
    )
    height, width = cells.values.shape
    return CosineMap(cells.stride, cells.values[top : height - bottom, before : width - after])


def _padded(values: NDArray[_T]) -> NDArray[_T]:
    """Return values with the last row and column repeated up to multiples of `ALIGNMENT`."""
    down, across = (-side % ALIGNMENT for side in values.shape[:2])
    if not down and not across:
        return values
    return np.pad(values, ((0, down), (0, across), (0, 0))[: values.ndim], mode="edge")

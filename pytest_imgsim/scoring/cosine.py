"""Cosine similarity of feature vectors and of maps of them: pure numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """Features on a grid.

    Parameters
    ----------
    stride : int
        Pixels from one cell to the next, in both directions.
    values : ndarray of shape (h, w, C), float32
        One feature vector a cell; h and w are the picture's sides divided by `stride`.
    """

    stride: int
    values: Array


class Extractor(Protocol):
    """What turns pixels into features: ResNet50, or a fake in tests."""

    @property
    def model_id(self) -> str:
        """Id of the model: architecture, weights and preprocessing."""
        ...

    @property
    def receptive_radius(self) -> int:
        """How many pixels before and after a cell's first one its features depend on.

        At least four strides, as far as the pixel evidence reaches.
        """
        ...

    def cosines(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> CosineMap:
        """Return the local cosines of two (H, W, 3) uint8 pixels; H and W are multiples of 8."""
        ...

    def vector(self, rgb: NDArray[np.uint8]) -> Array:
        """Return the pooled vector of (H, W, 3) uint8 pixels of any size, (2048,) float32."""
        ...


def cosine(
    a: NDArray[np.floating], b: NDArray[np.floating], *, dtype: type[np.floating] = np.float64
) -> NDArray[np.float64]:
    r"""Cosine similarity along the last axis.

    Parameters
    ----------
    a, b : ndarray of shape (..., C), float
        Feature vectors.
    dtype : {float64, float32}
        What products are summed in. float32 is four times as fast and, for the values of a
        network, accurate to 1e-6; squares beyond its range overflow.

    Returns
    -------
    ndarray of shape (...), float64
        :math:`a \cdot b / (\lVert a \rVert \lVert b \rVert)` in [-1, 1]; 1 means the same
        direction. Two zero vectors are alike (1); a zero vector and any other are not (0).

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    .. [1] G. Salton, A. Wong, C. S. Yang, "A vector space model for automatic indexing",
       Communications of the ACM 18(11), 1975. :doi:`10.1145/361219.361220`

    Examples
    --------
    >>> float(cosine(np.array([1.0, 0.0]), np.array([1.0, 1.0])).round(4))
    0.7071
    >>> float(cosine(np.zeros(2), np.zeros(2)))
    1.0
    """
    if a.shape != b.shape:
        raise ValueError(f"expected two arrays of one shape, got {a.shape} and {b.shape}")
    dot, norm_a, norm_b = (
        np.einsum("...c,...c->...", one, other, dtype=dtype).astype(np.float64)
        for one, other in ((a, b), (a, a), (b, b))
    )
    scale = np.sqrt(norm_a) * np.sqrt(norm_b)
    value = np.divide(dot, scale, out=np.zeros_like(scale), where=scale > 0)
    value = np.where((norm_a == 0) & (norm_b == 0), 1.0, value)
    return np.clip(value, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class CosineMap:
    """Local cosines on a grid.

    Parameters
    ----------
    stride : int
        Pixels from one cell to the next, in both directions.
    values : ndarray of shape (h, w), float64
        One cosine in [-1, 1] a cell.
    """

    stride: int
    values: NDArray[np.float64]


def cosine_map(a: FeatureMap, b: FeatureMap) -> CosineMap:
    """Return the local cosines of the features of two pictures of one size."""
    return CosineMap(a.stride, cosine(a.values, b.values, dtype=np.float32))

"""Cosines of vectors and of maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pytest_imgsim.scoring.cosine import FeatureMap, cosine, cosine_map

RANDOM = np.random.default_rng(1)
DTYPES = [np.float16, np.float32, np.float64, np.int32, np.uint8]


def vectors(*shape: int) -> Any:
    return RANDOM.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 3e12])
def test_identity(scale: float) -> None:
    """A vector has cosine 1 with itself and with any positive multiple."""
    a = vectors(7, 64)
    np.testing.assert_allclose(cosine(a, a * np.float32(scale)), 1.0, atol=1e-6)
    np.testing.assert_allclose(cosine(a, a), 1.0, rtol=0, atol=1e-15)


def test_symmetry() -> None:
    """The order of the two does not matter, to the last bit."""
    a, b = vectors(50, 32), vectors(50, 32)
    np.testing.assert_array_equal(cosine(a, b), cosine(b, a))


def test_range() -> None:
    """No rounding leads out of [-1, 1]."""
    a = vectors(500, 3)
    b = np.concatenate([a[:200], -a[200:400], vectors(100, 3)])
    values = cosine(a, b)
    assert values.min() >= -1.0
    assert values.max() <= 1.0
    np.testing.assert_allclose(values[200:400], -1.0, atol=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([0.0, 0.0], [0.0, 0.0], 1.0),
        ([0.0, 0.0], [1.0, 0.0], 0.0),
        ([3.0, 0.0], [0.0, 0.0], 0.0),
        ([1.0, 0.0], [0.0, 1.0], 0.0),
        ([1.0, 0.0], [-2.0, 0.0], -1.0),
        ([1.0, 0.0], [1.0, 1.0], 2**-0.5),
        ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], 32 / (14 * 77) ** 0.5),
    ],
)
def test_known_values(a: list[float], b: list[float], expected: float) -> None:
    """Known pairs, zero vectors among them, have the cosine of the textbook."""
    assert float(cosine(np.array(a), np.array(b))) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype: Any) -> None:
    """Every dtype is worked on in float64."""
    a = np.array([[1, 2, 3], [0, 0, 0]], dtype=dtype)
    b = np.array([[4, 5, 6], [0, 0, 0]], dtype=dtype)
    values = cosine(a, b)
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, [32 / (14 * 77) ** 0.5, 1.0], atol=1e-15)


def test_adding_up_in_float32_changes_little() -> None:
    """Features as a network gives them have the same cosine to 1e-6."""
    a = np.abs(vectors(300, 256))
    b = a + vectors(300, 256) * np.linspace(0, 2, 300, dtype=np.float32)[:, None]
    values = cosine(a, b, dtype=np.float32)
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, cosine(a, b), atol=1e-6)


def test_large_float32_values_do_not_overflow() -> None:
    """Squares beyond float32 are no trouble."""
    a = np.array([1e30, 0], dtype=np.float32)
    b = np.array([1e30, 1e30], dtype=np.float32)
    assert float(cosine(a, b)) == pytest.approx(2**-0.5)


@pytest.mark.parametrize("shape", [(), (1,), (4, 5)])
def test_keeps_the_leading_axes(shape: tuple[int, ...]) -> None:
    """The result has one value for each vector."""
    assert cosine(vectors(*shape, 6), vectors(*shape, 6)).shape == shape


def test_refuses_other_shapes() -> None:
    """Arrays that would only broadcast are refused."""
    with pytest.raises(ValueError, match=r"one shape, got \(2, 3\) and \(1, 3\)"):
        cosine(np.ones((2, 3)), np.ones((1, 3)))


def test_map_has_a_cosine_for_each_cell() -> None:
    """Each cell's features are held against those at its place."""
    values = np.ones((2, 3, 2), np.float32)
    other = values.copy()
    other[0, 0] = (1, 0)
    other[1, 2] = (-1, -1)
    cells = cosine_map(FeatureMap(8, values), FeatureMap(8, other))
    assert cells.stride == 8
    expected = np.ones((2, 3))
    expected[0, 0], expected[1, 2] = 2**-0.5, -1
    np.testing.assert_allclose(cells.values, expected, atol=1e-12)

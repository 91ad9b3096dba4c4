"""The formula of the score."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_imgsim.scoring.formula import SATURATION_ANGLE, reason, scores, weights


@pytest.mark.parametrize(
    ("cosine", "weight", "expected"),
    [
        (1.0, 2.0, 1.0),
        (np.cos(0.3), 2.0, np.cos(0.6)),
        (np.cos(0.3), 3.0, np.cos(0.9)),
        (0.5, 1.0, 0.5),
        (0.0, 0.5, np.sqrt(0.5)),
        # 120 degrees are 60 beyond the limit, which leaves 30 of them for a right angle.
        (0.5, 2.0, np.cos(np.pi / 2 - np.pi / 6 * np.exp(-2))),
        # 45 degrees and twice as much: 30 beyond the limit.
        (np.sqrt(0.5), 2.0, np.cos(np.pi / 2 - np.pi / 6 * np.exp(-1))),
        # As an angle of 90 degrees has it, whatever cosine and weight make it.
        (0.0, 1.0, np.cos(np.pi / 2 - np.pi / 6 * np.exp(-1))),
    ],
)
def test_scores(cosine: float, weight: float, expected: float) -> None:
    """An angle is multiplied by its weight; a large one approaches a right angle."""
    assert scores(np.array([cosine]), weight) == pytest.approx(expected, abs=1e-12)


def test_a_weight_of_1_leaves_the_cosine() -> None:
    """Down to the limit a score is a plain cosine, and a larger weight never raises it."""
    cosines = np.linspace(0.5, 1, 100)
    np.testing.assert_allclose(scores(cosines, 1.0), cosines, atol=1e-12)
    for weight in (1.05, 1.5, 3.0):
        assert (scores(cosines, weight) <= cosines + 1e-12).all()


def test_the_larger_weighted_angle_has_the_lower_score() -> None:
    """Whatever an angle is made of, cosine or weight, and however large: in order, in [0, 1]."""
    cosines, each = np.meshgrid(np.linspace(0, 1, 60), np.linspace(0.5, 3, 60))
    angles, out = (each * np.arccos(cosines)).ravel(), scores(cosines, each).ravel()
    order = np.argsort(angles)
    larger = np.diff(angles[order]) > 1e-6
    assert (np.diff(out[order])[larger] < 0).all()
    assert out.min() >= 0
    assert out.max() == 1


def test_saturation_begins_without_a_step() -> None:
    """Just below and just above the limit, an enlarged angle scores nearly the same."""
    near = scores(np.cos((SATURATION_ANGLE + np.array([-1e-6, 1e-6])) / 2), 2.0)
    assert np.ptp(near) < 1e-5
    assert near == pytest.approx(0.5, abs=1e-5)


def test_identity_stays_exact() -> None:
    """Where nothing differs the score is exactly 1, not nearly."""
    assert (scores(np.ones(3), 1.7) == 1.0).all()


def test_each_cell_has_its_own_weight() -> None:
    """A map of cosines goes with a map of weights."""
    out = scores(np.array([[0.9, 0.0]]), np.array([[2.0, 0.5]]))
    np.testing.assert_allclose(out, [[2 * 0.9**2 - 1, np.sqrt(0.5)]])


def test_weights() -> None:
    """One renderer makes an angle count up to three times; a shift that explains it, half."""
    evidence = np.array([0.5, 1.0])
    np.testing.assert_allclose(weights(0.0, evidence), [0.5, 1.0])
    np.testing.assert_allclose(weights(1.0, evidence), [1.5, 3.0])


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(1.0, ""), (0.999, ""), (2.9, "same renderer"), (0.5, "re-rasterised")],
)
def test_reason(weight: float, expected: str) -> None:
    """A weight that is not 1 has a reason."""
    assert reason(weight) == expected

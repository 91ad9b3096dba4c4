"""Rectangles in whole pixels."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_imgsim.rect import Rect, bounding

FIRST = Rect(10, 10, 20, 20)


@pytest.mark.parametrize(
    ("other", "gap"),
    [
        (Rect(30, 10, 5, 5), 0),
        (Rect(0, 35, 90, 5), 5),
        (Rect(37, 41, 5, 5), 11),
        (Rect(25, 25, 20, 20), -5),
    ],
)
def test_the_gap_between_rectangles(other: Rect, gap: int) -> None:
    """Rectangles that touch have none, and those that overlap less than that."""
    assert FIRST.gap(other) == other.gap(FIRST) == gap


def test_slices() -> None:
    """A rectangle indexes exactly its own pixels."""
    pixels = np.zeros((50, 60), dtype=np.bool_)
    pixels[FIRST.slices] = True
    assert pixels.sum() == FIRST.area == 400
    assert pixels[10:30, 10:30].all()
    assert (FIRST.right, FIRST.bottom) == (30, 30)
    assert str(Rect(3, 4, 1, 2)) == "1x2 at (3, 4)"


def test_bounding() -> None:
    """The smallest rectangle around others."""
    assert bounding([FIRST]) == FIRST
    assert bounding([FIRST, Rect(5, 12, 2, 40)]) == Rect(5, 10, 25, 42)

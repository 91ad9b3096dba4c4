"""Pictures whose lines are matched: other sizes, and what was pushed aside."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import Pixels, flat, noise

from pytest_imgsim.diff.alignment import ABSENT, align, find_shift
from pytest_imgsim.pictures.changed import differing


def two_tone(height: int, width: int) -> Pixels:
    """Return a page of few different rows, as web pages are: a dark half below a light one."""
    return np.concatenate([flat(height // 2, width), flat(height - height // 2, width, (9, 9, 9))])


@pytest.mark.parametrize("at", [0, 70, 300])
@pytest.mark.parametrize("kind", ["noise", "two tone", "flat"])
def test_an_inserted_banner_is_just_that(kind: str, at: int) -> None:
    """Twenty rows that one picture has more are the only change, in all kinds of pages."""
    old = {"noise": noise(300, 50), "two tone": two_tone(300, 50), "flat": flat(300, 50)}[kind]
    new = np.concatenate([old[:at], flat(20, 50, (200, 0, 0)), old[at:]])
    expected = np.zeros((320, 50), dtype=np.bool_)
    expected[at : at + 20] = True
    longer = align(new, old)
    np.testing.assert_array_equal(longer.changed, expected)
    np.testing.assert_array_equal(longer.actual, new)
    assert (longer.baseline[expected] == ABSENT).all()
    np.testing.assert_array_equal(longer.baseline[~expected], new[~expected])
    shorter = align(old, new)
    np.testing.assert_array_equal(shorter.changed, expected)
    np.testing.assert_array_equal(shorter.actual, longer.baseline)


def test_an_inserted_column() -> None:
    """With equal heights, columns are matched in the same way."""
    old = noise(30, 100)
    new = np.concatenate([old[:, :40], flat(30, 5, (0, 0, 0)), old[:, 40:]], axis=1)
    changed = align(new, old).changed
    assert changed.shape == (30, 105)
    assert changed[:, 40:45].all()
    assert changed.sum() == 30 * 5


def test_both_sides_differ() -> None:
    """With two other sides the top left corners meet; nothing is cropped."""
    a, b = noise(6, 9), noise(8, 4, seed=1)
    b[:6] = a[:, :4]
    both = align(a, b)
    assert both.actual.shape == both.baseline.shape == (8, 9, 3)
    np.testing.assert_array_equal(both.actual[:6], a)
    np.testing.assert_array_equal(both.baseline[:, :4], b)
    assert (both.actual[6:] == ABSENT).all()
    assert (both.baseline[:, 4:] == ABSENT).all()
    assert not both.changed[:6, :4].any()
    assert both.changed[6:].all()
    assert both.changed[:, 4:].all()


def test_what_is_absent_is_changed_whatever_its_colour() -> None:
    """A row of just the colour for absent rows counts as changed."""
    a = flat(4, 5, ABSENT)
    assert align(a, a[:3]).changed.sum() == 5


def test_rows_that_changed_too() -> None:
    """Beside inserted rows, all pixels of both pictures are on the canvas, in order."""
    old = noise(60, 20)
    new = np.concatenate([old[:10], noise(7, 20, 3), old[12:]])
    both = align(new, old)
    for mine, given in ((both.actual, new), (both.baseline, old)):
        present = (mine != ABSENT).any(axis=(1, 2))
        np.testing.assert_array_equal(mine[present], given)
    assert both.changed.any(axis=1).sum() == 7


def pushed(at: int, by: int, height: int = 200) -> tuple[Pixels, Pixels]:
    """Return a page of one size without and with `by` rows of a banner inserted at a row."""
    old = noise(height, 60)
    banner = flat(by, 60, (200, 0, 0))
    return old, np.concatenate([old[:at], banner, old[at:]])[:height]


@pytest.mark.parametrize("at", [0, 30, 150])
def test_a_banner_pushes_what_is_below(at: int) -> None:
    """On a page of the same size, too, only the banner has changed; what fell out is left out."""
    old, new = pushed(at, 20)
    longer = find_shift(new, old, differing(new, old))
    assert longer is not None
    np.testing.assert_array_equal(
        np.flatnonzero(longer.changed.any(axis=1)), np.arange(at, at + 20)
    )
    np.testing.assert_array_equal(longer.actual, new)
    shorter = find_shift(old, new, differing(old, new))
    assert shorter is not None
    np.testing.assert_array_equal(shorter.changed, longer.changed)
    np.testing.assert_array_equal(shorter.baseline, new)


def test_columns_are_pushed_too() -> None:
    """What was inserted at the side is found in the same way."""
    old, new = (picture.transpose(1, 0, 2) for picture in pushed(30, 12))
    shift = find_shift(new, old, differing(new, old))
    assert shift is not None
    np.testing.assert_array_equal(np.flatnonzero(shift.changed.any(axis=0)), np.arange(30, 42))


def test_a_side_bar_stays_where_it_is() -> None:
    """Only the columns that differ are matched: what stands still beside them hides nothing."""
    old, new = pushed(30, 20)
    bar = noise(200, 24, 5)
    new, old = np.hstack([bar, new]), np.hstack([bar, old])
    shift = find_shift(new, old, differing(new, old))
    assert shift is not None
    np.testing.assert_array_equal(shift.columns[0], np.arange(24, 84))
    assert shift.changed.any(axis=1).sum() == 20


@pytest.mark.parametrize(
    ("actual", "baseline"),
    [
        (noise(60, 60), noise(60, 60, 1)),
        (flat(60, 60), flat(60, 60, (0, 0, 0))),
        (noise(6, 60), np.roll(noise(6, 60), 2, axis=0)),
        (flat(1, 1), flat(1, 1, (0, 0, 0))),
    ],
)
def test_no_shift(actual: Pixels, baseline: Pixels) -> None:
    """Entirely different pictures and a few lines that moved are no shift."""
    assert find_shift(actual, baseline, differing(actual, baseline)) is None


def test_a_change_is_no_shift() -> None:
    """A page on which one thing changed lies on itself as it is."""
    old = noise(200, 60)
    new = old.copy()
    new[80:120, 10:40] = 0
    assert find_shift(new, old, differing(new, old)) is None

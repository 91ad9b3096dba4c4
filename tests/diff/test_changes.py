"""All changes between two pictures, and the fingerprint of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import Pixels, filled, flat, noise, page

from pytest_imgsim.diff.alignment import align, find_shift
from pytest_imgsim.diff.changes import changes_in
from pytest_imgsim.diff.fingerprint import fingerprint
from pytest_imgsim.diff.shifts import Change, changes_on
from pytest_imgsim.pictures.changed import changed_boxes, differing
from pytest_imgsim.record import RegionScore
from pytest_imgsim.rect import Rect

LINES = tuple((20, 30 + 24 * n, f"Order {n * 37} of {n * n} parts") for n in range(8))
PAGE = page(*LINES)
RED, BLUE = (200, 30, 30), (30, 60, 160)


def told(found: Sequence[Change | RegionScore]) -> list[str]:
    """Return the changes as people read them."""
    return [f"{region}: {region.words}" for region in map(region_of, found)]


def region_of(change: Change | RegionScore) -> RegionScore:
    return change.region if isinstance(change, Change) else change


def in_place(actual: Pixels, baseline: Pixels) -> list[RegionScore]:
    """Return the changes region by region, all of which fail."""
    boxes = changed_boxes(differing(actual, baseline))
    regions = [
        RegionScore(box.x, box.y, box.width, box.height, 0.1 * n) for n, box in enumerate(boxes)
    ]
    return changes_in(actual, baseline, regions, 0.9)


def shifted(actual: Pixels, baseline: Pixels) -> list[Change]:
    """Return the changes on two pictures of one size that were laid on each other."""
    shift = find_shift(actual, baseline, differing(actual, baseline))
    assert shift is not None
    return changes_on(shift)


def inserted(rgb: Pixels, at: int, rows: Pixels) -> Pixels:
    """Return a longer page with rows inserted."""
    return np.concatenate([rgb[:at], rows, rgb[at:]])


BANNER = flat(20, 320, RED)
SPACE = flat(20, 320, (255, 255, 255))


@pytest.mark.parametrize("height", [240, 260])
def test_an_inserted_banner_is_one_change(height: int) -> None:
    """It says how far it pushed what is below, whether or not the picture grew by it."""
    new = inserted(PAGE, 50, BANNER)[:height]
    find = shifted if height == 240 else lambda a, b: changes_on(align(a, b))
    [added] = find(new, PAGE)
    assert told([added])[0].endswith(
        "20 at (20, 50): added; what is below moved down by 20 px"
    ) or (told([added]) == ["320x20 at (0, 50): added; what is below moved down by 20 px"])
    [removed] = find(PAGE, new)
    assert removed.region.words == "removed; what is below moved up by 20 px"
    assert (removed.region.y, removed.region.height) == (50, 20)


def test_an_inserted_column_is_one_change() -> None:
    """At the side it is the same."""
    new = np.concatenate([PAGE[:, :12], flat(240, 9, BLUE), PAGE[:, 12:]], axis=1)
    words = [change.region.words for change in changes_on(align(new, PAGE))]
    assert words == ["added; what is beside it moved right by 9 px"]


def test_a_longer_end() -> None:
    """What was added at the end of a page has pushed nothing."""
    [change] = changes_on(align(np.concatenate([PAGE, BANNER]), PAGE))
    assert told([change]) == ["320x20 at (0, 240): added"]


def test_more_space() -> None:
    """Where only the space above grew, what is below moved, and nothing was added."""
    [change] = shifted(inserted(PAGE, 50, SPACE)[:240], PAGE)
    assert change.region.words == "moved down by 20 px"
    assert 70 <= change.region.y < 80


def test_a_banner_and_a_price() -> None:
    """A change in what was pushed down is found there, and a banner elsewhere does not hide it."""
    other = page(*LINES[:5], (20, 150, "Order 185 of 26 parts"), *LINES[6:])
    banner, price = shifted(inserted(other, 50, BANNER)[:240], PAGE)
    assert banner.region.words == "added; what is below moved down by 20 px"
    assert price.region.words == "text changed"
    assert 170 <= price.region.y <= 180
    assert 150 <= price.canvas.y - 20 <= 160


def test_a_replaced_banner() -> None:
    """A higher one in place of another is one change, and nothing was just added."""
    before, after = inserted(PAGE, 50, noise(10, 320, 1)), inserted(PAGE, 50, noise(25, 320, 2))
    [change] = changes_on(align(after, before))
    assert told([change]) == ["320x25 at (0, 50): changed; what is below moved down by 15 px"]


def test_rounding_is_no_push() -> None:
    """Below a push, a line more or less by rounding is not told as another one."""
    pushed = inserted(PAGE, 50, BANNER)
    pushed = np.concatenate([pushed[:140], pushed[141:]])
    [change] = changes_on(align(pushed, PAGE))
    assert change.region.words == "added; what is below moved down by 20 px"


def test_far_away() -> None:
    """What left one region for another is one change at the new place, with the worse score."""
    before = page(*LINES, (200, 10, "Sale!"))
    after = page(*LINES, (200, 200, "Sale!"))
    [change] = in_place(after, before)
    assert change.words == "moved down by 190 px"
    assert change.y > 200
    assert change.score == 0
    [back] = in_place(before, after)
    assert back.words == "moved up by 190 px"
    assert back.score == 0


def test_another_thing_far_away() -> None:
    """One thing gone and another one come are two changes."""
    before, after = page(*LINES, (200, 10, "Sale!")), page(*LINES, (200, 200, "Soon!"))
    assert [change.kind for change in in_place(after, before)] == ["removed", "added"]


def test_edges() -> None:
    """A box whose edge moved is resized; one of which both edges moved alike has moved."""
    box = filled(PAGE, (200, 60, 60, 60), BLUE)
    wider, moved = (
        filled(PAGE, (200, 60, 66, 60), BLUE), filled(PAGE, (206, 60, 60, 60), BLUE)
    )  # fmt: skip
    assert [change.words for change in in_place(wider, box)] == ["resized"]
    assert {change.words for change in in_place(moved, box)} == {"moved right by 6 px"}


def test_equal_pictures() -> None:
    """Nothing changed, nothing told."""
    assert in_place(PAGE, PAGE) == []
    assert changes_on(align(PAGE, PAGE)) == []
    assert fingerprint(PAGE, PAGE, [], []) == ""


def test_only_the_largest_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many changes the small ones are told without a closer look."""
    new = np.concatenate([filled(PAGE, (100, 200, 4, 4), RED), BANNER])
    new = filled(new, (200, 100, 30, 30), BLUE)
    words = [change.kind for change in changes_on(align(new, PAGE))]
    assert words == ["added", "added", "added"]
    monkeypatch.setattr("pytest_imgsim.diff.shifts.MAX_CLASSIFIED", 1)
    words = [change.kind for change in changes_on(align(new, PAGE))]
    assert words == ["added", "added", "changed"]


def name(actual: Pixels, baseline: Pixels) -> str:
    """Return the fingerprint of all changes in place."""
    boxes = changed_boxes(differing(actual, baseline))
    return fingerprint(actual, baseline, boxes, in_place(actual, baseline))


@pytest.mark.parametrize("at", [(200, 100), (203, 101), (64, 0), (285, 230)])
def test_one_change_has_one_fingerprint(at: tuple[int, int]) -> None:
    """The same header or badge on another page and at another place is the same change."""
    x, y = at
    first = name(filled(PAGE, (200, 60, 31, 9), BLUE), PAGE)
    other = page((2, 40, "Another page"), (4, 140, "with other texts"))
    assert name(filled(other, (x, y, 31, 9), BLUE), other) == first
    assert len(first) == 12


def test_a_banner_has_one_fingerprint() -> None:
    """So has a banner, whatever it pushed aside."""
    names = set()
    for under in (PAGE, page((9, 70, "Another page"), (4, 150, "with more text in it"))):
        after = inserted(under, 50, BANNER)[:240]
        shift = find_shift(after, under, differing(after, under))
        assert shift is not None
        found = changes_on(shift)
        boxes = [change.canvas for change in found]
        names.add(fingerprint(shift.actual, shift.baseline, boxes, [c.region for c in found]))
    assert len(names) == 1


def test_a_push_alone_is_one_change_on_all_pages() -> None:
    """Whatever was pushed down by 20 pixels, it is the same change; by 19, another one."""
    names = []
    for under, by in ((PAGE, 20), (page((9, 70, "Other"), (4, 150, "texts")), 20), (PAGE, 19)):
        after = inserted(under, 20, SPACE[:by])[:240]
        shift = find_shift(after, under, differing(after, under))
        assert shift is not None
        found = changes_on(shift)
        boxes = [change.canvas for change in found]
        names.append(fingerprint(shift.actual, shift.baseline, boxes, [c.region for c in found]))
    assert names[0] == names[1] != names[2]


def test_other_changes_have_other_fingerprints() -> None:
    """Another text, colour, size, direction or kind of change is not the same change."""
    empty = page()
    pairs = [
        (page((20, 20, "Total 9.99")), empty),
        (empty, page((20, 20, "Total 9.99"))),
        (page((20, 20, "Total 9.98")), empty),
        (page((20, 20, "Total 9.99")), page((20, 20, "Total 9.98"))),
        (filled(empty, (20, 20, 30, 30), BLUE), empty),
        (filled(empty, (20, 20, 30, 30), RED), empty),
        (filled(empty, (20, 20, 31, 30), BLUE), empty),
        (page((20, 20, "Sale")), page((30, 20, "Sale"))),
        (page((20, 20, "Sale")), page((200, 20, "Sale"))),
        (page((20, 20, "Sale"), (20, 90, "Sale")), empty),
    ]
    assert len({name(*pair) for pair in pairs}) == len(pairs)


def test_a_larger_text_that_pushes() -> None:
    """A heading of another size is told as that, with what it pushed down."""
    below = page(*LINES[:4])
    small, large = (
        np.concatenate([page((20, 20, "Settings page"), size=(height, 320), font=font), below])
        for height, font in ((50, 16), (56, 22))
    )
    words = [change.region.words for change in changes_on(align(large, small))]
    assert words == ["resized; what is below moved down by 6 px"]


def test_lines_lost_and_won_at_one_place() -> None:
    """Where as much was taken out as was put in, nothing was pushed."""
    small, large = (
        np.concatenate([page((20, 20, "Settings page"), size=(50, 320), font=font), PAGE])
        for font in (16, 22)
    )
    found = changes_on(align(np.concatenate([large, BANNER]), small))
    assert sorted(change.region.words for change in found) == ["added", "resized"]


def test_so_many_areas_are_noise() -> None:
    """What has changed nearly everywhere is like nothing else, and takes no time to name."""
    boxes = [Rect(8 * (n % 40), 8 * (n // 40), 2, 2) for n in range(201)]
    other = noise(240, 320)
    assert fingerprint(other, PAGE, boxes[:200], []) != ""
    assert fingerprint(other, PAGE, boxes, []) == ""

"""What became of an area, in a word."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import Pixels, filled, flat, noise, page
from PIL import Image

from pytest_imgsim.diff.classify import ChangeClass, classify
from pytest_imgsim.pictures.changed import changed_boxes, differing
from pytest_imgsim.rect import Rect

BLUE, RED, GREY = (30, 60, 160), (200, 30, 30), (240, 240, 240)
LINES = ((20, 30, "Orders of today"), (20, 60, "Total 1204.50"), (20, 90, "Shipped"))
EMPTY = page(*LINES)
BUTTON = filled(EMPTY, (180, 140, 80, 30), BLUE)
TEXT = page(*LINES, (180, 150, "Delete"))
OPPOSITE = {"added": "removed", "removed": "added"}


def one_kind(actual: Pixels, baseline: Pixels) -> ChangeClass:
    """Return the kind of the only change."""
    boxes = changed_boxes(differing(actual, baseline), cell=24)
    assert len(boxes) == 1
    return classify(actual, baseline, boxes[0])


def photo(seed: int = 0) -> Pixels:
    """Return the page with a picture on it, all smooth colours."""
    out = EMPTY.copy()
    small = Image.fromarray(noise(6, 8, seed))
    out[130:190, 100:180] = np.asarray(small.resize((80, 60), Image.Resampling.BICUBIC))
    return out


def faded(rgb: Pixels, share: float) -> Pixels:
    """Return the picture as it looks through a white veil."""
    return np.rint(255 - (255 - rgb.astype(np.float64)) * share).astype(np.uint8)


def scaled(text: str, times: float) -> Pixels:
    """Return the page with a text of another size."""
    return page((100, 150, text), font=round(20 * times))


CASES = {
    "a button": (BUTTON, EMPTY, "added"),
    "a text": (TEXT, EMPTY, "added"),
    "a text on a button": (np.minimum(BUTTON, 255 - (255 - TEXT) // 2), BUTTON, "added"),
    "a picture": (photo(), EMPTY, "added"),
    "a button in red": (BUTTON, filled(EMPTY, (180, 140, 80, 30), RED), "recoloured"),
    "a text in red": (TEXT, page(*LINES[:0], (180, 150, "Delete"), ink="red"), "recoloured"),
    "a faded picture": (photo(), np.where(EMPTY < 255, EMPTY, faded(photo(), 0.5)), "recoloured"),
    "all of it": (flat(40, 40, RED), flat(40, 40, BLUE), "recoloured"),
    "a word": (TEXT, page(*LINES, (180, 150, "Refund")), "text changed"),
    "a digit": (EMPTY, page(LINES[0], (20, 60, "Total 1209.50"), LINES[2]), "text changed"),
    "a cut text": (TEXT, page(*LINES, (180, 150, "Dele...")), "text changed"),
    "a larger text": (scaled("Delete it", 1.2), scaled("Delete it", 1), "resized"),
    "a smaller text": (scaled("Delete it", 0.7), scaled("Delete it", 1), "resized"),
    "another picture": (photo(), photo(1), "changed"),
    "noise": (noise(40, 40), noise(40, 40, 1), "changed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_kinds_and_their_opposites(case: str) -> None:
    """Each change has its word; seen the other way round, added is removed, all else the same."""
    actual, baseline, word = CASES[case]
    if case == "a text in red":
        actual = page((180, 150, "Delete"))
    assert one_kind(actual, baseline) == ChangeClass(word)
    assert one_kind(baseline, actual) == ChangeClass(OPPOSITE.get(word, word))


@pytest.mark.parametrize("offset", [(5, 0), (-3, 0), (0, 4), (0, -11), (7, 6), (-40, 2), (1, 0)])
@pytest.mark.parametrize("thing", ["text", "button", "picture"])
def test_moved(thing: str, offset: tuple[int, int]) -> None:
    """What went to another place is told with its way, and the other way with the opposite."""
    dx, dy = offset
    before = {"text": TEXT, "button": BUTTON, "picture": photo()}[thing]
    x, y, width, height = {
        "text": (175, 145, 80, 30), "button": (180, 140, 80, 30), "picture": (100, 130, 80, 60),
    }[thing]  # fmt: skip
    after = filled(before, (x, y, width, height), (255, 255, 255))
    after[y + dy : y + dy + height, x + dx : x + dx + width] = before[y : y + height, x : x + width]
    whole = Rect(min(x, x + dx), min(y, y + dy), width + abs(dx), height + abs(dy))
    assert classify(after, before, whole) == ChangeClass("moved", dx, dy)
    assert classify(before, after, whole) == ChangeClass("moved", -dx, -dy)


def test_nothing_changed() -> None:
    """Where no colour differs, such as where only the opacity does, no kind is sure."""
    assert classify(TEXT, TEXT, Rect(180, 150, 30, 10)) == ChangeClass("changed")


def test_text_that_passes_is_the_same_text() -> None:
    """Text that is only drawn in another way is not told as another text."""
    box = Rect(175, 145, 80, 30)
    other = page(*LINES, (180, 150, "Refund"))
    assert classify(TEXT, other, box, alike=True) == ChangeClass("changed")


def test_a_change_at_the_corner() -> None:
    """An area at the edge of the picture is judged by what there is of its surroundings."""
    assert one_kind(filled(flat(50, 50), (0, 0, 9, 9), RED), flat(50, 50)) == ChangeClass("added")
    assert one_kind(filled(flat(50, 50), (41, 41, 9, 9), RED), flat(50, 50)) == ChangeClass("added")
    assert one_kind(flat(1, 1), flat(1, 1, RED)) == ChangeClass("recoloured")


def test_what_is_too_large_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search takes time that grows with the area: above a limit it is left out."""
    before, after = page((80, 60, "Delete")), page((84, 60, "Delete"))
    assert one_kind(after, before) == ChangeClass("moved", 4, 0)
    monkeypatch.setattr("pytest_imgsim.diff.classify.MAX_SEARCHED", 100)
    assert one_kind(after, before) == ChangeClass("text changed")

"""Make labelled pairs of element captures: a button, a label, a field, a card of 20 to 300 px.

Elements drawn from seeds are shown in Chromium on the machines of the benchmark, plain and with one
regression of sixteen kinds; the pairs are scored like all others::

    .venv/bin/python benchmarks/detection/elements.py --work DIR --split test
    .venv/bin/python benchmarks/detection/score.py DIR/elements.jsonl --split test

Many elements share a page, at whole device pixels of every machine, and each is cut out of the
page's screenshot: the same pixels as a screenshot of that element.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import command_line
import numpy as np
from layout import MAX_SHIFT
from machines import HINTED_WIDTHS, MACHINES, PLAIN, VIEWPORT, Machine, browser_of, to_plain_size
from pairs import Album, Record, half_of, write_lines
from pictures import Pixels, changed_box
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from templates import ARIMO, FONTS, fetch_missing
from treatments import TREATMENTS
from visits import new_page, screenshot
from widget_changes import CHANGES, CONTENT_CHANGES, Change, moved_by_one
from widget_html import STYLE, html
from widgets import Element, drawn

AMOUNT = 120
#: Of one element: how many kinds of noise; how many regressions of its content and of its looks,
#: and how many of these are seen through noise as well.
NOISES, OF_CONTENT, OF_LOOKS, THROUGH = 6, 2, 3, 3
MOVED = "moved 1 px"
SEEN_ON = (*MACHINES, HINTED_WIDTHS)
NOISE_KINDS = (*(one.name for one in SEEN_ON if one != PLAIN), *TREATMENTS, MOVED)
KINDS = tuple(change.__name__ for change in CHANGES)
GAP = 4
Place = tuple[int, int]


@dataclass(frozen=True)
class Variant:
    """One look of an element: as it is ("") or after a change."""

    kind: str
    element: Element


@dataclass(frozen=True)
class Subject:
    """An element, and all that is to be seen of it.

    Parameters
    ----------
    name, split : str
        Its seed.
    variants : tuple of Variant
        The element as it is, moved by 1 px, and with each of its regressions.
    noises : tuple of str
        Kinds of noise for its benign pairs.
    through : dict
        The noise that a regression is seen through as well, by its kind.
    """

    name: str
    split: str
    variants: tuple[Variant, ...]
    noises: tuple[str, ...]
    through: dict[str, str]

    @property
    def plain(self) -> Element:
        """The element as it is."""
        return self.variants[0].element

    def seen_on(self, machine: Machine, variant: Variant) -> bool:
        """Return whether a machine's picture of a variant goes into a pair."""
        if machine == PLAIN:
            return True
        if not variant.kind:
            return machine.name in (*self.noises, *self.through.values())
        return self.through.get(variant.kind) == machine.name


def subject(split: str, number: int) -> Subject:
    """Return the element of a seed, with the plan of its pairs."""
    name = f"{split}-{number:03d}"
    draw = random.Random(f"element {name}")
    element = drawn(draw)
    content = _changed(element, draw, CONTENT_CHANGES)[:OF_CONTENT]
    looks = _changed(element, draw, [c for c in CHANGES if c not in CONTENT_CHANGES])[:OF_LOOKS]
    regressions = draw.sample([*content, *looks], len(content) + len(looks))
    moved = Variant(MOVED, moved_by_one(element, draw))
    noises = draw.sample(NOISE_KINDS, NOISES)
    return Subject(
        name=name,
        split=split,
        variants=(Variant("", element), moved, *regressions),
        noises=tuple(noises),
        through={v.kind: _noise_like(v.kind, draw) for v in regressions[:THROUGH]},
    )


def _changed(element: Element, draw: random.Random, changes: Sequence[Change]) -> list[Variant]:
    """Return what some changes make of an element, in an order that is drawn."""
    found = [(c.__name__, c(element, draw)) for c in draw.sample(changes, len(changes))]
    return [Variant(kind, new) for kind, new in found if new is not None and new != element]


def _noise_like(kind: str, draw: random.Random) -> str:
    """Return a noise of the same half as a regression."""
    half = half_of(kind, KINDS)
    return draw.choice([n for n in NOISE_KINDS if n != MOVED and half_of(n, NOISE_KINDS) == half])


# --- pictures --------------------------------------------------------------------------------


def sheets_of(subjects: list[Subject]) -> Iterator[list[tuple[Subject, Place]]]:
    """Yield the subjects of each page, with their places on it."""
    page: list[tuple[Subject, Place]] = []
    left = top = deepest = 0
    for one in subjects:
        element = one.plain
        if left + element.width > VIEWPORT[0]:
            left, top, deepest = 0, deepest, deepest
        if top + element.height > VIEWPORT[1]:
            yield page
            page, left, top, deepest = [], 0, 0, 0
        page.append((one, (left, top)))
        left += element.width + GAP
        deepest = max(deepest, top + element.height + GAP)
    yield page


@dataclass(frozen=True)
class Shot:
    """The picture of an element, and the left and right edges of its texts on the page."""

    pixels: Pixels
    edges: list[float]

    def drifts_from(self, plain: Shot) -> bool:
        """Return whether a text ends elsewhere, since another machine's letters are wider."""
        return bool((np.abs(np.subtract(self.edges, plain.edges)) > MAX_SHIFT).any())


EDGES = """[...document.querySelectorAll(".box")].map((box) => [...box.querySelectorAll("span")]
  .map((e) => e.getBoundingClientRect()).flatMap((r) => [r.left, r.right]))"""
Shots = dict[tuple[str, str, str], Shot]


def shoot(subjects: list[Subject], machine: Machine, browser: Browser) -> Shots:
    """Return a machine's pictures, by names of subject, variant and machine."""
    page = new_page(browser, machine)
    shots: Shots = {}
    for sheet in sheets_of(subjects):
        for number in range(max(len(one.variants) for one, _ in sheet)):
            seen = [
                (one, one.variants[number], place)
                for one, place in sheet
                if number < len(one.variants) and one.seen_on(machine, one.variants[number])
            ]
            if seen:
                shots |= _shot_of(seen, machine, page)
    page.close()
    return shots


def _shot_of(seen: list[tuple[Subject, Variant, Place]], machine: Machine, page: Page) -> Shots:
    """Return the pictures of some elements that are shown at once."""
    body = "".join(html(variant.element, *place) for _, variant, place in seen)
    style = f"<style>{STYLE}{machine.style}</style>"
    page.set_content(f"<!DOCTYPE html><meta charset=utf-8>{style}<body>{body}")
    shot, edges = screenshot(page), page.evaluate(EDGES)
    return {
        (one.name, variant.kind, machine.name): Shot(_cut(shot, one.plain, place, machine), ends)
        for (one, variant, place), ends in zip(seen, edges, strict=True)
    }


def _cut(shot: Image.Image, element: Element, place: Place, machine: Machine) -> Pixels:
    """Return the picture of one element at its plain size."""
    size = (element.width, element.height)
    left, top, width, height = (int(length * machine.scale) for length in (*place, *size))
    cut = shot.crop((left, top, left + width, top + height))
    return np.asarray(to_plain_size(cut, machine, size))


def shoot_all(subjects: list[Subject], work: Path) -> Shots:
    """Return the pictures of all machines."""
    shots: Shots = {}
    with sync_playwright() as playwright:
        for machine in SEEN_ON:
            with browser_of(machine, playwright, work) as browser:
                shots |= shoot(subjects, machine, browser)
    return shots


# --- pairs -----------------------------------------------------------------------------------


def pairs_of(work: Path, one: Subject, shots: Shots) -> list[Record]:
    """Keep the pictures of an element and return its pairs."""
    common = {"template": one.name, "split": one.split, "form": one.plain.form}
    plain = shots[one.name, "", PLAIN.name]
    album = Album(work, f"elements/{one.split}/{one.name}", plain.pixels, **common)
    pairs = []
    for noise in one.noises:
        half, drift = half_of(noise, NOISE_KINDS), _drifts(one, noise, shots)
        pixels = _seen(one, "", noise, shots)
        pairs += album.benign(pixels, noise, noise, half=half, drift=drift)
    for kind in (variant.kind for variant in one.variants[2:]):
        for noise in filter(None, (PLAIN.name, one.through.get(kind))):
            # What a treatment leaves of a change is no measure of whether it shows.
            machine = PLAIN.name if noise in TREATMENTS else noise
            before, after = (shots[one.name, look, machine].pixels for look in ("", kind))
            box = changed_box(before, after)
            if box and not _drifts(one, noise, shots):
                more = {"kind": kind, "machine": noise, "box": box, "half": half_of(kind, KINDS)}
                pixels = _seen(one, kind, noise, shots)
                pairs.append(album.regression(pixels, f"{noise}-{kind}", **more))
    return pairs


def _seen(one: Subject, kind: str, noise: str, shots: Shots) -> Pixels:
    """Return a variant of an element as it comes through a noise."""
    if noise == MOVED:
        return shots[one.name, MOVED, PLAIN.name].pixels
    if noise in TREATMENTS:
        return TREATMENTS[noise](shots[one.name, kind, PLAIN.name].pixels)
    return shots[one.name, kind, noise].pixels


def _drifts(one: Subject, noise: str, shots: Shots) -> bool:
    shot, plain = shots.get((one.name, "", noise)), shots[one.name, "", PLAIN.name]
    return shot is not None and shot.drifts_from(plain)


def main() -> None:
    """Write the pictures and ``elements.jsonl``."""
    given = command_line.read(__doc__, "elements", AMOUNT)
    work = given.work
    fetch_missing(work, (*FONTS, ARIMO))
    subjects = [subject(split, number) for split in given.splits for number in range(given.limit)]
    shots = shoot_all(subjects, work)
    write_lines(
        work / "elements.jsonl", [pair for one in subjects for pair in pairs_of(work, one, shots)]
    )


if __name__ == "__main__":
    main()

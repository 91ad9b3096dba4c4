"""Make labelled pairs of pages whose colours change: an area or an ink, or all of a picture a bit.

On small pages of our own and on pages of templates, one area (header, side bar, body, cards, rows,
sections, buttons) or ink takes another colour, or a part fades. Benign are what a display, a colour
profile or a file format does to a whole picture: drift by 1 to 4 levels, gamma 0.97 to 1.03, a
matrix that mixes channels by a few levels, JPEG and WebP of 85 or better::

    .venv/bin/python benchmarks/detection/themes.py --work DIR --split test
    .venv/bin/python benchmarks/detection/score.py DIR/themes.jsonl --split test

A regression's "step" says how far its colour went: "slight" (under 4 by CIEDE2000), "clear"
(under 12) or "other".
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import colours
import numpy as np
from colours import Colour
from machines import PLAIN, browser_of
from pairs import Record, half_of, write_lines
from pictures import Pixels, changed_box
from playwright.sync_api import Page, sync_playwright
from scenes import Scene, album_of, still, visited, wanted
from templates import served
from treatments import Treatment, drift, gamma, matrix, recoded
from visits import plain_shot

AMOUNT = 24
#: Of one page: regressions, how many of them are seen through noise as well, benign pairs a kind.
REGRESSIONS, THROUGH, OF_NOISE = 12, 5, 2
#: A colour that is nearer than this (CIEDE2000) is no clear regression, of a ground or of an ink;
#: eight levels on white are 1.6, and #222 to #444 is 12.
NEAREST = {"ground": 1.5, "ink": 8.0, "faded": 0.0}
SLIGHT, CLEAR = 4.0, 12.0
#: From how many levels on a change shows: an area from fewer than a text.
SHOWS = {"ground": 4, "ink": 12, "faded": 12}
KINDS = (
    "body ground",
    "header ground",
    "side bar ground",
    "card ground",
    "rows ground",
    "section ground",
    "button ground",
    "text ink",
    "heading ink",
    "link ink",
    "header faded",
    "side bar faded",
    "card faded",
    "section faded",
)
NOISES = ("drift", "gamma", "matrix", "jpeg", "webp")


def noise(kind: str, draw: random.Random) -> Treatment:
    """Return a treatment of a kind, with a strength that is drawn."""
    if kind == "drift":
        levels = [draw.randint(-4, 4) for _ in range(3)]
        return drift(*(levels if any(levels) else (1, 1, 1)))
    if kind == "gamma":
        return gamma(draw.choice((draw.uniform(0.97, 0.99), draw.uniform(1.01, 1.03))))
    if kind == "matrix":
        mixing = np.array([[draw.uniform(-0.012, 0.012) for _ in range(3)] for _ in range(3)])
        # White and greys keep their place, as in a conversion between profiles.
        return matrix(np.eye(3) + mixing - mixing.mean(axis=1, keepdims=True))
    return recoded(kind.upper(), draw.randint(85, 96))


def recoloured(area: Record, draw: random.Random) -> tuple[dict[str, str], float]:
    """Return the style that gives an area another colour, and how far that is by CIEDE2000."""
    old: Colour = tuple(area["colour"])
    under: Colour = tuple(area["under"])
    if area["what"] == "faded":
        # On a ground of its own colour fading shows in the texts alone.
        return {"opacity": str(draw.choice((0.5, 0.6, 0.7, 0.8)))}, 0.0
    if area["what"] == "ink":
        new = draw.choice((_faded(old, under, draw), colours.turned(old, draw.uniform(0.2, 0.8))))
        return {"color": colours.code(new)}, colours.distance(old, new)
    choices = (
        colours.stepped(old, draw.choice((8, 10, 12, 14))),
        colours.tinted(old, draw.choice((8, 12, 16)), draw.randrange(3)),
        colours.stepped(old, draw.choice((18, 24, 32, 48))),
        colours.turned(old, draw.uniform(0.1, 0.9)),
    )
    new = draw.choice(choices)
    return {"background-color": colours.code(new)}, colours.distance(old, new)


def _faded(ink: Colour, under: Colour, draw: random.Random) -> Colour:
    return colours.mixed(ink, under, draw.uniform(0.2, 0.5))


def step_of(area: Record, distance: float) -> str:
    """Return the name of a colour's step."""
    if area["what"] == "faded":
        return "faded"
    return "slight" if distance < SLIGHT else "clear" if distance < CLEAR else "other"


def pairs_of(work: Path, scene: Scene, page: Page) -> list[Record]:
    """Keep a page's pictures and return its pairs."""
    plain = still(page, PLAIN, scene)
    if plain is None:
        return []
    draw = random.Random(f"theme {scene.name}")
    album = album_of(work, "themes", scene, plain)
    pairs: list[Record] = []
    for kind in NOISES * OF_NOISE:
        stem, half = f"{kind}-{len(pairs)}", half_of(kind, NOISES)
        pairs += album.benign(noise(kind, draw)(plain), stem, kind, half=half)
    for number, (change, shot) in enumerate(_regressions(page, scene, plain, draw)):
        stem = f"{number:02d}-{change['kind']}-{change['step']}"
        more = {**change, "half": half_of(change["kind"], KINDS)}
        pairs.append(album.regression(shot, stem, machine=PLAIN.name, **more))
        if number < THROUGH:
            kind = draw.choice(NOISES)
            pixels = noise(kind, draw)(shot)
            pairs.append(album.regression(pixels, f"{stem}-{kind}", machine=kind, **more))
    return pairs


def _regressions(
    page: Page, scene: Scene, plain: Pixels, draw: random.Random
) -> Iterator[tuple[Record, Pixels]]:
    """Yield changes of colours that show, with their pictures."""
    areas = page.evaluate("imgsim.areas()")
    draw.shuffle(areas)
    found = 0
    for area in by_turns(areas * 2):
        style, distance = recoloured(area, draw)
        if distance < NEAREST[area["what"]]:
            continue
        page.evaluate("([paths, style]) => imgsim.dress(paths, style)", [area["paths"], style])
        shot = plain_shot(page, PLAIN, scene.size)
        page.evaluate("imgsim.undress()")
        if box := changed_box(plain, shot, SHOWS[area["what"]]):
            yield {"kind": kind_of(area), "step": step_of(area, distance), "box": box}, shot
            found += 1
        if found == REGRESSIONS:
            return


def kind_of(area: Record) -> str:
    """Return the kind of a change of an area."""
    return f"{area['part']} {area['what']}"


def by_turns(areas: list[Record]) -> list[Record]:
    """Return areas in an order in which each kind comes once before any comes again."""
    met: Counter[str] = Counter()
    turns = []
    for area in areas:
        turns.append(met[kind_of(area)])
        met[kind_of(area)] += 1
    return [areas[index] for index in sorted(range(len(areas)), key=turns.__getitem__)]


def main() -> None:
    """Write the pictures and ``themes.jsonl``."""
    work, chosen = wanted(__doc__, AMOUNT)
    with (
        served(work) as url,
        sync_playwright() as playwright,
        browser_of(PLAIN, playwright, work) as browser,
    ):
        pairs = [
            pair
            for scene in chosen
            for pair in visited(scene, browser, PLAIN, url, partial(pairs_of, work, scene))
        ]
    write_lines(work / "themes.jsonl", pairs)


if __name__ == "__main__":
    main()

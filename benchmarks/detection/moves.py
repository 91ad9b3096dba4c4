"""Make labelled pairs of pages on which a single part has moved, or was drawn anew.

On small pages of our own and on pages of templates one part moves by exactly 1 px, by part of a
pixel, or is drawn as another machine draws it (benign), or moves by 3 px (regression); all the rest
of the page stays identical::

    .venv/bin/python benchmarks/detection/moves.py --work DIR --split test
    .venv/bin/python benchmarks/detection/score.py DIR/moves.jsonl --split test
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from layout import drifted
from machines import BY_NAME, PLAIN, Machine, browser_of
from pairs import Album, Record, half_of, write_lines
from pictures import Pixels, changed_box
from playwright.sync_api import Page, Playwright, sync_playwright
from scenes import Scene, album_of, still, visited, wanted
from templates import served
from visits import plain_shot

AMOUNT = 24
#: Parts of a page that other machines draw, and the machines.
ANEW, REDRAWN = 3, ("hint-none", "geometric", "lcd", "scale-2", "scale-3", "offset")
ONE, BY_PART, THREE = "moved 1 px", "moved by part of a pixel", "moved 3 px"
#: Kinds of moves: how many parts of a page, and the least and the most of it in pixels.
MOVES = {BY_PART: (2, 0.3, 0.6), ONE: (3, 1.0, 1.0), THREE: (6, 3.0, 3.0)}
WAYS = {"right": (1, 0), "down": (0, 1), "left": (-1, 0), "up": (0, -1)}
BENIGN = (ONE, BY_PART, *(f"drawn anew: {name}" for name in REDRAWN))
REGRESSIONS = tuple(f"{THREE} {way}" for way in WAYS)
Shots = dict[str, Pixels]


def parts_of(page: Page, draw: random.Random) -> list[str]:
    """Return the paths of different parts of a page, in an order that is drawn."""
    plans = [
        page.evaluate("draw => imgsim.plan('move', draw)", [draw.random() for _ in range(5)])
        for _ in range(4 * (ANEW + sum(amount for amount, *_ in MOVES.values())))
    ]
    return list(dict.fromkeys(plan["path"] for plan in plans if plan))


def shifted(page: Page, scene: Scene, path: str, across: float, down: float) -> Pixels:
    """Return the page's picture with one part elsewhere."""
    page.evaluate("([path, x, y]) => imgsim.shift(path, x, y)", [path, across, down])
    shot = plain_shot(page, PLAIN, scene.size)
    page.evaluate("imgsim.undress()")
    return shot


def pairs_of(work: Path, scene: Scene, shots: Shots, page: Page) -> list[Record]:
    """Keep a page's pictures and return its pairs.

    Parameters
    ----------
    work : Path
        The folder for all data.
    scene : Scene
        The page.
    shots : dict of str to ndarray
        Its pictures of other machines, by their names.
    page : Page
        The page in the plain machine's browser.
    """
    plain = still(page, PLAIN, scene)
    if plain is None:
        return []
    draw = random.Random(f"move {scene.name}")
    album = album_of(work, "moves", scene, plain)
    parts = iter(parts_of(page, draw))
    return [
        *_drawn_anew(album, page, plain, shots, parts, draw),
        *_moved(album, page, scene, plain, parts, draw),
    ]


def _drawn_anew(
    album: Album, page: Page, plain: Pixels, shots: Shots, parts: Iterator[str], draw: random.Random
) -> Iterator[Record]:
    """Yield the pairs in which another machine drew a part of the page."""
    names = draw.sample(sorted(shots), min(ANEW, len(shots)))
    for name, path in zip(names, parts, strict=False):
        left, top, right, bottom = page.evaluate("path => imgsim.box(path)", path)
        here = (slice(top, bottom), slice(left, right))
        if not drifted(shots[name][here], plain[here]):
            pixels, kind = plain.copy(), f"drawn anew: {name}"
            pixels[here] = shots[name][here]
            yield from album.benign(pixels, f"anew-{name}", kind, half=half_of(kind, BENIGN))


def _moved(
    album: Album,
    page: Page,
    scene: Scene,
    plain: Pixels,
    parts: Iterator[str],
    draw: random.Random,
) -> Iterator[Record]:
    """Yield the pairs in which a part of the page has moved."""
    for kind, (amount, least, most) in MOVES.items():
        for number, path in enumerate(islice(parts, amount)):
            way = draw.choice(list(WAYS))
            across, down = (step * draw.uniform(least, most) for step in WAYS[way])
            pixels = shifted(page, scene, path, across, down)
            stem = f"{kind}-{number}"
            if kind != THREE:
                yield from album.benign(pixels, stem, kind, half=half_of(kind, BENIGN))
            elif box := changed_box(plain, pixels):
                more = {"kind": f"{kind} {way}", "machine": PLAIN.name, "box": box}
                half = half_of(f"{kind} {way}", REGRESSIONS)
                yield album.regression(pixels, stem, half=half, **more)


def seen_by_others(
    chosen: list[Scene], work: Path, url: str, playwright: Playwright
) -> dict[str, Shots]:
    """Return the pictures of other machines, by scene and machine."""
    shots: dict[str, Shots] = defaultdict(dict)
    for machine in (BY_NAME[name] for name in REDRAWN):
        with browser_of(machine, playwright, work) as browser:
            for scene in chosen:
                for shot in visited(scene, browser, machine, url, partial(_look, machine, scene)):
                    shots[scene.name][machine.name] = shot
    return shots


def _look(machine: Machine, scene: Scene, page: Page) -> list[Pixels]:
    return [plain_shot(page, machine, scene.size)]


def main() -> None:
    """Write the pictures and ``moves.jsonl``."""
    work, chosen = wanted(__doc__, AMOUNT)
    pairs: list[Record] = []
    with served(work) as url, sync_playwright() as playwright:
        shots = seen_by_others(chosen, work, url, playwright)
        with browser_of(PLAIN, playwright, work) as browser:
            for scene in chosen:
                look = partial(pairs_of, work, scene, shots[scene.name])
                pairs += visited(scene, browser, PLAIN, url, look)
    write_lines(work / "moves.jsonl", pairs)


if __name__ == "__main__":
    main()

"""The pages that themes and moves are drawn on: small ones of our own, and pages of templates."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import TypeVar

import command_line
import numpy as np
import pages
from machines import VIEWPORT, Machine
from pairs import Album
from pictures import Pixels
from playwright.sync_api import Browser, Error, Page
from templates import TEMPLATES, fetch
from visits import MUTATIONS, STEADY_STYLE, State, new_page, open_state, plain_shot, states_of

AREAS = Path(__file__).with_name("areas.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Scene:
    """A page: a state of a template, or one of our own from a seed.

    Parameters
    ----------
    name, split : str
        What it is called, and the split it belongs to wholly.
    state : State or None
        None for one of our own.
    """

    name: str
    split: str
    state: State | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window."""
        return VIEWPORT if self.state else pages.SIZE


def scenes(split: str, limit: int) -> list[Scene]:
    """Return the first pages of a split, our own and templates' by turns."""
    states = [
        state
        for template in TEMPLATES
        if template.split == split and not template.kinds
        for state in states_of(template)
        if state.scroll == 0
    ]
    random.Random(split).shuffle(states)
    theirs = [Scene(state.name, split, state) for state in states]
    ours = [Scene(f"page-{split}-{number:02d}", split) for number in range(limit)]
    both = chain.from_iterable(zip_longest(ours, theirs))
    return [scene for scene in both if scene][:limit]


def wanted(about: str, amount: int) -> tuple[Path, list[Scene]]:
    """Read a script's command line, fetch the templates, and return its folder and its pages.

    Parameters
    ----------
    about : str
        The script's docstring, whose first line is its description.
    amount : int
        How many pages of each split, where ``--limit`` does not say.
    """
    given = command_line.read(about, "pages", amount)
    fetch(given.work)
    chosen = [scene for split in given.splits for scene in scenes(split, given.limit)]
    return given.work, chosen


Found = TypeVar("Found")


def visited(
    scene: Scene, browser: Browser, machine: Machine, url: str, look: Callable[[Page], list[Found]]
) -> list[Found]:
    """Return what `look` finds on a scene with all scripts of the benchmark.

    A page that fails is reported, and nothing is found there.
    """
    page = new_page(browser, machine, scene.size)
    try:
        if scene.state:
            open_state(page, url, scene.state, machine)
        else:
            page.set_content(pages.page(random.Random(scene.name)))
            page.add_style_tag(content=STEADY_STYLE + machine.style)
            page.evaluate(MUTATIONS)
        page.evaluate(AREAS)
        return look(page)
    except Error as error:
        print(f"{scene.name} on {machine.name}: {error.message.splitlines()[0]}", flush=True)
        return []
    finally:
        page.close()


def still(page: Page, machine: Machine, scene: Scene) -> Pixels | None:
    """Return a page's picture; None if a second one differs."""
    once, again = (plain_shot(page, machine, scene.size) for _ in range(2))
    if np.array_equal(once, again):
        return once
    print(f"{scene.name} on {machine.name}: does not stand still", flush=True)
    return None


def album_of(work: Path, folder: str, scene: Scene, plain: Pixels) -> Album:
    """Return an album for the pairs of a scene."""
    pages_of = "template" if scene.state else "own"
    common = {"template": scene.name, "split": scene.split, "pages": pages_of}
    return Album(work, f"{folder}/{scene.split}/{scene.name}", plain, **common)

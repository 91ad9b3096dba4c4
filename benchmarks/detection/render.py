"""Render page states on every machine, plain and with regressions, into a folder of pictures."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import layout
import numpy as np
from machines import (
    BY_NAME,
    FIREFOX,
    MACHINES,
    OTHER_BROWSERS,
    PLAIN,
    VERSIONS,
    Machine,
    browser_of,
)
from pictures import Pixels, changed_box, keep
from playwright.sync_api import Browser, Error, Page, sync_playwright
from templates import TEMPLATES, TEST, TRAIN, VALIDATION, Template
from visits import State, new_page, open_state, plain_shot, states_of

KINDS = (
    "hide",
    "collapse",
    "digit",
    "word",
    "letter",
    "colour",
    "background",
    "move",
    "size",
    "family",
    "weight",
    "padding",
    "overlap",
    "truncate",
    "locale",
    "image",
    "swap",
    "icon",
    "border",
    "zorder",
    "opacity",
    "stylesheet",
)
#: Regressions of one state, on how many other machines each is seen, and how many other machines
#: the state is seen on.
AMOUNT = {TRAIN: (12, 1, 5), VALIDATION: (9, 1, 14), TEST: (10, 1, 14)}
Record = dict[str, Any]


class Studio:
    """Renders the states of one template.

    Parameters
    ----------
    work : Path
        Where packages lie and pictures go.
    url : str
        Where the packages are served.
    browsers : sequence of Machine
        Other browsers; states for training are not seen in them.
    """

    def __init__(self, work: Path, url: str, browsers: Sequence[Machine] = ()) -> None:
        self._work = work
        self._url = url
        self._browsers = browsers
        self._plans: dict[str, list[Record]] = {}
        self._seen_on: dict[str, list[str]] = {}
        self._layouts: dict[str, tuple[list[float], Pixels]] = {}

    def render(self, template: Template) -> list[Record]:
        """Return a record for every picture written."""
        records = []
        browsers = self._browsers if template.split != TRAIN else ()
        with sync_playwright() as playwright:
            for machine in (*MACHINES, *browsers):
                with browser_of(machine, playwright, self._work) as browser:
                    for state in states_of(template):
                        records += self._visit(browser, machine, state)
        return records

    def _visit(self, browser: Browser, machine: Machine, state: State) -> list[Record]:
        if machine != PLAIN and machine.name not in self._seen_on.get(state.name, ()):
            return []
        page = new_page(browser, machine)
        try:
            if not open_state(page, self._url, state, machine):
                return []
            return self._shots(page, machine, state)
        except Error as error:
            print(f"{state.name} on {machine.name}: {error.message.splitlines()[0]}", flush=True)
            return []
        finally:
            page.close()

    def _shots(self, page: Page, machine: Machine, state: State) -> list[Record]:
        plain, again = plain_shot(page, machine), plain_shot(page, machine)
        if not np.array_equal(plain, again):
            print(f"{state.name} on {machine.name}: does not stand still", flush=True)
            return []
        elements = page.evaluate("imgsim.layout()")
        if machine == PLAIN:
            self._layouts[state.name] = (elements, plain)
            others = [name for name in BY_NAME if name != PLAIN.name]
            seen = random.Random(state.name).sample(others, AMOUNT[state.template.split][2])
            self._plans[state.name] = _plans(page, state, seen)
            self._seen_on[state.name] = seen + [browser.name for browser in OTHER_BROWSERS]
        first = self._record(plain, machine, state)
        first["fields"] = page.evaluate("imgsim.fields()")
        reference, where_plain = self._layouts[state.name]
        first["layout_shift"] = layout.shift(elements, reference, plain, where_plain)
        records = [first]
        for number, plan in enumerate(self._plans[state.name]):
            if machine == PLAIN or machine.name in plan["machines"]:
                records += self._mutated(page, machine, state, plain, number, plan)
        return records

    def _mutated(
        self, page: Page, machine: Machine, state: State, plain: Pixels, number: int, plan: Record
    ) -> list[Record]:
        applied = page.evaluate("plan => imgsim.apply(plan)", plan)
        shot = plain_shot(page, machine)
        # A change that shortens the page also scrolls it.
        page.evaluate("y => { imgsim.undo(); window.scrollTo(0, y) }", state.scroll)
        box = changed_box(plain, shot)
        if not applied or box is None:
            return []
        record = self._record(shot, machine, state, f"-{number:02d}-{plan['kind']}")
        return [{**record, "kind": plan["kind"], "number": number, "box": box}]

    def _record(self, shot: Pixels, machine: Machine, state: State, suffix: str = "") -> Record:
        split = state.template.split
        file = f"pages/{split}/{state.name}/{machine.name}{suffix}.png"
        keep(self._work, file, shot)
        return {
            "file": file,
            "split": split,
            "template": state.template.name,
            "state": state.name,
            "machine": machine.name,
        }


def _plans(page: Page, state: State, others: list[str]) -> list[Record]:
    """Return regressions for a state, drawn from a seed that its name gives."""
    draw = random.Random(zlib.crc32(state.name.encode()))
    amount, seen, _ = AMOUNT[state.template.split]
    chosen = state.template.kinds or _usual_kinds(draw)
    plans: list[Record] = []
    # A draw of its own leaves the others as they are without these machines.
    versions = random.Random(f"{state.name} versions")
    for kind in chosen:
        numbers = [draw.random() for _ in range(5)]
        machines = draw.sample(others, seen)
        plan = page.evaluate("([kind, draw]) => imgsim.plan(kind, draw)", [kind, numbers])
        if plan is not None and len(plans) < amount:
            version = versions.choice(VERSIONS).name
            plans.append({**plan, "machines": [*machines, version, FIREFOX.name]})
    return plans


def _usual_kinds(draw: random.Random) -> Sequence[str]:
    kinds = [*KINDS[:-1]] * 2
    draw.shuffle(kinds)
    # A missing stylesheet changes nearly everything: now and then is enough.
    return (["stylesheet"] if draw.random() < 0.4 else []) + kinds


def _render_template(work: Path, url: str, name: str, browsers: Sequence[Machine]) -> list[Record]:
    template = next(template for template in TEMPLATES if template.name == name)
    target = work / "records" / f"{name}.jsonl"
    if target.is_file():
        return [json.loads(line) for line in target.read_text().splitlines()]
    records = Studio(work, url, browsers).render(template)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json.dumps(record) + "\n" for record in records))
    print(f"{name}: {len(records)} pictures", flush=True)
    return records


def render_all(
    work: Path, url: str, names: list[str], workers: int, browsers: Sequence[Machine] = ()
) -> list[Record]:
    """Render the named templates, each in a process of its own; what exists is kept."""
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(_render_template, work, url, name, browsers) for name in names]
        return [record for job in jobs for record in job.result()]

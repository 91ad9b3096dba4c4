"""Pages of templates, shown in a browser so that nothing on them moves."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machines import VIEWPORT, Machine, to_plain_size
from pictures import Pixels
from PIL import Image
from playwright.sync_api import Browser, Page, Route
from templates import Template, address

SCROLLS = (0, 900)
#: The same numbers and a clock that starts at the same moment, on every visit.
STEADY_SCRIPT = """
let state = 12345;
Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647;
const RealDate = Date, began = RealDate.now(), start = 1700000000000;
const now = () => start + RealDate.now() - began;
window.Date = class extends RealDate {
  constructor(...a) { a.length ? super(...a) : super(now()); }
  static now() { return now(); }
};
"""
STEADY_STYLE = "*{transition:none!important;scroll-behavior:auto!important;caret-color:transparent}"
MUTATIONS = Path(__file__).with_name("mutations.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class State:
    """A page of a template at a scroll position."""

    template: Template
    page: str
    scroll: int

    @property
    def name(self) -> str:
        """Name that no other state has."""
        page = self.page.removesuffix(".html").replace("/", "-")
        return f"{self.template.name}.{page}.{self.scroll}"


def states_of(template: Template) -> list[State]:
    """Return a template's states."""
    return [State(template, page, scroll) for page in template.pages for scroll in SCROLLS]


def new_page(browser: Browser, machine: Machine, size: tuple[int, int] = VIEWPORT) -> Page:
    """Return an empty page of a machine's device scale."""
    width, height = size
    return browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=machine.scale
    )


def open_state(page: Page, url: str, state: State, machine: Machine) -> bool:
    """Show a state of a template; return whether the page scrolls as far as it asks.

    Parameters
    ----------
    page : Page
        An empty page.
    url : str
        Where the packages are served; no other request is let through.
    state : State
        What to show.
    machine : Machine
        Whose style is added.
    """

    def route(asked: Route) -> None:
        if asked.request.url.startswith((url, "data:")):
            asked.continue_()
        else:
            asked.abort()

    page.route("**/*", route)
    page.add_init_script(STEADY_SCRIPT)
    page.goto(address(url, state.template, state.page), wait_until="load", timeout=20_000)
    page.add_style_tag(content=STEADY_STYLE + machine.style)
    page.evaluate(MUTATIONS)
    page.evaluate("y => window.scrollTo(0, y)", state.scroll)
    page.wait_for_timeout(1000)
    scrolled: float = page.evaluate("window.scrollY")
    return state.scroll == 0 or scrolled > state.scroll / 2


def screenshot(page: Page) -> Image.Image:
    """Return what a page shows, in device pixels."""
    shot = page.screenshot(animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def plain_shot(page: Page, machine: Machine, size: tuple[int, int] = VIEWPORT) -> Pixels:
    """Return what a page shows, at the plain size, (H, W, 3)."""
    return np.asarray(to_plain_size(screenshot(page), machine, size))

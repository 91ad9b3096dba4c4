"""Real pages in a real Chromium: captures, masks over live elements, and the example shop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from browser import NEEDS_CHROMIUM
from fakes import FakeModel
from playwright.sync_api import Browser, Page

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.errors import MaskError, UnstableError
from pytest_imgsim.pictures import elements
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.masks import Area, union_mask
from pytest_imgsim.pictures.sources import open_source
from pytest_imgsim.record import Verdict
from pytest_imgsim.settings import Settings

ROOT = Path(__file__).parents[2]

pytestmark = NEEDS_CHROMIUM

HTML = """
<style>
  body { margin: 0; height: 1500px; background: white }
  div { position: absolute; width: 100px; height: 40px; background: teal }
</style>
<div class="box" id="top" style="left: 50px; top: 60px"></div>
<div class="box" id="low" style="left: 50px; top: 1200px; background: navy"></div>
<div id="hidden" style="display: none"></div>
<div id="clock" style="left: 300px; top: 10px; background: none">0</div>
"""


@pytest.fixture(scope="module")
def live(chromium: Browser) -> Page:
    """Open one page for the module."""
    return chromium.new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)


@pytest.fixture
def view(live: Page) -> Page:
    """Load the page anew, scrolled to its top."""
    live.goto("about:blank")  # ends the timers of the test before
    live.set_content(HTML)
    live.evaluate("window.scrollTo(0, 0)")
    return live


def areas(ignore: list[Any], given: Any, size: tuple[int, int], **more: Any) -> list[Area]:
    """Return what is ignored of a picture that was captured from `given`."""
    return elements.areas(ignore, open_source(given, **more), size)


def test_sizes(view: Page) -> None:
    """A page is its window, in CSS pixels on any screen; full_page is all of it."""
    assert as_picture(view).size == (640, 400)
    raw = open_source(view, full_page=True).capture()
    assert isinstance(raw, bytes)
    assert as_picture(raw).size == (640, 1500)
    assert as_picture(view.locator("#top")).size == (100, 40)
    assert as_picture(lambda: view.screenshot()).size == (1280, 800)
    assert open_source(view).kind.live
    assert open_source(view.locator("#top")).kind.live
    assert open_source(view).browser == "chromium"
    assert open_source(view.locator("#top")).browser == "chromium"


def test_masks_cover_their_elements(view: Page) -> None:
    """A locator's box is found in the window, scrolled, on the full page, and in an element."""
    top, low = view.locator("#top"), view.locator("#low")
    assert areas([top], view, (640, 400)) == [Box(50, 60, 100, 40)]
    assert areas([top, low], view, (640, 1500), full_page=True)[1] == Box(50, 1200, 100, 40)
    assert areas([low], low, (100, 40)) == [Box(0, 0, 100, 40)]
    # Bytes of the test's own screenshot, in device pixels.
    assert areas([top], view.screenshot(), (1280, 800)) == [Box(100, 120, 200, 80)]
    view.evaluate("window.scrollTo(0, 900)")
    assert areas([low], view, (640, 400)) == [Box(50, 300, 100, 40)]
    assert areas([view.query_selector("#low")], view, (640, 400)) == [Box(50, 300, 100, 40)]


def test_several_elements_none_and_hidden_ones(view: Page) -> None:
    """All matches are masked; a selector that shows nothing is an error, at once."""
    assert len(areas([[view.locator(".box")]], view, (640, 1500), full_page=True)) == 2
    for selector in ("#hidden", "#no-such-thing"):
        with pytest.raises(MaskError, match="matches nothing that is visible"):
            areas([view.locator(selector)], view, (640, 400))
    with pytest.raises(MaskError, match="covers no pixel"):
        union_mask(areas([view.locator("#low")], view, (640, 400)), (640, 400))


def session(folder: Path, **settings: object) -> Session:
    """Return a session with the fake model."""
    return Session(Settings().override("test {key}", settings), folder, FakeModel)


def test_a_moving_page_is_waited_for(view: Page, tmp_path: Path) -> None:
    """A page that settles is compared when it has."""
    test = TestId("t.py::test_a", "t.py", (), "test_a")
    make = session(tmp_path, update="changed", stable_timeout=60)
    assert make.check(test, view).verdict is Verdict.CREATED
    view.set_content(HTML.replace("teal", "red"))
    # Moves in every frame for a while, then shows what the baseline shows.
    view.evaluate(
        """() => {
          const box = document.querySelector('#top'), start = performance.now()
          const step = () => {
            const passed = performance.now() - start
            box.style.background = passed < 400 ? `rgb(${passed / 2}, 0, 0)` : 'teal'
            if (passed < 400) requestAnimationFrame(step)
          }
          step()
        }"""
    )
    assert session(tmp_path, stable_timeout=60).check(test, view).verdict is Verdict.EQUAL


def test_a_page_that_never_settles(view: Page, tmp_path: Path) -> None:
    """A page that never settles is an error of its own."""
    view.evaluate(
        "setInterval(() => document.querySelector('#clock').textContent = performance.now(), 5)"
    )
    test = TestId("t.py::test_a", "t.py", (), "test_a")
    run = session(tmp_path, stable_timeout=0.5)
    with pytest.raises(UnstableError, match="never became stable"):
        run.check(test, view)
    assert run.records[0].verdict is Verdict.ERROR


def test_what_is_masked_may_move(view: Page, tmp_path: Path) -> None:
    """A clock that never stops does no harm once it is ignored."""
    view.evaluate(
        """setInterval(() => {
          document.querySelector('#clock').textContent = performance.now() % 1000 | 0
        }, 5)"""
    )
    test = TestId("t.py::test_a", "t.py", (), "test_a")
    masks = {"ignore": view.locator("#clock")}
    make = session(tmp_path, update="changed", stable_timeout=60)
    assert make.check(test, view, None, make.settings.for_check("", masks)).passed
    run = session(tmp_path, stable_timeout=60)
    record = run.check(test, view, None, run.settings.for_check("", masks))
    assert record.verdict is Verdict.EQUAL


def shop(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the example's suite with baselines and results in a folder of its own."""
    return subprocess.run(
        [
            sys.executable, "-m", "pytest", "examples/shop", "-p", "no:cacheprovider",
            f"--imgsim-baselines={folder}/baselines", f"--imgsim-report={folder}/results",
            f"--output={folder}/playwright", *arguments,
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.model
def test_the_shop(tmp_path: Path) -> None:
    """The shop's suite passes on good pages and catches every regression, also with workers."""
    made = shop(tmp_path, "--update-baselines", "-n2")
    assert made.returncode == 0, made.stdout
    good = shop(tmp_path)
    assert good.returncode == 0, good.stdout
    assert "imgsim: 14 compared, 14 equal" in good.stdout
    broken = shop(tmp_path, "--shop-regressions")
    assert broken.returncode == 1, broken.stdout
    check = subprocess.run(
        [sys.executable, "examples/shop/check_caught.py", f"{tmp_path}/results"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert check.returncode == 0, check.stdout + check.stderr
    assert "13 of 13 regressions caught, 0 false alarms" in check.stdout

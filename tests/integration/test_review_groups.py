"""report.html in a real Chromium: changes in words, and decisions on all with the same change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import NEEDS_CHROMIUM
from fakes import FakeModel, filled
from fakes import page as a_page
from playwright.sync_api import Browser, Page, expect

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.record import Record
from pytest_imgsim.report.html import page as draw
from pytest_imgsim.results.content import Results
from pytest_imgsim.settings import Settings

pytestmark = NEEDS_CHROMIUM

BLUE, RED = (30, 60, 160), (200, 30, 30)


def compare_all(root: Path) -> tuple[Session, list[Record]]:
    """Compare three pages with a header in another colour, one that moved, one that flickers."""
    make = Session(Settings(update="changed"), root, FakeModel)
    run = Session(Settings(), root, FakeModel)
    for name in ("home", "cart", "orders", "moved", "steady"):
        test = TestId(f"t.py::test_{name}", "t.py", (), f"test_{name}")
        before = filled(a_page((20, 100, name)), (8, 8, 60, 16), BLUE)
        make.check(test, before)
        if name == "moved":
            run.check(test, filled(a_page((20, 100, name)), (8, 48, 60, 16), BLUE))
        else:
            colour = BLUE if name == "steady" else RED
            run.check(test, filled(before, (8, 8, 60, 16), colour))
    flaky = replace(run.records[-1], flaky="failed at first, then passed on a rerun")
    return run, [*run.records[:-1], flaky]


@pytest.fixture
def report(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """Open the report of such a run; an error of its script fails the test."""
    run, records = compare_all(tmp_path)
    run.results.write(Results(records), root=tmp_path, version="0")
    run.results.write_page(draw(Results(records), "imgsim-results"))
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto((run.results.folder / "report.html").as_uri())
    yield page
    page.close()
    assert errors == []


def choose(page: Page, name: str) -> None:
    """Show a comparison."""
    page.get_by_role("button", name=f"test_{name}").click()


def decided(page: Page) -> list[str]:
    """Return the names in the list that have a decision, as the list shows them."""
    titles = page.locator("#rows .title").all_text_contents()
    return sorted(title for title in titles if title.endswith("ed)"))


def test_words(report: Page) -> None:
    """List, facts and regions say what happened, and on how many pictures."""
    whats = sorted(report.locator("#rows .what").all_text_contents())
    assert whats == [
        "flaky", "moved down by 40 px", *["recoloured, same change on 3 pictures"] * 3
    ]  # fmt: skip
    choose(report, "cart")
    assert "recoloured" in report.locator("#facts").inner_text()
    report.keyboard.press("j")
    expect(report.locator("#region")).to_contain_text("1 of 1: recoloured, 0.")
    choose(report, "steady")
    assert "then passed on a rerun" in report.locator("#facts").inner_text()


def test_filter_by_change(report: Page) -> None:
    """The filter finds kinds of changes, flaky ones, and all with the same change."""
    report.locator("#filter").fill("recoloured")
    expect(report.locator("#rows button")).to_have_count(3)
    report.locator("#filter").fill("flaky")
    expect(report.locator("#rows button")).to_have_count(1)
    report.locator("#filter").fill("")
    choose(report, "cart")
    report.get_by_role("button", name="3 show the same change").click()
    expect(report.locator("#rows button")).to_have_count(3)
    report.locator("#filter-same").click()
    expect(report.locator("#rows button")).to_have_count(5)


def test_what_moved_is_boxed_on_both(report: Page) -> None:
    """On the baseline, the box of a region that moved is where it came from."""
    choose(report, "moved")
    report.keyboard.press("j")
    tops = report.locator(".layer .box").evaluate_all("all => all.map(e => parseInt(e.style.top))")
    assert tops == [8, 48]
    report.keyboard.press("3")
    [top] = report.locator(".layer .box").evaluate_all("all => all.map(e => parseInt(e.style.top))")
    assert top == 48


def test_accept_and_reject_the_group_by_button(report: Page) -> None:
    """One press decides on all three; a second press undoes it."""
    choose(report, "cart")
    report.locator("#accept-same").click()
    assert decided(report) == [f"test_{name} (accepted)" for name in ("cart", "home", "orders")]
    expect(report.locator("#decided")).to_have_text("3 accepted, 0 rejected")
    assert "t/test_home t/test_cart t/test_orders" in report.locator("#command").inner_text()
    report.locator("#reject-same").click()
    expect(report.locator("#decided")).to_have_text("0 accepted, 3 rejected")
    report.locator("#reject-same").click()
    assert decided(report) == []
    choose(report, "moved")
    expect(report.locator("#same-change")).to_be_hidden()


def test_accept_and_reject_the_group_by_key(report: Page) -> None:
    """With Shift, a and r decide on the whole group, and on nothing where there is only one."""
    choose(report, "orders")
    report.keyboard.press("Shift+A")
    assert len(decided(report)) == 3
    report.keyboard.press("r")
    expect(report.locator("#decided")).to_have_text("2 accepted, 1 rejected")
    report.keyboard.press("Shift+R")
    expect(report.locator("#decided")).to_have_text("0 accepted, 3 rejected")
    choose(report, "moved")
    report.keyboard.press("Shift+A")
    expect(report.locator("#decided")).to_have_text("0 accepted, 3 rejected")


def test_caps_lock_decides_on_one(report: Page) -> None:
    """A capital letter without Shift counts as the small one."""
    choose(report, "orders")
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'A', bubbles: true}))"
    report.evaluate(press)
    assert decided(report) == ["test_orders (accepted)"]


def test_the_keys_are_listed(report: Page) -> None:
    """The help lists the keys for a group."""
    report.keyboard.press("?")
    expect(report.locator("#help")).to_contain_text("accept, reject all that show the same change")

"""The review page in a real Chromium, served: what is accepted there is applied at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import NEEDS_CHROMIUM
from fakes import FakeModel, flat, noise
from playwright.sync_api import Browser, Page, expect

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.results.content import Results
from pytest_imgsim.review.link import private_link
from pytest_imgsim.review.server import Server
from pytest_imgsim.settings import Settings

pytestmark = NEEDS_CHROMIUM


def compare_all(root: Path) -> Session:
    """Make baselines of grey pictures, and compare them with others."""
    make = Session(Settings(update="changed"), root, FakeModel)
    run = Session(Settings(), root, FakeModel)
    for seed, name in enumerate(("test_a", "test_[x#%]", "test_c")):
        test = TestId(f"t.py::{name}", "t.py", (), name)
        make.check(test, flat(40, 60))
        run.check(test, noise(40, 60, seed))
    run.results.write(Results(run.records), root=root, version="0")
    return run


def baseline(root: Path, name: str) -> bytes:
    """Return a baseline's bytes."""
    return (root / f"baselines/t/{name}.png").read_bytes()


def actual(root: Path, name: str) -> bytes:
    """Return the picture that was kept for a baseline's name."""
    return (root / f"imgsim-results/t/{name}.actual.png").read_bytes()


@pytest.fixture
def printed() -> list[str]:
    """What the command would have printed."""
    return []


@pytest.fixture
def served(tmp_path: Path, printed: list[str]) -> Iterator[Server]:
    """Serve a run with three changed pictures."""
    run = compare_all(tmp_path)
    with Server(run.results, "imgsim-results", echo=printed.append) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def live(served: Server, tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """Open the link to the page; an error of the page's script or policy fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    with private_link(served.review.url, tmp_path) as link:
        page.goto(link)
        page.wait_for_url("**/report.html")
    yield page
    page.close()
    expected = ("status of 409", "ERR_CONNECTION_REFUSED")
    assert [text for text in errors if not any(part in text for part in expected)] == []


def choose(page: Page, *titles: str) -> None:
    """Accept the comparisons with these titles."""
    for title in titles:
        page.locator("#rows button", has_text=title).click()
        page.keyboard.press("a")


def test_apply_writes_the_right_bytes(live: Page, tmp_path: Path, printed: list[str]) -> None:
    """Apply makes baselines of what is accepted, and only of that; its rows say accepted."""
    before = baseline(tmp_path, "test_c")
    expect(live.locator("#stage img").first).to_have_js_property("naturalWidth", 60)
    assert "token" not in live.url
    choose(live, "test_a", "x#")
    live.locator("#rows button", has_text="test_c").click()
    live.keyboard.press("r")
    live.get_by_role("button", name="Apply").click()
    expect(live.locator("#rows .mark.good")).to_have_text(["accepted", "accepted"])
    expect(live.locator("#decided")).to_have_text("0 accepted, 1 rejected")
    expect(live.locator("#apply")).to_be_hidden()
    expect(live.locator("#notice")).to_be_hidden()
    for name in ("test_a", "test_[x#%25]"):
        assert baseline(tmp_path, name) == actual(tmp_path, name)
    assert baseline(tmp_path, "test_c") == before
    assert len(printed) == 2
    live.reload()
    expect(live.locator("#rows .mark.good")).to_have_count(2)
    live.locator("#rows button", has_text="test_a").click()
    expect(live.locator("#verdict")).to_have_text("accepted")
    expect(live.locator("#accept")).to_be_hidden()


def test_an_error_is_shown(live: Page, tmp_path: Path) -> None:
    """The page shows why the server refused, the choice stays, and one can try again."""
    path = tmp_path / "imgsim-results/t/test_a.actual.png"
    right = path.read_bytes()
    path.write_bytes(b"other")
    choose(live, "test_a")
    live.get_by_role("button", name="Apply").click()
    expect(live.locator("#notice")).to_contain_text("got another one; run that test again")
    expect(live.locator("#decided")).to_have_text("1 accepted, 0 rejected")
    path.write_bytes(right)
    live.get_by_role("button", name="Apply").click()
    expect(live.locator("#notice")).to_be_hidden()
    assert baseline(tmp_path, "test_a") == right


def test_done_ends_the_review(live: Page, served: Server, printed: list[str]) -> None:
    """Done stops the server and says so; Apply then says that nobody answers."""
    live.get_by_role("button", name="Done").click()
    expect(live.locator("#notice")).to_have_text("The review has ended; you can close this window.")
    served.shutdown()
    served.server_close()
    choose(live, "test_a")
    live.get_by_role("button", name="Apply").click()
    expect(live.locator("#notice")).to_contain_text("does not answer; start it again")
    assert printed == []

"""report.html beside the pictures: masks, markers, environment, regions; and accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import NEEDS_CHROMIUM, opened
from fakes import FakeModel, a_record, flat
from playwright.sync_api import Browser, Page, expect

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.record import RegionScore
from pytest_imgsim.report.html import page as draw
from pytest_imgsim.results.content import Results
from pytest_imgsim.settings import Settings

pytestmark = NEEDS_CHROMIUM

ENVIRONMENT = {"python": "3.11.7", "platform": "<b>Linux</b>"}
MASK = Settings().for_check("here", {"ignore": Box(100, 60, 40, 20)})
WARN = MASK.for_check("here", {"threshold": 0.0, "warn_threshold": 1.0})
#: Each text on the page with its colour and the one that it stands on.
TEXTS = """() => {
  const solid = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    const clear = colour === "rgba(0, 0, 0, 0)";
    return clear && element.parentElement ? solid(element.parentElement) : colour;
  };
  const own = (e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const all = [...document.body.querySelectorAll("*")];
  const seen = all.filter((e) => own(e) && e.checkVisibility());
  const hint = document.getElementById("filter");
  return [
    ...seen.map((e) => [e.textContent, getComputedStyle(e).color, solid(e)]),
    [hint.placeholder, getComputedStyle(hint, "::placeholder").color, solid(hint)],
  ];
}"""


def results(root: Path) -> Path:
    """Write a page with three changed pictures, two of them under a mask; return its path."""
    old, changed = flat(120, 200), flat(120, 200)
    changed[20:36, 30:50] = 0
    changed[60:80, 100:140] = (200, 0, 0)
    make = Session(Settings(update="changed"), root, FakeModel)
    run = Session(Settings(), root, FakeModel)
    for name, settings, markers in (
        ("test_masked", MASK, ("slow", "smoke")),
        ("test_warned", WARN, ("smoke",)),
        ("test_plain", Settings(), ()),
    ):
        test = TestId(f"t.py::{name}", "t.py", (), name, markers)
        make.check(test, old)
        run.check(test, changed, settings=settings)
    whole = Results(run.records, environment=ENVIRONMENT)
    run.results.write(whole, root=root, version="0")
    run.results.write_page(draw(whole, "imgsim-results"))
    return run.results.folder / "report.html"


@pytest.fixture
def report(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """Open the page."""
    with opened(chromium, results(tmp_path)) as page:
        yield page


def test_masks_lie_on_every_view(report: Page) -> None:
    """What is ignored is hatched on each view, and m and the button show and hide it."""
    for name in ("test_masked", "test_warned"):
        report.get_by_role("button", name=name).click()
        panes = {"1": 2, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1}
        for key, count in panes.items():
            report.keyboard.press(key)
            expect(report.locator("#stage .mask:visible")).to_have_count(count)
            expect(report.locator("#stage .mask").last).to_have_js_property("naturalWidth", 200)
    button = report.get_by_role("button", name="Masks")
    report.keyboard.press("m")
    expect(report.locator("#stage .mask")).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    report.keyboard.press("1")
    expect(report.locator("#stage .mask").first).to_be_hidden()
    button.click()
    expect(report.locator("#stage .mask").first).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_the_hatching_is_over_the_mask_alone(report: Page) -> None:
    """Exactly the ignored pixels are coloured."""
    report.get_by_role("button", name="test_masked").click()
    mask = report.locator("#stage .mask").first
    expect(mask).to_have_js_property("naturalWidth", 200)
    path = Path(str(mask.evaluate("image => image.src")).removeprefix("file://"))
    from pytest_imgsim.pictures.decode import decode

    alpha = decode(path.read_bytes()).alpha
    assert alpha is not None
    inside = alpha[60:80, 100:140]
    assert (inside > 0).all()
    assert len(set(inside.flat)) == 2
    assert (alpha > 0).sum() == inside.size


def test_b_holds_the_mask(report: Page) -> None:
    """While the baseline is shown by b, the hatching stays over it."""
    report.get_by_role("button", name="test_masked").click()
    report.keyboard.press("5")
    report.locator("#stage").focus()
    report.keyboard.down("b")
    sources = report.locator("#stage img").evaluate_all("all => all.map(e => e.src)")
    assert [source.rpartition("/")[2] for source in sources] == [
        "test_masked.baseline.png", "test_masked.mask.png"
    ]  # fmt: skip
    report.keyboard.up("b")


def test_without_a_mask(report: Page) -> None:
    """Where nothing is ignored there is no button, and m does nothing."""
    report.get_by_role("button", name="test_plain").click()
    expect(report.locator("#masks")).to_be_hidden()
    report.keyboard.press("m")
    report.get_by_role("button", name="test_masked").click()
    expect(report.locator("#stage .mask").first).to_be_visible()


def test_facts(report: Page) -> None:
    """The facts name the worst region, what is ignored, and the test's markers."""
    report.get_by_role("button", name="test_masked").click()
    facts = " ".join(report.locator("#facts").inner_text().split())
    assert "worst region 20x16 at (30, 20)" in facts
    assert "ignored 3.33 %" in facts
    assert "markers slow, smoke" in facts
    report.get_by_role("button", name="test_plain").click()
    facts = report.locator("#facts").inner_text()
    assert "ignored" not in facts
    assert "markers" not in facts


REGIONS = (
    RegionScore(30, 20, 20, 16, 0.25, "added", cosine=0.9375, weight=2.9, reason="same renderer"),
    RegionScore(100, 60, 40, 20, 0.5, cosine=0.5, weight=1.0),
    RegionScore(8, 8, 1, 16, 0.99, reason="text caret"),
    RegionScore(0, 0, 9, 9, 0.995),
)


def test_what_scores_are_made_of(tmp_path: Path, chromium: Browser) -> None:
    """The score and each region have their cosine and weight, or the rule, where known."""
    path = tmp_path / "report.html"
    records = [a_record(score=0.25, regions=REGIONS), a_record(name="t/caret", regions=REGIONS[2:])]
    path.write_text(draw(Results(records), "imgsim-results"), encoding="utf-8")
    with opened(chromium, path) as page:
        page.get_by_role("button", name="test_cart").click()
        facts = " ".join(page.locator("#facts").inner_text().split())
        assert "score 0.2500 (cosine 0.9375, weighted 2.9: same renderer) threshold" in facts
        page.locator("#region-count", has_text="4 changed regions").click()
        assert [text.split("\n") for text in page.locator("#region-list li").all_inner_texts()] == [
            ["0.2500", "20x16 at (30, 20): added", "cosine 0.9375, weighted 2.9: same renderer"],
            ["0.5000", "40x20 at (100, 60)", "cosine 0.5000"],
            ["0.9900", "1x16 at (8, 8)", "text caret"],
            ["0.9950", "9x9 at (0, 0)"],
        ]
        page.locator("#rows button", has_text="caret").click()
        facts = " ".join(page.locator("#facts").inner_text().split())
        assert "score - (text caret)" in facts
        assert "global" not in facts


def test_a_region_of_the_list_is_shown(report: Page) -> None:
    """A press on a region, by key as well, boxes it and marks it in the list."""
    report.get_by_role("button", name="test_plain").click()
    report.locator("#region-count").focus()
    report.keyboard.press("Enter")
    buttons = report.locator("#region-list button")
    expect(buttons).to_have_count(2)
    buttons.nth(1).focus()
    report.keyboard.press("Enter")
    expect(report.locator("#region")).to_contain_text("2 of 2")
    expect(report.locator(".layer .box")).to_have_count(2)
    expect(report.locator('#region-list [aria-current="true"]')).to_have_count(1)
    expect(buttons.nth(1)).to_have_attribute("aria-current", "true")
    report.keyboard.press("j")
    expect(buttons.nth(0)).to_have_attribute("aria-current", "true")


def test_without_a_change_there_is_no_region(tmp_path: Path, chromium: Browser) -> None:
    """A comparison without regions has no list of them."""
    path = tmp_path / "report.html"
    path.write_text(draw(Results([a_record()]), "imgsim-results"), encoding="utf-8")
    with opened(chromium, path) as page:
        expect(page.locator("#comparison")).to_be_visible()
        expect(page.locator("#regions")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "count"),
    [("marker:slow", 1), ("smoke", 2), ("marker:smoke warned", 1), ("marker:fast", 0)],
)
def test_filter_by_marker(report: Page, text: str, count: int) -> None:
    """The filter finds a test by its marker, beside other words."""
    report.locator("#filter").fill(text)
    expect(report.locator("#rows button")).to_have_count(count)


def test_environment(report: Page) -> None:
    """The environment can be unfolded, also by key, and is shown as text."""
    details = report.locator("#environment")
    expect(details.get_by_text("3.11.7")).to_be_hidden()
    details.locator("summary").focus()
    report.keyboard.press("Enter")
    expect(details.get_by_text("3.11.7")).to_be_visible()
    expect(details.get_by_text("<b>Linux</b>")).to_be_visible()


def test_results_of_an_older_version_have_no_environment(tmp_path: Path, chromium: Browser) -> None:
    """Without an environment there is nothing to unfold."""
    path = tmp_path / "report.html"
    path.write_text(draw(Results(), "imgsim-results"), encoding="utf-8")
    with opened(chromium, path) as page:
        expect(page.locator("#environment")).to_be_hidden()


def test_move_by_key(report: Page) -> None:
    """Shift and the arrows move the pictures; the same comparison stays."""
    report.get_by_role("button", name="test_masked").click()
    expect(report.locator("#stage img").first).to_have_js_property("naturalWidth", 200)
    report.keyboard.press("+")
    layer = report.locator(".layer").first
    before = layer.bounding_box()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"):
        report.keyboard.press(f"Shift+{key}")
    after = layer.bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (-60, -60)
    expect(report.locator("#name")).to_have_text("t/test_masked")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(report: Page, scheme: str) -> None:
    """Every text has a contrast of 4.5 to 1 or more with its background, as WCAG 2 AA asks."""
    report.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    report.get_by_role("button", name="test_masked").click()
    report.keyboard.press("j")
    for summary in report.locator("summary").all():
        summary.click()
    seen = {}
    for key in ("a", "r"):
        report.keyboard.press(key)
        seen.update({tuple(text[1:]): text[0] for text in report.evaluate(TEXTS)})
    report.keyboard.press("?")
    seen.update({tuple(text[1:]): text[0] for text in report.evaluate(TEXTS)})
    assert len(seen) >= 8
    assert {text: pair for pair, text in seen.items() if contrast(*pair) < 4.5} == {}


def contrast(text: str, ground: str) -> float:
    """Return the contrast of two CSS colours as ``rgb(r, g, b)``, by WCAG 2."""
    light, dark = sorted(map(luminance, (text, ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a CSS colour."""
    assert colour.startswith("rgb("), colour
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_everything_is_reached_by_tab(report: Page) -> None:
    """Tab reaches every control that is visible, and shows where it is."""
    report.get_by_role("button", name="test_masked").click()
    report.keyboard.press("2")
    report.keyboard.press("a")
    report.evaluate("document.activeElement.blur()")
    wanted = report.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, [tabindex='0']")]
             .filter((e) => e.checkVisibility()).length"""
    )
    reached = set()
    for _ in range(wanted + 5):
        report.keyboard.press("Tab")
        name, outline = report.evaluate(
            """() => { const e = document.activeElement;
              return [e.id || e.textContent.trim(), getComputedStyle(e).outlineStyle]; }"""
        )
        if name and report.evaluate("document.activeElement !== document.body"):
            assert outline == "solid", name
            reached.add(name)
    assert len(reached - {"Skip to the comparison"}) == wanted

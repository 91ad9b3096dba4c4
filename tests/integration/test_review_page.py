"""report.html in a real Chromium: every control, by pointer and by key, opened from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import NEEDS_CHROMIUM, opened
from fakes import FakeModel, flat, noise
from playwright.sync_api import Browser, Page, expect

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.cli import main
from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.report.html import page as draw
from pytest_imgsim.results.content import Results
from pytest_imgsim.settings import Settings

HOSTILE = (
    "test_x[</script><script>document.title='owned'</script><img src=x onerror=alert(1)>%41#?]"
)

pytestmark = NEEDS_CHROMIUM


def compare_all(root: Path) -> Session:
    """Make a results folder with a failed, a resized, a missing and an equal comparison."""
    old, changed = flat(120, 200), flat(120, 200)
    changed[20:36, 30:50] = 0
    changed[90:100, 150:180] = (200, 0, 0)
    pictures = {
        "test_equal": (old, old), "test_changed": (old, changed),
        "test_size": (old, flat(150, 200)), HOSTILE: (old, changed),
    }  # fmt: skip
    make = Session(Settings(update="changed"), root, FakeModel)
    run = Session(Settings(), root, FakeModel)
    for name, (before, after) in pictures.items():
        test = TestId(f"t.py::{name}", "t.py", (), name)
        make.check(test, before)
        run.check(test, after)
    run.check(TestId("t.py::test_new", "t.py", (), "test_new"), noise(60, 80))
    return run


@pytest.fixture
def report(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """Open the report of such a run."""
    run = compare_all(tmp_path)
    run.results.write(Results(run.records), root=tmp_path, version="0")
    run.results.write_page(draw(Results(run.records), "imgsim-results"))
    with opened(chromium, run.results.folder / "report.html") as page:
        yield page


def name(page: Page) -> str:
    """Return the name of the comparison that is shown."""
    return page.locator("#name").inner_text()


def scale(page: Page) -> float:
    """Return the zoom in per cent."""
    return float(page.locator("#zoom").inner_text().split()[0])


def test_list(report: Page) -> None:
    """Failures come first, with counts; filter, verdict chips and order narrow and sort it."""
    rows = report.locator("#rows button")
    expect(report.locator("#counts")).to_have_text(
        "5 compared: 1 missing, 1 size changed, 2 failed, 1 equal"
    )
    assert report.locator("#rows .mark").all_text_contents() == [
        "missing", "size changed", "failed", "failed", "equal"
    ]  # fmt: skip
    report.keyboard.press("/")
    report.keyboard.type("T.PY changed")
    expect(rows).to_have_count(2)
    expect(report.locator("#shown")).to_have_text("2 of 5 shown")
    report.locator("#filter").fill("no such thing")
    expect(report.locator("#nothing")).to_be_visible()
    report.locator("#filter").fill("")
    report.get_by_role("button", name="failed 2").click()
    expect(rows).to_have_count(3)
    report.get_by_role("button", name="failed 2").click()
    report.locator("#sort").select_option("name")
    expect(rows.first.locator(".title")).to_have_text("test_changed")


def test_facts(report: Page) -> None:
    """The facts have score and origin, threshold and origin, sizes, model and baseline."""
    report.get_by_role("button", name="test_changed").click()
    facts = report.locator("#facts").inner_text()
    for fact in ("0.6 (default)", "200 x 120", "fake", "baselines/t/test_changed.png", "SSIM"):
        assert fact in facts
    report.get_by_role("button", name="test_size").click()
    assert "200 x 150, expected 200 x 120" in report.locator("#facts").inner_text()
    report.get_by_role("button", name="test_equal").click()
    for control in ("#modes", "#stage", "#accept"):
        expect(report.locator(control)).to_be_hidden()


def test_views(report: Page) -> None:
    """Each view shows its pictures, by click and by key, and all of them load."""
    report.get_by_role("button", name="test_changed").click()
    shown = {"1": 2, "2": 2, "3": 2, "4": 2, "5": 1, "6": 1, "7": 2}
    for key, count in shown.items():
        report.keyboard.press(key)
        images = report.locator("#stage img")
        expect(images).to_have_count(count)
        for image in images.all():
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") in (200, 50)
    report.get_by_role("tab", name="Diff").click()
    selected = report.locator('[role=tab][aria-selected="true"]')
    expect(selected).to_have_text("Diff")


def test_slider_onion_and_blink(report: Page) -> None:
    """The slider cuts, the onion skin fades, blink takes turns, and b shows the baseline."""
    report.get_by_role("button", name="test_changed").click()
    over = report.locator("#stage .over")
    report.keyboard.press("2")
    report.locator("#mix").fill("25")
    assert "75%" in over.evaluate("image => image.style.clipPath")
    report.keyboard.press("3")
    report.locator("#mix").fill("10")
    assert over.evaluate("image => image.style.opacity") == "0.1"
    report.keyboard.press("4")
    expect(over).to_have_css("visibility", "hidden")
    expect(over).to_have_css("visibility", "visible")
    report.keyboard.press("5")
    image = report.locator("#stage img")
    report.locator("#stage").focus()
    report.keyboard.down("b")
    assert str(image.get_attribute("src")).endswith("test_changed.baseline.png")
    report.keyboard.up("b")
    assert str(image.get_attribute("src")).endswith("test_changed.diff.png")


def test_zoom_and_pan_are_linked(report: Page) -> None:
    """Keys, buttons, wheel and drag move all panes alike; 0 fits again."""
    report.get_by_role("button", name="test_changed").click()
    expect(report.locator("#stage img").first).to_have_js_property("naturalWidth", 200)
    fitted = scale(report)
    report.keyboard.press("+")
    assert scale(report) > fitted
    report.locator("#zoom-out").click()
    report.locator("#zoom-out").click()
    assert scale(report) < fitted
    window = report.locator(".window").first
    window.hover()
    report.keyboard.down("Control")
    report.mouse.wheel(0, -300)
    report.keyboard.up("Control")
    assert scale(report) > fitted
    box = window.bounding_box()
    assert box is not None
    report.mouse.move(box["x"] + 50, box["y"] + 50)
    report.mouse.down()
    report.mouse.move(box["x"] + 90, box["y"] + 70)
    report.mouse.up()
    transforms = report.locator(".layer").evaluate_all("all => all.map(e => e.style.transform)")
    assert len(transforms) == 2
    assert transforms[0] == transforms[1]
    report.keyboard.press("0")
    assert scale(report) == fitted


def test_regions(report: Page) -> None:
    """J and k go round the changed regions, worst first, and box the one that is shown."""
    report.get_by_role("button", name="test_changed").click()
    seen = []
    for key in ("j", "j", "j", "k"):
        report.keyboard.press(key)
        expect(report.locator(".layer .box")).to_have_count(2)
        seen.append(report.locator("#region").inner_text().split(":")[0])
    assert seen == ["1 of 2", "2 of 2", "1 of 2", "2 of 2"]
    report.locator("#region-next").click()
    assert report.locator("#region").inner_text().startswith("1 of 2")


def test_steps(report: Page) -> None:
    """Arrows walk through the list and stop at its ends; ? shows the keys."""
    report.keyboard.press("ArrowLeft")
    assert name(report) == "t/test_new"
    for _ in range(9):
        report.keyboard.press("ArrowRight")
    assert name(report) == "t/test_equal"
    report.keyboard.press("?")
    expect(report.locator("#help")).to_be_visible()
    report.keyboard.press("Escape")
    expect(report.locator("#help")).to_be_hidden()


def test_accept_ends_in_the_right_bytes(
    report: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that the page hands out, run as it is, makes the baselines."""
    import shlex

    report.get_by_role("button", name="test_changed").click()
    report.keyboard.press("r")
    report.keyboard.press("a")
    report.get_by_role("button", name="test_x").click()
    report.locator("#accept").click()
    report.get_by_role("button", name="test_size").click()
    report.locator("#reject").click()
    expect(report.locator("#decided")).to_have_text("2 accepted, 1 rejected")
    for control in ("#apply", "#done", "#notice"):
        expect(report.locator(control)).to_be_hidden()
    words = shlex.split(report.locator("#command").inner_text())
    assert words[:4] == ["python", "-m", "pytest_imgsim", "accept"]
    monkeypatch.chdir(tmp_path)
    size_before = (tmp_path / "baselines/t/test_size.png").read_bytes()
    assert main(words[3:]) == 0
    kept = tmp_path / "imgsim-results/t/test_changed.actual.png"
    assert (tmp_path / "baselines/t/test_changed.png").read_bytes() == kept.read_bytes()
    assert (tmp_path / "baselines/t/test_size.png").read_bytes() == size_before
    report.locator("#clear").click()
    expect(report.locator("#basket")).to_be_hidden()


@pytest.mark.parametrize("name", ["--all", "it's", "a b;$(c)", "\x1b[201~\nx\\'y", "\u202e"])
def test_names_in_the_command_are_words(report: Page, name: str) -> None:
    """A name that is an option, or acts on a terminal or a shell, is one word and a name."""
    import subprocess

    words = report.evaluate("name => namesOf([{ name }]).join(' ')", name)
    assert words.isprintable()
    command = ["bash", "-c", f"LC_ALL=C.UTF-8; printf '%s\\0' {words}"]
    read = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    assert read[:-1] == (["--", name] if name.startswith("-") else [name])


def test_a_hostile_name_is_text(report: Page) -> None:
    """A test's name is shown, not run, and its pictures are found."""
    report.get_by_role("button", name="test_x").click()
    assert report.title().startswith("imgsim: 5 compared")
    assert "document.title" in report.locator("#facts").inner_text()
    expect(report.locator("#stage img").first).to_have_js_property("naturalWidth", 200)


def test_policy_blocks_everything_else(report: Page) -> None:
    """The page itself forbids foreign scripts and requests."""
    policy = report.locator("meta[http-equiv]").get_attribute("content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_fits_narrow_and_wide_windows(report: Page, width: int, height: int) -> None:
    """Nothing runs out of the window sideways."""
    report.set_viewport_size({"width": width, "height": height})
    report.get_by_role("button", name="test_changed").click()
    assert report.evaluate("document.documentElement.scrollWidth") <= width


def test_warnings_and_variants(tmp_path: Path, chromium: Browser) -> None:
    """A warning has its place, tone and filter; the facts name warn threshold and variant."""
    values = {"score": 0.93, "warn_threshold": 0.97, "baseline": "b/w.png", "variant": 2}
    records = [
        Record(f"t.py::{verdict.name}", verdict.name, verdict, 0.9, "default", **values)  # type: ignore[arg-type]
        for verdict in (Verdict.PASSED, Verdict.WARNED, Verdict.FAILED, Verdict.UPDATED)
    ]
    path = tmp_path / "report.html"
    path.write_text(draw(Results(records), "imgsim-results"), encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    marks = page.locator("#rows .mark")
    assert marks.all_text_contents() == ["failed", "warned", "updated", "passed"]
    expect(marks.nth(1)).to_have_class("mark warn")
    page.get_by_role("button", name="warned 1").click()
    expect(marks).to_have_count(3)
    page.get_by_role("button", name="warned 1").click()
    marks.nth(1).click()
    facts = page.locator("#facts").inner_text()
    assert "0.97" in facts
    assert "b/w.png (variant 2)" in facts
    page.close()


def test_two_thousand_comparisons(tmp_path: Path, chromium: Browser) -> None:
    """A large run opens, filters and steps; only the shown comparison loads pictures."""
    records = [
        Record(
            f"t.py::test_{n}", f"t/test_{n}", Verdict.FAILED, 0.9, "default", score=n / 2000,
            regions=(RegionScore(1, 2, 3, 4, n / 2000),), actual=f"{n}.png", baseline_copy="b.png",
        )
        for n in range(2000)
    ]  # fmt: skip
    path = tmp_path / "report.html"
    path.write_text(draw(Results(records), "imgsim-results"), encoding="utf-8")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    expect(page.locator("#rows button")).to_have_count(2000)
    page.locator("#filter").fill("test_1999")
    expect(page.locator("#rows button")).to_have_count(1)
    assert name(page) == "t/test_1999"
    page.wait_for_timeout(200)
    assert len([url for url in asked if url.endswith(".png")]) <= 4
    page.close()

"""How often one changed character of small text is seen on a page that stands still.

Sheets of short lines that nothing has learnt from are shown plain and with one character changed in
about every second line; each changed line alone is put into the plain picture and compared::

    .venv/bin/python benchmarks/detection/letters.py --work DIR

It takes about a minute and prints the table of docs/thresholds.md, and what is seen least.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machines import PLAIN, VIEWPORT, browser_of
from playwright.sync_api import Page, sync_playwright
from sheets import HEIGHT, WIDTH, sheet
from templates import FONTS, fetch_missing
from visits import MUTATIONS

from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.compare import compare
from pytest_imgsim.settings import Settings

SEEDS = ("letters 0", "letters 1", "letters 2")
#: Smallest and largest font size of each row of the table, in pixels.
SIZES = ((10, 12), (13, 15), (16, 21))
LINES = """[...document.body.children].map((e) => [
    e.offsetLeft, e.offsetTop, parseFloat(getComputedStyle(e).fontSize), e.textContent])"""


@dataclass(frozen=True)
class Line:
    """A line with one character changed."""

    size: float
    before: str
    after: str
    score: float


def judged(page: Page, model: ResNet50, seed: str) -> Iterator[Line]:
    """Yield the changed lines of a sheet with their scores."""
    page.set_content(sheet(random.Random(seed)))
    page.evaluate(MUTATIONS)
    page.wait_for_timeout(500)
    plain, before = as_picture(page), page.evaluate(LINES)
    change = {"kind": "characters", "path": "html > body:nth-child(2)", "draw": [0, 0.3, 0, 0, 0]}
    page.evaluate("change => imgsim.apply(change)", change)
    page.wait_for_timeout(500)
    changed, after = as_picture(page), page.evaluate(LINES)
    for (left, top, size, old), (*_, new) in zip(before, after, strict=True):
        here = (slice(top, top + HEIGHT), slice(left, left + WIDTH))
        rgb = plain.rgb.copy()
        rgb[here] = changed.rgb[here]
        if old != new and (rgb != plain.rgb).any():
            yield Line(size, old, new, compare(PicturePair(Picture(rgb), plain), model).score)


def table(lines: list[Line], model_id: str) -> Iterator[str]:
    """Yield the table's lines, and the changes that are seen least."""
    threshold = Settings().threshold
    yield f"| {model_id} | lines | below {threshold} | below 0.9 | median |"
    yield "|---|---|---|---|---|"
    for low, high in (*SIZES, (SIZES[0][0], SIZES[-1][1])):
        scores = [line.score for line in lines if low <= line.size <= high]
        below = [sum(score < limit for score in scores) / len(scores) for limit in (threshold, 0.9)]
        shares = " | ".join(f"{share:.0%}" for share in below)
        yield f"| {low} to {high} px | {len(scores)} | {shares} | {statistics.median(scores):.2f} |"
    for line in sorted(lines, key=lambda line: -line.score)[:10]:
        yield f"{line.score:.2f}  {line.size:.0f} px  {line.before!r} -> {line.after!r}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all data")
    parser.add_argument("--weights", default="bundled", help="as --imgsim-weights takes them")
    given: Any = parser.parse_args()
    work = given.work.resolve()
    fetch_missing(work, FONTS)
    model = ResNet50(given.weights)
    with sync_playwright() as playwright, browser_of(PLAIN, playwright, work) as browser:
        page = browser.new_page(viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]})
        lines = [line for seed in SEEDS for line in judged(page, model, seed)]
    print("\n".join(table(lines, model.model_id)))


if __name__ == "__main__":
    main()

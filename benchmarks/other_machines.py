"""How the score takes the noise of other machines, on the pages of the example shop.

The same pages are captured as another machine would show them, and compared with the plain
captures. Every pair shows the same page, so every score below the threshold is a false alarm.
The last rows are the example's regressions, each of which should be below it::

    .venv/bin/python benchmarks/other_machines.py

It takes about two minutes on two cores and prints the table of docs/thresholds.md.
"""

from __future__ import annotations

import io
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.compare import Scores, compare
from pytest_imgsim.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "shop"))
from regressions import REGRESSIONS
from server import serve_shop

PAGES = ("catalogue", "product", "cart", "checkout", "account", "help")
STEADY = ("--disable-partial-raster", "--force-color-profile=srgb", "--disable-gpu")
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>{rules}</fontconfig>"""
EDIT = '<match target="font"><edit name="{}" mode="assign"><{}>{}</{}></edit></match>'
REPLACE = (
    '<match target="pattern"><test name="family"><string>Liberation Sans</string></test>'
    '<edit name="family" mode="assign" binding="strong"><string>{}</string></edit></match>'
)


@dataclass(frozen=True)
class Machine:
    """One way in which another machine shows the same page."""

    name: str
    arguments: tuple[str, ...] = ()
    fonts: str = ""
    style: str = ""
    scale: float = 1.0
    change: Callable[[Image.Image], Image.Image] = field(default=lambda image: image)


def _recoded(kind: str, quality: int) -> Callable[[Image.Image], Image.Image]:
    def change(image: Image.Image) -> Image.Image:
        out = io.BytesIO()
        image.save(out, kind, quality=quality)
        return Image.open(out).convert("RGB")

    return change


def _gamma(image: Image.Image) -> Image.Image:
    table = [round(255 * (level / 255) ** 1.03) for level in range(256)] * 3
    return image.point(table)


MACHINES = (
    Machine("the same machine again"),
    Machine("one colour level darker", change=lambda i: i.point(lambda v: max(v - 1, 0))),
    Machine("gamma 1.03", change=_gamma),
    Machine("JPEG, quality 92", change=_recoded("JPEG", 92)),
    Machine("WebP, quality 90", change=_recoded("WEBP", 90)),
    Machine("fonts hinted fully", fonts=EDIT.format("hintstyle", "const", "hintfull", "const")),
    Machine("fonts without antialiasing", fonts=EDIT.format("antialias", "bool", "false", "bool")),
    Machine("captured at 2x and scaled down", scale=2.0),
    Machine("layout moved by 0.3 px", style="main { transform: translate(.3px, .3px) }"),
    Machine("another sans-serif font", fonts=REPLACE.format("DejaVu Sans")),
)


@contextmanager
def _browser(machine: Machine) -> Iterator[Browser]:
    options = [*STEADY, *machine.arguments]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS.format(rules=machine.fonts))
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=options,
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        yield browser
        browser.close()


def capture(machine: Machine, url: str) -> dict[str, Picture]:
    """Return the pages as `machine` shows them, all of one size."""
    with _browser(machine) as browser:
        page = browser.new_page(
            viewport={"width": 1280, "height": 800}, device_scale_factor=machine.scale
        )
        return {name: _shot(page, f"{url}/{name}.html", machine) for name in PAGES}


def _shot(page: Page, address: str, machine: Machine) -> Picture:
    page.goto(address)
    if machine.style:
        page.add_style_tag(content=machine.style)
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    if image.size != (1280, 800):
        image = image.resize((1280, 800), Image.Resampling.LANCZOS)
    return as_picture(np.asarray(machine.change(image.convert("RGB"))))


def row(name: str, scores: list[Scores], threshold: float) -> str:
    """Return one line of the table."""
    local = [score.score for score in scores]
    overall = min(score.global_score for score in scores)
    below = sum(score < threshold for score in local)
    return (
        f"| {name} | {min(local):.3f} | {statistics.median(local):.3f} | {overall:.4f} "
        f"| {below} of {len(local)} |"
    )


def main() -> None:
    """Print the table."""
    model, threshold = ResNet50(), Settings().threshold
    print(f"| {model.model_id} | lowest score | median | lowest global | below {threshold} |")
    print("|---|---|---|---|---|")
    with serve_shop(()) as url:
        plain = capture(MACHINES[0], url)
        for machine in MACHINES:
            shown = capture(machine, url)
            scores = [compare(PicturePair(shown[name], plain[name]), model) for name in PAGES]
            print(row(machine.name, scores, threshold), flush=True)
    regressions = []
    for regression in REGRESSIONS:
        name = regression.page.removesuffix(".html")
        if name not in PAGES:
            continue
        with serve_shop((regression,)) as url:
            shown = capture(MACHINES[0], url)
        scores = compare(PicturePair(shown[name], plain[name]), model)
        if scores.score < 1.0:
            regressions.append(scores)
    print(row("**regressions that show in the window**", regressions, threshold))


if __name__ == "__main__":
    main()

"""Screenshots of one small page, by one browser that draws text in several ways."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from golden.drawing.canvas import Pixels
from PIL import Image
from playwright.sync_api import Playwright, sync_playwright

PAGE = Path(__file__).parent / "page.html"
SIZE = (320, 180)
FLAGS = ("--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars", "--no-sandbox")
FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include><match target="font">{}</match></fontconfig>"""
RULE = '<edit name="{}" mode="assign"><const>{}</const></edit>'


@dataclass(frozen=True)
class Renderer:
    """One way in which the browser draws the page.

    Parameters
    ----------
    flags : tuple of str
        Of Chromium's command line.
    rules : str
        For fontconfig.
    scale : float
        Device scale factor; the screenshot is brought back to the plain size.
    script : str
        JavaScript that changes the page.
    """

    flags: tuple[str, ...] = ()
    rules: str = ""
    scale: float = 1
    script: str = "0"


LCD = Renderer(
    ("--enable-lcd-text",), RULE.format("rgba", "rgb") + RULE.format("lcdfilter", "lcddefault")
)
WORD = "document.querySelector('#plan').textContent = 'Business'"
ASIDE = "document.body.style.cssText = 'position: relative; left: .5px; top: .35px'"
RENDERERS = {
    "screen": Renderer(),
    "screen-word": Renderer(script=WORD),
    "screen-hinted": Renderer(rules=RULE.format("hintstyle", "hintfull")),
    "screen-lcd": LCD,
    "screen-lcd-word": Renderer(LCD.flags, LCD.rules, script=WORD),
    "screen-scaled": Renderer(scale=1.5),
    "screen-aside": Renderer(script=ASIDE),
}


def pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield the screenshots, and what a lossy file and another gamma make of one, by name."""
    with sync_playwright() as playwright, TemporaryDirectory() as scratch:
        for name, renderer in RENDERERS.items():
            yield name, shot(playwright, renderer, Path(scratch) / "fonts.conf")
        plain = shot(playwright, Renderer(), Path(scratch) / "fonts.conf")
    yield "screen-jpeg", through_jpeg(plain)
    yield "screen-gamma", np.rint(255 * (plain / 255) ** 1.08).astype(np.uint8)


def shot(playwright: Playwright, renderer: Renderer, fonts: Path) -> Pixels:
    """Return the page as a renderer draws it."""
    fonts.write_text(FONTCONFIG.format(renderer.rules), encoding="utf-8")
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=[*FLAGS, *renderer.flags],
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
    )
    page = browser.new_page(
        viewport={"width": SIZE[0], "height": SIZE[1]}, device_scale_factor=renderer.scale
    )
    page.goto(PAGE.as_uri())
    page.evaluate(renderer.script)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    browser.close()
    return np.asarray(image.resize(SIZE, Image.Resampling.LANCZOS))


def through_jpeg(rgb: Pixels) -> Pixels:
    """Return the pixels as a JPEG file keeps them."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=88)
    return np.asarray(Image.open(out).convert("RGB"))

"""Take the pictures of the documentation: the review page of a run of the broken shop.

Run it after ``scripts/demo``, whose results it shows::

    .venv/bin/python docs/pictures.py
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "imgsim-results" / "broken" / "report.html"
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Write docs/images/review.png and docs/images/heat.png."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=options
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(REPORT.as_uri())
        page.get_by_role("button", name="test_add_to_cart").click()
        page.keyboard.press("a")
        page.keyboard.press("j")
        page.screenshot(path=IMAGES / "review.png")
        page.get_by_role("button", name="test_orders").click()
        page.get_by_role("tab", name="Heat map").click()
        page.wait_for_timeout(500)
        page.screenshot(path=IMAGES / "heat.png")
        browser.close()
    for path in IMAGES.glob("*.png"):
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(128)  # a third of the size, the same to the eye
        small.save(path, optimize=True)


if __name__ == "__main__":
    main()

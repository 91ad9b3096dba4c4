"""What single small changes on a page score, and what that means for the threshold.

Run it from the repository; it takes half a minute and prints the table of docs/thresholds.md::

    .venv/bin/python benchmarks/small_changes.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture, Pixels
from pytest_imgsim.scoring.compare import compare

PAGE = (
    Path(__file__).parents[1] / "baselines/examples/shop/test_shop" / "test_product[chromium].png"
)

Change = Callable[[Pixels], None]


def paint(box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> Change:
    """Return a change that fills a box (x, y, width, height) with a colour."""
    x, y, width, height = box

    def change(rgb: Pixels) -> None:
        rgb[y : y + height, x : x + width] = colour

    return change


def drift(box: tuple[int, int, int, int], levels: int) -> Change:
    """Return a change that makes a box brighter or darker by some levels of 255."""
    x, y, width, height = box

    def change(rgb: Pixels) -> None:
        part = rgb[y : y + height, x : x + width]
        part[:] = np.clip(part.astype(int) + levels, 0, 255)

    return change


EMPTY = (600, 700)
WHOLE = (0, 0, 1280, 800)
PATCH = (560, 690, 100, 40)
TEXT = (700, 280, 300, 120)

CHANGES: dict[str, Change] = {
    "whole page 1 level darker": drift(WHOLE, -1),
    "whole page 2 levels darker": drift(WHOLE, -2),
    "whole page 5 levels darker": drift(WHOLE, -5),
    "empty patch of 100 x 40 px, 3 levels darker": drift(PATCH, -3),
    "empty patch of 100 x 40 px, 8 levels darker": drift(PATCH, -8),
    "area with text, 1 level brighter": drift(TEXT, 1),
    "area with text, 4 levels brighter": drift(TEXT, 4),
    "one light grey pixel": paint((*EMPTY, 1, 1), (200, 200, 200)),
    "one black pixel": paint((*EMPTY, 1, 1), (0, 0, 0)),
    "a line of 100 px, 13 to 21 levels darker": paint((*EMPTY, 100, 1), (230, 230, 230)),
    "a red square of 5 x 5 px": paint((*EMPTY, 5, 5), (255, 0, 0)),
}


def main() -> None:
    """Print the table."""
    model, page = ResNet50(), as_picture(PAGE)
    print(f"| {model.model_id} | score | global |")
    print("|---|---|---|")
    for name, change in CHANGES.items():
        rgb = page.rgb.copy()
        change(rgb)
        scores = compare(PicturePair(Picture(rgb), page), model)
        print(f"| {name} | {scores.score:.3f} | {scores.global_score:.5f} |")


if __name__ == "__main__":
    main()

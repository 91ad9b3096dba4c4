"""Draw what some scores look like, on a page of the example shop: docs/images/scores.png.

Changes of all strengths are made to one baseline, and for each score that is asked for the one
that comes nearest is shown beside the baseline::

    .venv/bin/python docs/scores.py
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture, Pixels
from pytest_imgsim.scoring.compare import compare
from pytest_imgsim.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "baselines/examples/shop/test_shop/test_product[chromium].png"
TARGET = ROOT / "docs/images/scores.png"
WANTED = (0.99, 0.95, 0.9, Settings().threshold, 0.5, 0.2)
#: Where text stands on the page (x, y, width, height), and what is shown around it.
TEXT, SHOWN = (724, 284, 106, 36), (700, 190, 400, 130)
CAPTION = 22


@dataclass(frozen=True)
class Example:
    """A changed page and its score."""

    name: str
    rgb: Pixels
    score: float


def recoded(image: Image.Image, quality: int) -> Image.Image:
    """Return the picture out of a JPEG file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def resampled(image: Image.Image, scale: float) -> Image.Image:
    """Return the picture after a visit to another device scale."""
    larger = image.resize((round(image.width * scale), round(image.height * scale)))
    return larger.resize(image.size, Image.Resampling.LANCZOS)


def in_text(change: Callable[[Image.Image], Image.Image]) -> Callable[[Image.Image], Image.Image]:
    """Return a change that is made to the text only."""

    def changed(image: Image.Image) -> Image.Image:
        x, y, width, height = TEXT
        out = image.copy()
        out.paste(change(image.crop((x, y, x + width, y + height))), (x, y))
        return out

    return changed


def faded(strength: float) -> Callable[[Image.Image], Image.Image]:
    """Return a change that makes text paler."""
    return lambda image: Image.blend(
        image, Image.new("RGB", image.size, image.getpixel((0, 0))), strength
    )


def moved(by: int) -> Callable[[Image.Image], Image.Image]:
    """Return a change that moves text to the right."""

    def changed(image: Image.Image) -> Image.Image:
        out = Image.new("RGB", image.size, image.getpixel((0, 0)))
        out.paste(image, (by, 0))
        return out

    return changed


def changes() -> Iterator[tuple[str, Callable[[Image.Image], Image.Image]]]:
    """Yield changes of all strengths with their names."""
    for levels in (1, 2, 4, 8):
        yield f"{levels} levels darker", lambda i, n=levels: i.point(lambda v: max(v - n, 0))
    for quality in (95, 85, 70, 50, 30):
        yield f"JPEG, quality {quality}", lambda i, q=quality: recoded(i, q)
    for scale in (2.0, 1.5, 1.25):
        yield f"another device scale, {scale:g}", lambda i, s=scale: resampled(i, s)
    for strength in (0.05, 0.1, 0.2, 0.3, 0.5, 1.0):
        yield f"text {strength:.0%} paler", in_text(faded(strength))
    for by in (1, 2, 3, 5, 8):
        yield f"text moved by {by} px", in_text(moved(by))


def examples() -> list[Example]:
    """Return all changes with their scores."""
    model, page = ResNet50(), as_picture(PAGE)
    plain = Image.fromarray(page.rgb)
    made = [(name, np.asarray(change(plain))) for name, change in changes()]
    return [
        Example(name, rgb, compare(PicturePair(Picture(rgb), page), model).score)
        for name, rgb in made
    ]


def nearest(found: list[Example]) -> list[Example]:
    """Return the example nearest to each score that is asked for, each once."""
    left, kept = list(found), []
    for wanted in WANTED:
        best = min(left, key=lambda example: abs(example.score - wanted))
        left.remove(best)
        kept.append(best)
    return sorted(kept, key=lambda example: -example.score)


def main() -> None:
    """Write the picture."""
    found = examples()
    for example in sorted(found, key=lambda example: -example.score):
        print(f"{example.score:.3f}  {example.name}")
    x, y, width, height = SHOWN
    rows = nearest(found)
    sheet = Image.new("RGB", (2 * width + 12, len(rows) * (height + CAPTION + 8)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    plain = Image.open(PAGE).convert("RGB")
    for number, example in enumerate(rows):
        top = number * (height + CAPTION + 8)
        pen.text((4, top), f"{example.score:.3f}   {example.name}", "black", font)
        for left, image in ((0, plain), (width + 12, Image.fromarray(example.rgb))):
            part = image.crop((x, y, x + width, y + height))
            sheet.paste(part, (left, top + CAPTION))
    sheet.quantize(96).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()

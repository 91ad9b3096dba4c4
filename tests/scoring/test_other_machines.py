"""The bundled weights, on pages of the example shop as another machine would show them."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from fakes import compared
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.cosine import cosine
from pytest_imgsim.settings import Settings

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[2]


def shop_pages() -> dict[str, NDArray[np.uint8]]:
    """Return the baselines of the example shop that show a whole window, (H, W, 3) uint8."""
    pages = {}
    for path in sorted((ROOT / "baselines/examples/shop/test_shop").glob("*.png")):
        with Image.open(path) as image:
            if image.size == (1280, 800):
                pages[path.stem] = np.asarray(image.convert("RGB"))
    return pages


def as_another_machine_shows(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the pixels captured at another device scale, lighter, and out of a JPEG file."""
    image = Image.fromarray(rgb)
    larger = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    image = larger.resize(image.size, Image.Resampling.LANCZOS).point(lambda v: min(v + 2, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return np.asarray(Image.open(out).convert("RGB"))


#: The shop's name on its pages, and somewhere else (top, left).
WORD, ELSEWHERE, SIZE = (56, 110), (130, 500), (30, 110)


@pytest.mark.parametrize("name", ["test_cart[chromium]", "test_orders[chromium]"])
def test_forgives_another_machine_and_not_a_new_word(model: ResNet50, name: str) -> None:
    """What this product is for: one default threshold between noise and a regression."""
    threshold, rgb = Settings().threshold, shop_pages()[name]
    noisy = as_another_machine_shows(rgb)
    assert compared(Picture(noisy), Picture(rgb), model).score >= threshold
    worse = noisy.copy()
    source, target = (
        (slice(top, top + SIZE[0]), slice(left, left + SIZE[1])) for top, left in (WORD, ELSEWHERE)
    )
    worse[target] = noisy[source]
    assert not np.array_equal(worse, noisy)
    scores = compared(Picture(worse), Picture(rgb), model)
    assert scores.score < threshold
    box = scores.regions[0]
    # Around the word, though every pixel of the page differs.
    assert box.x <= ELSEWHERE[1]
    assert box.y <= ELSEWHERE[0]
    assert ELSEWHERE[1] + SIZE[1] <= box.x + box.width <= ELSEWHERE[1] + SIZE[1] + 40
    assert ELSEWHERE[0] + SIZE[0] <= box.y + box.height <= ELSEWHERE[0] + SIZE[0] + 40
    assert box.width * box.height < 4 * SIZE[0] * SIZE[1]


def test_global_tells_pages_apart_through_noise(model: ResNet50) -> None:
    """One page under noise is all but the same; two pages of one shop are far from it."""
    pages = shop_pages()
    plain = {name: model.features(rgb) for name, rgb in pages.items()}
    noisy = {name: model.features(as_another_machine_shows(rgb)) for name, rgb in pages.items()}
    same = [float(cosine(plain[name], noisy[name])) for name in pages]
    other = [float(cosine(plain[a], plain[b])) for a, b in itertools.combinations(pages, 2)]
    assert min(same) > 0.97
    assert max(other) < 0.85


@pytest.mark.parametrize(("aside", "passes"), [((0, 1), True), ((1, 0), True), ((0, 3), False)])
def test_a_label_that_jitters_by_a_pixel_passes(
    model: ResNet50, aside: tuple[int, int], passes: bool
) -> None:
    """Nobody sees a price that lies one pixel aside on a page that is otherwise the same."""
    page = shop_pages()["test_product[chromium]"]
    (top, left), (height, width) = (284, 724), (36, 106)
    moved = page.copy()
    moved[top : top + height, left : left + width] = page[
        top - aside[0] : top - aside[0] + height, left - aside[1] : left - aside[1] + width
    ]
    score = compared(Picture(moved), Picture(page), model).score
    assert (score >= Settings().threshold) == passes

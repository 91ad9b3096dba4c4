"""What ``ignore=`` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Driver, Element, Locator, Page, flat, noise, png
from PIL import Image

from pytest_imgsim.errors import MaskError, PictureError
from pytest_imgsim.pictures import elements
from pytest_imgsim.pictures.boxes import Box, Polygon
from pytest_imgsim.pictures.masks import Area, MaskImage
from pytest_imgsim.pictures.sources import open_source

#: Scrolled by 5 and 40 px; 100 px wide; three device pixels a CSS pixel.
SCROLLED = (5, 40, 100, 3)
PICTURE = noise(60, 100)


class Handle:
    """Shaped like Playwright's element handle, which has an owner frame instead of a page."""

    def __init__(self, page: Page, box: tuple[float, float, float, float]) -> None:
        self._locator = Locator(page, box)

    def owner_frame(self) -> Page:
        return self._locator.page

    def bounding_box(self) -> dict[str, float] | None:
        return self._locator.bounding_box()

    def screenshot(self) -> Any:
        return self._locator.screenshot()


def areas(ignore: Any, given: Any, size: tuple[int, int], **more: Any) -> list[Area]:
    """Return what is ignored of a picture that was captured from `given`."""
    return elements.areas(ignore, open_source(given, **more), size)


def boxes(ignore: Any, source: Any = None, size: tuple[int, int] = (100, 60), **more: Any) -> Any:
    """Return the boxes as (x, y, width, height)."""
    found = areas([ignore], source, size, **more)
    assert all(isinstance(box, Box) and not box.relative for box in found)
    return [(box.x, box.y, box.width, box.height) for box in found if isinstance(box, Box)]


def test_areas_pass_through() -> None:
    """Areas are taken as they are, in order, out of nested lists too."""
    box, polygon = Box(1, 2, 3, 4), Polygon([(0, 0), (1, 0), (1, 1)])
    mask = MaskImage(None)  # type: ignore[arg-type]
    nested = [box, [polygon, ([mask], (5, 6, 7, 8))], []]
    assert areas(nested, None, (9, 9)) == [box, polygon, mask, Box(5, 6, 7, 8)]


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), [1, 2, 3, 4], (1.0, 2, 3.0, 4)])
def test_four_numbers_are_a_box(numbers: Any) -> None:
    """Four numbers in a tuple or list are x, y, width and height."""
    assert boxes(numbers) == [(1, 2, 3, 4)]


@pytest.mark.parametrize("kind", ["text", "path", "PIL image", "array"])
def test_mask_picture(kind: str, tmp_path: Path) -> None:
    """A picture's light pixels are a mask, whatever the picture comes from."""
    light = np.zeros((60, 100), np.uint8)
    light[:10, :20] = 255
    path = tmp_path / "mask.png"
    path.write_bytes(png(np.repeat(light[:, :, None], 3, axis=2)))
    source = {"text": str(path), "path": path, "PIL image": Image.fromarray(light), "array": light}
    [area] = areas([source[kind]], None, (100, 60))
    np.testing.assert_array_equal(area.mask((100, 60)), light > 0)


def test_mask_picture_is_named_in_errors(tmp_path: Path) -> None:
    """A mask of another size is told by its path."""
    path = tmp_path / "mask.png"
    path.write_bytes(png(flat(5, 5)))
    [area] = areas([path], None, (100, 60))
    with pytest.raises(MaskError, match=r"^ignore=picture '.*mask.png': expected the size"):
        area.mask((100, 60))


def test_mask_picture_that_is_missing() -> None:
    """A mask that is not there is told."""
    with pytest.raises(PictureError, match="picture 'no-mask.png': cannot be read"):
        areas(["no-mask.png"], None, (100, 60))


@pytest.mark.parametrize("bad", [None, 5, object(), (1, 2, 3), {"x": 1}, b"bytes", (1, 2, 3, "4")])
def test_refuses_anything_else(bad: Any) -> None:
    """What is none of these is told with what is accepted, or with why it cannot be read."""
    with pytest.raises((MaskError, PictureError), match="ignore=: expected Box|cannot be read"):
        areas([bad], None, (100, 60))


def test_element_on_an_unscrolled_page() -> None:
    """On a page at its top, an element lies where the window shows it."""
    page = Page()
    assert boxes(Locator(page, (10, 20, 30, 5)), page) == [(10, 20, 30, 5)]


def test_element_in_the_window_of_a_scrolled_page() -> None:
    """Scrolling changes nothing in a picture of the window; its pixels are CSS pixels."""
    page = Page(view=SCROLLED)
    assert boxes(Locator(page, (10, 20, 30, 5)), page) == [(10, 20, 30, 5)]
    assert boxes(Handle(page, (10, 20, 30, 5)), page) == [(10, 20, 30, 5)]


def test_element_in_a_full_page() -> None:
    """In a picture of the whole page, what was scrolled away is above."""
    page = Page(view=SCROLLED)
    found = boxes(Locator(page, (10, 20, 30, 5)), page, (100, 400), full_page=True)
    assert found == [(15, 60, 30, 5)]


def test_element_in_an_element() -> None:
    """In a picture of an element, places count from that element's corner on."""
    page = Page(view=SCROLLED)
    source = Locator(page, (8, 15, 50, 50))
    for full_page in (False, True):
        found = boxes(Locator(page, (10, 20, 30, 5)), source, (50, 50), full_page=full_page)
        assert found == [(2, 5, 30, 5)]


def test_element_in_the_users_own_picture() -> None:
    """A picture that the test took itself is as wide as the window, in device pixels or not."""
    page = Page(view=SCROLLED)
    locator = Locator(page, (10, 20, 30, 5))
    assert boxes(locator, PICTURE, (100, 60)) == [(10, 20, 30, 5)]
    assert boxes(locator, b"png", (300, 180)) == [(30, 60, 90, 15)]


def test_locator_of_several() -> None:
    """All elements that match are ignored; hidden ones among them do not matter."""
    page = Page()
    locator = Locator(page, (1, 2, 3, 4), None, (9, 9, 0, 5), (5, 6, 7, 8))
    assert boxes(locator, page) == [(1, 2, 3, 4), (5, 6, 7, 8)]


@pytest.mark.parametrize("found", [(), (None,), ((1, 1, 0, 9), (1, 1, 9, 0))])
def test_locator_of_nothing(found: Any) -> None:
    """A locator that matches nothing visible is a mistake."""
    page = Page()
    told = "ignore=Locator .* matches nothing that is visible; correct the selector"
    with pytest.raises(MaskError, match=told):
        areas([Locator(page, *found)], page, (100, 60))


def test_selenium_element_in_the_window() -> None:
    """Selenium's boxes count from the page's corner, its pictures are in device pixels."""
    driver = Driver(view=SCROLLED)
    found = boxes(Element(driver, (15, 60, 30, 5)), driver, (300, 180))
    assert found == [(30, 60, 90, 15)]


def test_selenium_element_in_an_element() -> None:
    """In a picture of a Selenium element, places count from that element's corner on."""
    driver = Driver(view=SCROLLED)
    source = Element(driver, (10, 50, 50, 50))
    assert boxes(Element(driver, (15, 60, 30, 5)), source, (150, 150)) == [(15, 30, 90, 15)]
    assert source.shots == 0


def test_selenium_element_that_is_hidden() -> None:
    """A Selenium element without extent is a mistake, as a hidden locator is."""
    driver = Driver()
    with pytest.raises(MaskError, match="ignore=Element .* matches nothing that is visible"):
        areas([Element(driver, (0, 0, 0, 0))], driver, (100, 60))

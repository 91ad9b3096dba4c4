"""What ``ignore=`` takes, as areas of one picture: boxes, mask pictures, live elements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from PIL import Image

from pytest_imgsim.errors import MaskError
from pytest_imgsim.pictures.boxes import Box, Polygon
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.masks import Area, MaskImage
from pytest_imgsim.pictures.sources import (
    PLAYWRIGHT,
    SELENIUM,
    Source,
    describe,
    is_playwright,
    is_selenium,
)

ACCEPTED = (
    "Box, Polygon, four numbers (x, y, width, height), a black and white mask picture, or a "
    "Playwright or Selenium element"
)
VIEW = "[window.scrollX, window.scrollY, window.innerWidth, window.devicePixelRatio]"


@dataclass(frozen=True)
class _View:
    """A browser window: how far it is scrolled, its width, all in CSS pixels, and its ratio."""

    scroll_x: float
    scroll_y: float
    width: float
    ratio: float


@dataclass(frozen=True)
class _Frame:
    """Where a picture is on its page: its top left corner in CSS pixels, and its scale."""

    x: float
    y: float
    scale: float


def areas(ignore: Iterable[Any], source: Source, size: tuple[int, int]) -> list[Area]:
    """Return what to ignore as areas of one picture.

    Parameters
    ----------
    ignore : iterable
        See `ACCEPTED`; lists of these are flattened.
    source : Source
        What the picture was captured from, by which a live element is found in the picture. For
        anything but a Playwright or Selenium object, the picture is taken to begin where the
        element's window begins.
    size : tuple of int
        Width and height of the picture in pixels.

    Raises
    ------
    MaskError
        If something is none of what is accepted, or an element is not on the page.
    """
    out: list[Area] = []
    for item in _flat(ignore):
        if isinstance(item, Box | Polygon | MaskImage):
            out.append(item)
        elif _is_box(item):
            out.append(Box(*item))
        elif isinstance(item, str | os.PathLike | Image.Image | np.ndarray):
            out.append(MaskImage(as_picture(item), f"ignore={describe(item)}"))
        elif is_playwright(item) or is_selenium(item):
            out += _element_boxes(item, source, size)
        else:
            raise MaskError(f"ignore=: expected {ACCEPTED}; got {describe(item)}")
    return out


def _flat(ignore: Iterable[Any]) -> Iterator[Any]:
    for item in ignore:
        if isinstance(item, list | tuple) and not _is_box(item):
            yield from _flat(item)
        else:
            yield item


def _is_box(item: Any) -> bool:
    return (
        isinstance(item, list | tuple)
        and len(item) == 4
        and all(isinstance(part, Real) for part in item)
    )


def _element_boxes(element: Any, source: Source, size: tuple[int, int]) -> Iterator[Box]:
    found = False
    for single, (x, y, width, height) in _page_boxes(element):
        found = True
        frame = _frame(source, _view(single), size)
        yield Box(
            (x - frame.x) * frame.scale,
            (y - frame.y) * frame.scale,
            width * frame.scale,
            height * frame.scale,
        )
    if not found:
        raise MaskError(
            f"ignore={describe(element)} matches nothing that is visible; correct the selector "
            "or remove it"
        )


def _page_boxes(element: Any) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    """Yield each element that `element` stands for, with its box on the page in CSS pixels."""
    if is_selenium(element):
        rect = element.rect
        if rect["width"] > 0 and rect["height"] > 0:
            yield element, (rect["x"], rect["y"], rect["width"], rect["height"])
        return
    # Locator.all does not wait; bounding_box waits 30 s for an element that is not there.
    for single in element.all() if hasattr(element, "all") else [element]:
        box = single.bounding_box()
        if box is not None and box["width"] > 0 and box["height"] > 0:
            view = _view(single)
            left, top = box["x"] + view.scroll_x, box["y"] + view.scroll_y
            yield single, (left, top, box["width"], box["height"])


def _view(element: Any) -> _View:
    """Return the window that an element or a page is in."""
    if is_selenium(element):
        driver = getattr(element, "parent", element)
        return _View(*driver.execute_script(f"return {VIEW}"))
    if hasattr(element, "owner_frame"):
        return _View(*element.owner_frame().evaluate(VIEW))
    return _View(*getattr(element, "page", element).evaluate(VIEW))


def _frame(source: Source, view: _View, size: tuple[int, int]) -> _Frame:
    x, y = (0.0, 0.0) if source.full_page else (view.scroll_x, view.scroll_y)
    given = source.given
    if hasattr(given, "bounding_box") or hasattr(type(given), "screenshot_as_png"):
        _, (x, y, _, _) = next(_page_boxes(given))
    return _Frame(x, y, _scale(source, view, size))


def _scale(source: Source, view: _View, size: tuple[int, int]) -> float:
    """Return the picture's pixels per CSS pixel."""
    if source.kind is PLAYWRIGHT:
        return 1.0  # captured with scale="css"
    if source.kind is SELENIUM:
        return view.ratio
    return size[0] / view.width

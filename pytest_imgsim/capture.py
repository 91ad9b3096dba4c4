"""Where pictures come from: files, bytes, arrays, and things that can picture themselves.

Playwright, Selenium and matplotlib objects are known by their methods; none of these
libraries is imported.
"""

from __future__ import annotations

import inspect
import io
import os
import time
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim.errors import PictureError, SourceError, UnstableError
from pytest_imgsim.picture import Picture, decode, from_array, from_pil

#: One capture: an encoded file, or pixels that never were one.
Raw = bytes | Image.Image | NDArray[Any]

#: Pauses before a live source is captured again, in seconds; the last one repeats.
PAUSES = (0.1, 0.25, 0.5)
LAST_PAUSE = 1.0

ACCEPTED = (
    "a path, bytes, a binary file, a PIL image, a numpy array, a Playwright page or locator, a "
    "Selenium driver or element, a matplotlib figure, or a function without arguments that "
    "returns one of these"
)


def as_picture(source: Any, *, max_pixels: int = 80_000_000) -> Picture:
    """Capture `source` once and decode it.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image, numpy array, or live source
        See `ACCEPTED`.
    max_pixels : int
        Largest picture that is decoded.

    Raises
    ------
    SourceError
        If `source` is none of what is accepted.
    PictureError
        If it does not hold one picture.
    """
    return to_picture(grab(source), what=describe(source), max_pixels=max_pixels)


def to_picture(raw: Raw, *, what: str, max_pixels: int) -> Picture:
    """Decode one capture.

    Raises
    ------
    PictureError
        If `raw` does not hold one picture of at most `max_pixels` pixels.
    """
    if isinstance(raw, bytes):
        return decode(raw, what=what, max_pixels=max_pixels)
    if isinstance(raw, Image.Image):
        return from_pil(raw, what=what, max_pixels=max_pixels)
    return from_array(raw, what=what, max_pixels=max_pixels)


def grab(source: Any, *, full_page: bool = False) -> Raw:
    """Capture `source` once, decoding nothing.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image, numpy array, or live source
        See `ACCEPTED`.
    full_page : bool
        Whether a Playwright page is captured to its full height.

    Raises
    ------
    SourceError
        If `source` is none of what is accepted.
    PictureError
        If it is a path without a file.
    """
    if isinstance(source, Image.Image | np.ndarray):
        return source.copy()  # a function may give one buffer again and again, drawn over
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        return _read(Path(source))
    if is_selenium(source):
        return _selenium_png(source)
    if is_playwright(source):
        return _playwright_png(source, full_page)
    if callable(getattr(source, "savefig", None)):
        return _figure_png(source)
    if callable(getattr(source, "read", None)):
        return _as_bytes(source.read(), source)
    if callable(source):
        return grab(_call(source), full_page=full_page)
    raise SourceError(f"expected {ACCEPTED}; got {describe(source)}")


def _as_it_is(picture: Picture) -> Picture:
    return picture


def settle(
    source: Any,
    first: Raw,
    *,
    timeout: float,
    max_pixels: int,
    full_page: bool = False,
    seen: Callable[[Picture], Picture] = _as_it_is,
) -> Raw:
    """Capture a live source until two captures in a row show the same pixels.

    Parameters
    ----------
    source : object
        What `first` was captured from; where it is not live, `first` is returned.
    first : bytes, PIL image or ndarray
        The capture that was taken already.
    timeout : float
        Seconds that it may take; 0 takes the first capture as it is.
    max_pixels : int
        Largest picture that is decoded.
    full_page : bool
        Whether a Playwright page is captured to its full height.
    seen : callable
        Returns what counts of a capture: the picture with its masks on.

    Raises
    ------
    UnstableError
        If no two captures in a row agree within `timeout`.
    """
    if timeout == 0 or not is_live(source):
        return first
    what = describe(source)
    started, last = time.monotonic(), first
    for count, pause in enumerate(chain(PAUSES, repeat(LAST_PAUSE)), start=1):
        if count > 1 and time.monotonic() - started + pause > timeout:
            raise UnstableError(
                f"{what} never stood still: no two of {count} captures in a row were the same "
                f"within {timeout:g} s. Stop what moves (animations, clocks, loading), ignore it "
                "with ignore=, or allow more time with --imgsim-stable-timeout"
            )
        time.sleep(min(pause, timeout))
        current = grab(source, full_page=full_page)
        if isinstance(current, bytes) and current == last:
            return current
        before, now = (to_picture(raw, what=what, max_pixels=max_pixels) for raw in (last, current))
        if seen(before).same_pixels(seen(now)):
            return current
        last = current
    raise AssertionError("unreachable: the pauses never end")


def is_live(source: Any) -> bool:
    """Return whether capturing `source` again may show something else."""
    if isinstance(source, Image.Image | np.ndarray | bytes | bytearray | str | os.PathLike):
        return False
    return is_selenium(source) or is_playwright(source) or _is_function(source)


def is_playwright(source: Any) -> bool:
    """Return whether `source` is a Playwright page, locator or element handle."""
    return callable(getattr(source, "screenshot", None)) and (
        hasattr(source, "goto") or hasattr(source, "bounding_box")
    )


def is_selenium(source: Any) -> bool:
    """Return whether `source` is a Selenium driver or element."""
    # On the type: asking the object itself would take the screenshot.
    return hasattr(type(source), "get_screenshot_as_png") or hasattr(
        type(source), "screenshot_as_png"
    )


def browser_of(source: Any) -> str:
    """Return the name of the browser that a live source lives in, or ""."""
    if is_selenium(source):
        return str(getattr(source, "parent", source).capabilities["browserName"])
    if is_playwright(source):
        browser = getattr(source, "page", source).context.browser
        return str(browser.browser_type.name) if browser is not None else ""
    return ""


def _is_function(source: Any) -> bool:
    return callable(source) and not hasattr(source, "savefig") and not hasattr(source, "read")


def describe(source: Any) -> str:
    """Return a short name of `source` for messages."""
    if isinstance(source, str | os.PathLike):
        return f"picture {os.fspath(source)!r}"
    text = " ".join(repr(source).split())
    return f"{type(source).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PictureError(
            f"picture {os.fspath(path)!r}: cannot be read from {Path.cwd()}: {error.strerror}"
        ) from None


def _selenium_png(source: Any) -> bytes:
    if hasattr(type(source), "get_screenshot_as_png"):
        return _as_bytes(source.get_screenshot_as_png(), source)
    return _as_bytes(source.screenshot_as_png, source)


def _playwright_png(source: Any, full_page: bool) -> bytes:
    # The settings of Playwright's own toHaveScreenshot: they take out what moves by itself.
    options: dict[str, Any] = {"animations": "disabled", "caret": "hide", "scale": "css"}
    if full_page and hasattr(source, "goto"):
        options["full_page"] = True
    return _as_bytes(source.screenshot(**options), source)


def _figure_png(figure: Any) -> bytes:
    out = io.BytesIO()
    # Without matplotlib's version in the file, the same figure gives the same bytes.
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _call(function: Callable[[], Any]) -> Any:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        raise SourceError(
            f"expected {ACCEPTED}; got a callable that needs arguments: {describe(function)}"
        ) from None
    result = function()
    _refuse_awaitable(result, function)
    return result


def _as_bytes(value: Any, source: Any) -> bytes:
    _refuse_awaitable(value, source)
    if not isinstance(value, bytes):
        raise SourceError(
            f"expected {describe(source)} to give bytes, got {type(value).__name__}; open files "
            "in binary mode"
        )
    return value


def _refuse_awaitable(value: Any, source: Any) -> None:
    if not inspect.isawaitable(value):
        return
    if inspect.iscoroutine(value):
        value.close()
    raise SourceError(
        f"{describe(source)} is asynchronous: await its screenshot in the test and pass the "
        "bytes, as in assert_similar(await page.screenshot())"
    )

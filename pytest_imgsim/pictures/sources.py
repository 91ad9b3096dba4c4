"""Where pictures come from: files, bytes, arrays, and live pages.

Playwright, Selenium and matplotlib objects are recognised by their methods; none of these libraries
is imported, nor are numpy and Pillow: nothing is decoded here.
"""

from __future__ import annotations

import base64
import inspect
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard
from urllib.parse import unquote_to_bytes

from pytest_imgsim.errors import PictureError, SourceError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: One capture: an encoded file, or pixels that never were one.
Capture: TypeAlias = "bytes | Image.Image | NDArray[Any]"

#: How a PNG begins in base64, which no path does, and a JPEG, WebP and GIF, where the text is long.
BASE64_PNG = "iVBORw0KGgo"
BASE64_STARTS = (BASE64_PNG, "/9j/", "UklGR", "R0lGOD")
#: Characters of a path that a message shows in full.
MAX_PATH = 300

ACCEPTED = (
    "a path, bytes, a data URL or base64, a binary file, a PIL image, a numpy array, a "
    "Playwright page or locator, a Selenium driver or element, a matplotlib figure, or a function "
    "without arguments that returns one of these"
)


@dataclass(frozen=True)
class Kind:
    """One kind of source.

    Parameters
    ----------
    name : str
        Its name.
    accepts : callable
        Returns whether an object is of this kind.
    take : callable
        Captures what a source of this kind was given.
    live : bool
        Whether capturing it again may show something else.
    """

    name: str
    accepts: Callable[[Any], bool]
    take: Callable[[Source], Capture]
    live: bool = False


@dataclass(frozen=True, eq=False)
class Source:
    """What a test gave to be captured, with its kind found out once.

    Parameters
    ----------
    given : object
        The object.
    kind : Kind
        Its kind.
    full_page : bool
        Whether a Playwright page is captured to its full height.
    """

    given: Any
    kind: Kind
    full_page: bool = False

    def __str__(self) -> str:
        return describe(self.given)

    def capture(self) -> Capture:
        """Capture it once, decoding nothing.

        Raises
        ------
        SourceError
            If it does not give a picture.
        PictureError
            If it is a path without a file.
        """
        return self.kind.take(self)

    @property
    def browser(self) -> str:
        """The name of the browser that a live source is in, or ""."""
        if self.kind is SELENIUM:
            return str(getattr(self.given, "parent", self.given).capabilities["browserName"])
        if self.kind is PLAYWRIGHT:
            browser = getattr(self.given, "page", self.given).context.browser
            return str(browser.browser_type.name) if browser is not None else ""
        return ""


def open_source(given: Any, *, full_page: bool = False) -> Source:
    """Return an object as a source; what cannot be captured says so when it is.

    Parameters
    ----------
    given : path, bytes, binary file, PIL image, numpy array, or live source
        See `ACCEPTED`.
    full_page : bool
        Whether a Playwright page is captured to its full height.
    """
    return Source(given, next(kind for kind in KINDS if kind.accepts(given)), full_page)


def is_image(source: Any) -> TypeGuard[Image.Image]:
    """Return whether `source` is a PIL image; before Pillow is imported, nothing is one."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(source, module.Image)


def is_array(source: Any) -> TypeGuard[NDArray[Any]]:
    """Return whether `source` is a numpy array; before numpy is imported, nothing is one."""
    module = sys.modules.get("numpy")
    return module is not None and isinstance(source, module.ndarray)


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


def describe(source: Any) -> str:
    """Return a short name of `source` for messages."""
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        if len(path) <= MAX_PATH:
            return f"picture {path!r}"
        return f"picture {path[:40]!r}... ({len(path)} characters)"
    text = " ".join(repr(source).split())
    return f"{type(source).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _read(source: Source) -> bytes:
    try:
        return Path(source.given).read_bytes()
    except (OSError, ValueError) as error:  # a ValueError for a NUL
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{source}: cannot be read from {Path.cwd()}: {reason}") from None


def _copy(source: Source) -> Capture:
    pixels: Image.Image | NDArray[Any] = source.given
    return pixels.copy()  # a function may give one buffer again and again, drawn over


def _bytes(source: Source) -> bytes:
    return bytes(source.given)


def _encoded_text(source: Source) -> bytes:
    """Return the bytes that a data URL, or the base64 of a picture, stands for."""
    head, _, body = source.given.rpartition(",")
    try:
        if head and not head.endswith(";base64"):
            return unquote_to_bytes(body)
        return base64.b64decode("".join(body.split()), validate=True)
    except ValueError as error:
        raise PictureError(f"{source}: expected a picture in base64; {error}") from None


def _stream(source: Source) -> bytes:
    data = _as_bytes(source.given.read(), source)
    if not data:
        raise PictureError(
            f"{source}: expected a picture, got 0 bytes: the stream is at its end; go back with "
            ".seek(0), or pass its bytes"
        )
    return data


def _selenium_png(source: Source) -> bytes:
    given = source.given
    if hasattr(type(given), "get_screenshot_as_png"):
        return _as_bytes(given.get_screenshot_as_png(), source)
    return _as_bytes(given.screenshot_as_png, source)


def _playwright_png(source: Source) -> bytes:
    # The settings of Playwright's own toHaveScreenshot: they take out what moves by itself.
    options: dict[str, Any] = {"animations": "disabled", "caret": "hide", "scale": "css"}
    if source.full_page and hasattr(source.given, "goto"):
        options["full_page"] = True
    return _as_bytes(source.given.screenshot(**options), source)


def _figure_png(source: Source) -> bytes:
    out = io.BytesIO()
    # Without matplotlib's version in the file, the same figure gives the same bytes.
    source.given.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _call(source: Source) -> Capture:
    function = source.given
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        raise SourceError(
            f"expected {ACCEPTED}; got a callable that needs arguments: {source}"
        ) from None
    result = function()
    _refuse_awaitable(result, source)
    return open_source(result, full_page=source.full_page).capture()


def _refuse(source: Source) -> Capture:
    raise SourceError(f"expected {ACCEPTED}; got {source}")


def _as_bytes(value: Any, source: Source) -> bytes:
    _refuse_awaitable(value, source)
    if not isinstance(value, bytes):
        raise SourceError(
            f"expected {source} to give bytes, got {type(value).__name__}; open files "
            "in binary mode"
        )
    return value


def _refuse_awaitable(value: Any, source: Source) -> None:
    if not inspect.isawaitable(value):
        return
    if inspect.iscoroutine(value):
        value.close()
    raise SourceError(
        f"{source} is asynchronous: await its screenshot in the test and pass the "
        "bytes, as in assert_similar(await page.screenshot())"
    )


def is_encoded_text(given: Any) -> bool:
    """Return whether a text is a picture itself, and not the path of one."""
    if not isinstance(given, str):
        return False
    if len(given) > MAX_PATH:
        return given.startswith(("data:", *BASE64_STARTS))
    return given.startswith(("data:", BASE64_PNG))


def _has(method: str) -> Callable[[Any], bool]:
    return lambda given: callable(getattr(given, method, None))


SELENIUM = Kind("selenium", is_selenium, _selenium_png, live=True)
PLAYWRIGHT = Kind("playwright", is_playwright, _playwright_png, live=True)
#: The first that accepts an object is its kind.
KINDS = (
    Kind("image", is_image, _copy),
    Kind("array", is_array, _copy),
    Kind("bytes", lambda given: isinstance(given, bytes | bytearray | memoryview), _bytes),
    Kind("text", is_encoded_text, _encoded_text),
    Kind("path", lambda given: isinstance(given, str | os.PathLike), _read),
    SELENIUM,
    PLAYWRIGHT,
    Kind("figure", _has("savefig"), _figure_png),
    Kind("stream", _has("read"), _stream),
    Kind("function", callable, _call, live=True),
    Kind("unsupported", lambda _: True, _refuse),
)

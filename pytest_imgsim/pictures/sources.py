"""Where pictures come from: files, bytes, arrays, and things that can picture themselves.

Playwright, Selenium and matplotlib objects are known by their methods; none of these libraries is
imported, nor are numpy and Pillow: what is captured is not decoded here.
"""

from __future__ import annotations

import inspect
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from pytest_imgsim.errors import PictureError, SourceError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: One capture: an encoded file, or pixels that never were one.
Capture: TypeAlias = "bytes | Image.Image | NDArray[Any]"

ACCEPTED = (
    "a path, bytes, a binary file, a PIL image, a numpy array, a Playwright page or locator, a "
    "Selenium driver or element, a matplotlib figure, or a function without arguments that "
    "returns one of these"
)


def capture(source: Any, *, full_page: bool = False) -> Capture:
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
    if is_image(source) or is_array(source):
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
        return capture(_call(source), full_page=full_page)
    raise SourceError(f"expected {ACCEPTED}; got {describe(source)}")


def is_image(source: Any) -> TypeGuard[Image.Image]:
    """Return whether `source` is a PIL image; before Pillow is imported, nothing is one."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(source, module.Image)


def is_array(source: Any) -> TypeGuard[NDArray[Any]]:
    """Return whether `source` is a numpy array; before numpy is imported, nothing is one."""
    module = sys.modules.get("numpy")
    return module is not None and isinstance(source, module.ndarray)


def is_live(source: Any) -> bool:
    """Return whether capturing `source` again may show something else."""
    if is_image(source) or is_array(source):
        return False
    if isinstance(source, bytes | bytearray | str | os.PathLike):
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

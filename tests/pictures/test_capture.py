"""Where pictures come from."""

from __future__ import annotations

import base64
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from fakes import Driver, Element, Locator, Page, encoded, flat, noise, png
from matplotlib.figure import Figure
from PIL import Image

from pytest_imgsim.errors import PictureError, SourceError
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.picture import opacity
from pytest_imgsim.pictures.sources import describe, open_source

RGB = noise(6, 9)
DATA = png(RGB)


class AsyncPage(Page):
    """Shaped like the page of Playwright's asynchronous half."""

    async def screenshot(self, **options: Any) -> Any:
        return self.data


def in_file(folder: Path) -> Path:
    (folder / "a.png").write_bytes(DATA)
    return folder / "a.png"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "path": in_file,
    "text": lambda folder: str(in_file(folder)),
    "bytes": lambda _: DATA,
    "bytearray": lambda _: bytearray(DATA),
    "memoryview": lambda _: memoryview(DATA),
    "base64": lambda _: base64.b64encode(DATA).decode(),
    "base64 in lines": lambda _: base64.encodebytes(DATA).decode(),
    "data URL": lambda _: f"data:image/png;base64,{base64.b64encode(DATA).decode()}",
    "data URL without base64": lambda _: f"data:image/png,{quote(DATA)}",
    "binary file": lambda _: io.BytesIO(DATA),
    "PIL image": lambda _: Image.fromarray(RGB),
    "array": lambda _: RGB,
    "page": lambda _: Page(DATA),
    "locator": lambda _: Locator(Page(DATA)),
    "driver": lambda _: Driver(DATA),
    "element": lambda _: Element(Driver(DATA)),
    "function": lambda _: lambda: RGB,
    "function of a page": lambda _: lambda: Page(DATA),
    "function with defaults": lambda _: lambda data=DATA: data,
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_source(kind: str, tmp_path: Path) -> None:
    """All that is accepted gives the same picture."""
    np.testing.assert_array_equal(as_picture(SOURCES[kind](tmp_path)).rgb, RGB)


def test_open_file_is_left_open() -> None:
    """A binary file is read, not closed."""
    with tempfile.TemporaryFile() as stream:
        stream.write(DATA)
        stream.seek(0)
        assert as_picture(stream).size == (9, 6)
        assert not stream.closed


def test_figure() -> None:
    """A matplotlib figure is pictured at its own size, twice with the same bytes."""
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.add_subplot().plot([0, 1])
    assert as_picture(figure).size == (100, 50)
    first = open_source(figure).capture()
    assert isinstance(first, bytes)
    assert open_source(figure).capture() == first
    assert b"matplotlib" not in first


@pytest.mark.parametrize("full_page", [False, True])
def test_what_playwright_is_asked(full_page: bool) -> None:
    """What moves by itself is stopped; only a page knows about its full height."""
    page, locator = Page(DATA), Locator(Page(DATA))
    open_source(page, full_page=full_page).capture()
    open_source(locator, full_page=full_page).capture()
    common = {"animations": "disabled", "caret": "hide", "scale": "css"}
    assert page.asked == [{**common, "full_page": True} if full_page else common]
    assert locator.page.asked == [common]


@pytest.mark.parametrize("make", [AsyncPage, lambda: AsyncPage().screenshot])
def test_asynchronous_source(make: Callable[[], Any]) -> None:
    """An asynchronous page or function is refused with the way to write it."""
    with pytest.raises(SourceError, match=r"is asynchronous: await .* assert_similar\(await page"):
        as_picture(make())


@pytest.mark.parametrize("source", [None, 5, 0.5, object(), {"a": 1}, [1, 2], np.float64(1)])
def test_unsupported_source(source: Any) -> None:
    """Anything else is a TypeError that lists what works and what came."""
    with pytest.raises(SourceError, match="expected a path, bytes,.*matplotlib figure") as caught:
        as_picture(source)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, PictureError)
    assert type(source).__name__ in str(caught.value)


@pytest.mark.parametrize("function", [lambda x: x, lambda *, a: a, os.path.join])
def test_function_that_needs_arguments(function: Any) -> None:
    """A function is called without arguments or not at all."""
    with pytest.raises(SourceError, match="got a callable that needs arguments"):
        as_picture(function)


def test_errors_of_a_function_come_through() -> None:
    """A TypeError within a function is the user's own and is not dressed up."""

    def broken() -> Any:
        return len(5)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="has no len") as caught:
        as_picture(broken)
    assert not isinstance(caught.value, SourceError)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_base64_of_other_formats(kind: str) -> None:
    """A long text in base64 is a picture, whatever its format."""
    data = encoded(Image.fromarray(noise(40, 40)), kind)
    assert as_picture(base64.b64encode(data).decode()).size == (40, 40)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("iVBORw0KGgo" + "A" * 400_000, r"\(400011 characters\): expected a picture in base64"),
        ("data:image/png;base64," + "%" * 400_000, "expected a picture in base64"),
        ("data:image/svg+xml," + "%3Csvg%3E" * 40_000, "expected a whole picture"),
        ("data:", "expected a picture in base64"),
        ("<svg>" * 80_000, "cannot be read from"),
        ("QUJD" * 100_000, "cannot be read from"),
        ("a\0b.png", "cannot be read from"),
    ],
)
def test_a_text_that_is_no_picture(text: str, told: str) -> None:
    """A text that is neither a picture nor a path is refused in one short line."""
    with pytest.raises(PictureError, match=told) as caught:
        as_picture(text)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_a_stream_at_its_end() -> None:
    """A stream that was read already, or written and not rewound, says so."""
    stream = io.BytesIO()
    stream.write(DATA)
    with pytest.raises(PictureError, match=r"the stream is at its end; go back with .seek\(0\)"):
        as_picture(stream)
    stream.seek(0)
    assert as_picture(stream).size == (9, 6)


def test_file_in_text_mode() -> None:
    """A text file gives no bytes, and the message says how to open it."""
    with pytest.raises(SourceError, match="to give bytes, got str; open files in binary mode"):
        as_picture(io.StringIO("text"))


@pytest.mark.parametrize("name", ["no.png", "folder"])
def test_path_without_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that cannot be read is told with the folder that it was looked for from."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(PictureError, match=f"picture '{name}': cannot be read from {tmp_path}"):
        as_picture(name)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (RGB[:, :, 0], np.repeat(RGB[:, :, :1], 3, axis=2)),
        (RGB[:, :, :1], np.repeat(RGB[:, :, :1], 3, axis=2)),
        (RGB[::-1, ::2], RGB[::-1, ::2]),
        (RGB / 255, RGB),
        ((RGB / 255).astype(np.float32), RGB),
        (np.array([[0, 0.5, 1]], np.float16), [[[0] * 3, [128] * 3, [255] * 3]]),
        (np.array([[-2e-16, np.nextafter(1.0, 2.0)]]), [[[0] * 3, [255] * 3]]),
        (np.array([[-1e-7, 1.0000001]], np.float32), [[[0] * 3, [255] * 3]]),
        (np.array([[-5e-4, 1.001]], np.float16), [[[0] * 3, [255] * 3]]),
        (np.array([[True, False]]), [[[255] * 3, [0] * 3]]),
        (RGB.astype(np.uint16) * 257, RGB),
        (np.dstack([RGB, flat(6, 9, (255,) * 3)[:, :, 0]]), RGB),
    ],
)
def test_arrays(array: Any, expected: Any) -> None:
    """Grey, RGB and RGBA of each dtype are read in their range."""
    picture = as_picture(array)
    assert picture.rgb.dtype == np.uint8
    np.testing.assert_array_equal(picture.rgb, expected)
    np.testing.assert_array_equal(opacity(picture), 255)


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.zeros(5, np.uint8), r"got \(5,\); channels come last"),
        (np.zeros((3, 8, 8), np.uint8), r"got \(3, 8, 8\); channels come last"),
        (np.zeros((8, 8, 2), np.uint8), r"got \(8, 8, 2\)"),
        (np.zeros((1, 8, 8, 3), np.uint8), r"got \(1, 8, 8, 3\)"),
        (np.zeros((0, 8), np.uint8), r"got \(0, 8, 1\)"),
        (np.zeros((2, 2), np.int64), "dtype uint8, uint16, bool or float, got int64"),
        (np.zeros((2, 2), np.complex64), "got complex64"),
        (np.zeros((2, 2), object), "got object"),
        (np.array([[0.0, 1.00001]]), "from 0 to 1, got 0.0 to 1.00001; divide by 255"),
        (np.array([[-0.001, 1.0]]), "from 0 to 1, got -0.001 to 1.0; divide by 255"),
        (np.full((2, 2), 255.0), "from 0 to 1, got 255.0 to 255.0; divide by 255"),
        (np.array([[-0.5, 1]]), "got -0.5 to 1.0;"),
        (np.array([[0.0, np.nan]]), "got NaN;"),
        (np.array([[np.nan, np.nan]]), "got NaN;"),
        (np.array([[0.0, np.inf]]), "got 0.0 to inf;"),
    ],
)
def test_refuses_arrays(array: Any, told: str) -> None:
    """A wrong shape, dtype or range is told with the right one."""
    with pytest.raises(PictureError, match=f"(?s)^ndarray .*{told}"):
        as_picture(array.copy())


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4)])
def test_array_is_copied(shape: tuple[int, ...]) -> None:
    """A picture does not change with the array that it was made from, nor the other way round."""
    array = np.full(shape, 255, np.uint8)
    picture = as_picture(array)
    array[:] = 7
    assert (picture.rgb == 255).all()


def test_is_live() -> None:
    """Browsers and functions are live, and asking takes no screenshot."""
    element = Element(Driver())
    live = (Page(), Locator(Page()), Driver(), element, lambda: DATA)
    assert all(open_source(each).kind.live for each in live)
    still = (DATA, "a.png", Path("a.png"), RGB, io.BytesIO(), Figure())
    assert not any(open_source(each).kind.live for each in still)
    assert element.shots == 0


def test_browser_of() -> None:
    """The browser's name is found from page, locator, driver and element."""
    sources = (Page(), Locator(Page()), Driver(), Element(Driver()), DATA)
    assert [open_source(each).browser for each in sources] == [
        "firefox",
        "firefox",
        "chrome",
        "chrome",
        "",
    ]


def test_describe() -> None:
    """Sources are named shortly."""
    assert describe("a/b.png") == "picture 'a/b.png'"
    assert len(describe(b"x" * 1000)) < 70

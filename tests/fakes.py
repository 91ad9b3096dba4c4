"""What the unit tests share: a fake model, pictures, and a run in a folder of its own."""

from __future__ import annotations

import io
import os
import signal
import struct
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture, encode_png
from pytest_imgsim.record import Record, RegionScore, Verdict
from pytest_imgsim.scoring.compare import Scores, compare
from pytest_imgsim.scoring.cosine import CosineMap, Extractor, FeatureMap, cosine_map
from pytest_imgsim.settings import Settings

Pixels = NDArray[np.uint8]
#: The id of the weights that ship with this release.
BUNDLED_ID = "resnet50-bundled-dbee0f69-p3"


def means(rgb: Pixels, stride: int) -> FeatureMap:
    """Return the mean colour of each cell, and one less everywhere, as a feature map."""
    height, width = rgb.shape[0] // stride, rgb.shape[1] // stride
    cells = rgb.reshape(height, stride, width, stride, 3).mean(axis=(1, 3))
    return FeatureMap(stride, (cells / 255.0 - 0.5).astype(np.float32))


class FakeModel:
    """Sees the mean colour of cells of 8 px and of the whole picture, and counts its calls."""

    model_id = identity = "fake"
    receptive_radius = 7

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0

    def local(self, rgb: Pixels) -> FeatureMap:
        """Return the mean colours of the cells."""
        assert rgb.shape[0] % 8 == 0
        assert rgb.shape[1] % 8 == 0
        self.calls += 1
        self.seconds += 0.5
        return means(rgb, 8)

    def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
        """Return the cosines of the mean colours."""
        return cosine_map(self.local(a), self.local(b))

    def vector(self, rgb: Pixels) -> NDArray[np.float32]:
        """Return the mean colour and its opposite, none of it below 0."""
        mean = rgb.mean(axis=(0, 1)) / 255
        return np.concatenate([mean, 1 - mean]).astype(np.float32)


def compared(a: Picture, b: Picture, model: Extractor) -> Scores:
    """Return the scores of two pictures."""
    return compare(PicturePair(a, b), model)


class UntouchableModel:
    """Fails the test when anything is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the model was asked for {name}")


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    """Return (height, width, 3) random pixels, the same for the same seed."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def flat(height: int, width: int, colour: tuple[int, int, int] = (200, 200, 200)) -> Pixels:
    """Return (height, width, 3) pixels of one colour."""
    return np.full((height, width, 3), colour, dtype=np.uint8)


def bars(seed: int = 0, size: tuple[int, int] = (224, 320)) -> Pixels:
    """Return a page of random bars, (H, W, 3) uint8."""
    generator = np.random.default_rng(seed)
    out = np.full((*size, 3), 250, np.uint8)
    for _ in range(40):
        top, left = generator.integers(0, size[0] - 4), generator.integers(0, size[1] - 4)
        height, width = generator.integers(2, 14), generator.integers(4, 90)
        out[top : top + height, left : left + width] = generator.integers(0, 256, 3)
    return out


def png(rgb: Pixels, alpha: Pixels | None = None) -> bytes:
    """Return the pixels as a PNG file."""
    return encode_png(rgb if alpha is None else np.dstack([rgb, alpha]))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a PIL image as a file of `kind`."""
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def a_record(**changes: Any) -> Record:
    """Return a record of a failed comparison with some fields changed."""
    values: dict[str, Any] = {
        "test": "tests/test_shop.py::test_cart",
        "name": "tests/test_shop/test_cart",
        "verdict": Verdict.FAILED,
        "threshold": 0.95,
        "threshold_from": "default",
        "baseline": "baselines/tests/test_shop/test_cart.png",
        "update_path": "baselines/tests/test_shop/test_cart.png",
    }
    return Record(**{**values, **changes})


def a_mismatch(**changes: Any) -> Record:
    """Return the record of a failed comparison that was scored and explained, with changes."""
    values: dict[str, Any] = {
        "score": 0.5,
        "global_score": 0.98765,
        "regions": (RegionScore(10, 20, 30, 40, 0.5), RegionScore(1, 2, 3, 4, 0.9)),
        "pixel_difference": 0.0123456,
        "ssim": 0.9,
        "actual_size": (1280, 800),
        "baseline_size": (1280, 800),
        "actual": "t/a.actual.png",
        "diff": "t/a.diff.png",
        "filled": "t/a.filled.png",
    }
    return a_record(**{**values, **changes})


def a_test(name: str = "test_cart", file: str = "tests/test_shop.py") -> TestId:
    """Return the id of a test outside of any class."""
    return TestId(f"{file}::{name}", file, (), name)


def png_of(width: int, height: int, depth: int, colour: int, raw: bytes) -> bytes:
    """Return a PNG made by hand from raw scan lines, each with its filter byte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + (chunk(b"IDAT", zlib.compress(raw)) if raw else b"")
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


@dataclass
class Bench:
    """A rootdir, and sessions in it one after the other.

    Parameters
    ----------
    root : Path
        The rootdir.
    model : object
        What scores.
    memory : Path or None
        Where scores are remembered.
    """

    root: Path
    model: Any = field(default_factory=FakeModel)
    memory: Path | None = None

    def session(self, **settings: Any) -> Session:
        """Return a new session, as a new run would have it."""
        return Session(Settings(**settings), self.root, lambda: self.model, lambda: self.memory)

    def check(self, source: Any, baseline: Any = None, **settings: Any) -> Record:
        """Return the record of one check in a run of its own."""
        return self.session(**settings).check(a_test(), source, baseline)

    @property
    def baseline(self) -> Path:
        """The baseline of the test."""
        return self.root / "baselines/tests/test_shop/test_cart.png"

    def store(self, data: bytes) -> Path:
        """Write the baseline of the test."""
        self.baseline.parent.mkdir(parents=True, exist_ok=True)
        self.baseline.write_bytes(data)
        return self.baseline

    def files(self) -> set[str]:
        """Return all files below the rootdir."""
        paths = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix() for path in paths}


def replay(*captures: Any) -> Callable[[], Any]:
    """Return a function that gives one capture after the other, and then the last again."""
    left = list(captures)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


class Page:
    """Shaped like Playwright's page; `view` is scroll x and y, inner width and pixel ratio."""

    def __init__(self, data: Any = b"", view: Sequence[float] = (0, 0, 100, 1)) -> None:
        self.data = data
        self.view = view
        self.asked: list[dict[str, Any]] = []
        browser = SimpleNamespace(browser_type=SimpleNamespace(name="firefox"))
        self.context = SimpleNamespace(browser=browser)

    def goto(self, url: str) -> None:
        """Only has to be there."""

    def evaluate(self, script: str) -> Sequence[float]:
        """Return the view, which is all that is ever asked for."""
        assert "devicePixelRatio" in script
        return self.view

    def screenshot(self, **options: Any) -> Any:
        """Return the data and note how it was asked for."""
        self.asked.append(options)
        return self.data


class Locator:
    """Shaped like Playwright's locator of elements with `boxes`, None where one is hidden."""

    def __init__(self, page: Page, *boxes: tuple[float, float, float, float] | None) -> None:
        self.page = page
        self._boxes = boxes

    def all(self) -> list[Locator]:
        """Return a locator for each element."""
        return [Locator(self.page, box) for box in self._boxes]

    def bounding_box(self) -> dict[str, float] | None:
        """Return the box of the only element, from the window's corner on."""
        [box] = self._boxes
        names = ("x", "y", "width", "height")
        return None if box is None else dict(zip(names, box, strict=True))

    def screenshot(self, **options: Any) -> Any:
        """Return the page's data."""
        return self.page.screenshot(**options)


class Driver:
    """Shaped like Selenium's driver."""

    def __init__(self, data: bytes = b"", view: Sequence[float] = (0, 0, 100, 1)) -> None:
        self.capabilities = {"browserName": "chrome"}
        self.data = data
        self.view = view

    def get_screenshot_as_png(self) -> bytes:
        """Return the data."""
        return self.data

    def execute_script(self, script: str) -> Sequence[float]:
        """Return the view, which is all that is ever asked for."""
        assert script.startswith("return ")
        return self.view


class Element:
    """Shaped like Selenium's element; its box counts from the page's corner on."""

    def __init__(self, parent: Driver, box: tuple[float, ...] = (0, 0, 1, 1)) -> None:
        self.parent = parent
        self.rect = dict(zip(("x", "y", "width", "height"), box, strict=True))
        self.shots = 0

    @property
    def screenshot_as_png(self) -> bytes:
        """Take the screenshot by being asked for, as Selenium does."""
        self.shots += 1
        return self.parent.data


def page(*texts: tuple[int, int, str], size: tuple[int, int] = (240, 320), **style: Any) -> Pixels:
    """Return a white page, (H, W, 3) uint8, with texts at (x, y); `style` is their font and ink."""
    image = Image.new("RGB", size[::-1], "white")
    font = ImageFont.load_default(style.get("font", 14))
    for x, y, text in texts:
        ImageDraw.Draw(image).text((x, y), text, style.get("ink", "black"), font)
    return np.array(image)


def filled(rgb: Pixels, box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> Pixels:
    """Return a copy of the pixels with a box (x, y, width, height) of one colour."""
    out = rgb.copy()
    x, y, width, height = box
    out[y : y + height, x : x + width] = colour
    return out


def in_child(passes: Callable[[], object]) -> bool:
    """Return what a function returns in a forked child, as a bool; False if it raises or hangs."""
    with warnings.catch_warnings():
        # Python warns of forks in a process with threads, which is what some tests are about.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            os._exit(not passes())
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0

"""Suites that compare the same screenshots, each with another tool, and how they are run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

WIDTH, HEIGHT = 1280, 800
BUTTON = (1000, 600, 1120, 640)

HEAD = """
import pytest
from pathlib import Path

SHOTS = sorted(Path("shots").glob("*.png"))

def shots(function):
    return pytest.mark.parametrize("shot", SHOTS, ids=lambda path: path.stem)(function)
"""


@dataclass(frozen=True)
class Tool:
    """A way to compare screenshots in a suite.

    Parameters
    ----------
    name : str
        As the tables have it.
    plugins : tuple of str
        What pytest loads, and nothing else.
    body : str
        The test file after `HEAD`.
    update : str
        The option that writes the baselines, or "".
    """

    name: str
    plugins: tuple[str, ...]
    body: str
    update: str = ""


NONE = Tool("no comparison", (), "@shots\ndef test_page(shot): shot.read_bytes()")
OURS = Tool(
    "pytest-imgsim",
    ("pytest_imgsim.plugin.hooks",),
    "@shots\ndef test_page(shot, assert_similar): assert_similar(shot.read_bytes())",
    "--update-baselines",
)
#: The least that a plugin with a fixture costs: both files are read, and nothing is kept or told.
BARE = Tool(
    "a bare fixture",
    (),
    """
@pytest.fixture
def same():
    return lambda shot: shot.read_bytes() == (Path("kept") / shot.name).read_bytes()
@shots
def test_page(shot, same): assert same(shot)
""",
)
SYRUPY = Tool(
    "syrupy",
    ("syrupy",),
    """
from syrupy.extensions.image import PNGImageSnapshotExtension

@shots
def test_page(shot, snapshot):
    assert shot.read_bytes() == snapshot(extension_class=PNGImageSnapshotExtension)
""",
    "--snapshot-update",
)
REGRESSIONS = Tool(
    "pytest-regressions",
    ("pytest_datadir.plugin", "pytest_regressions.plugin"),
    "@shots\ndef test_page(shot, image_regression): image_regression.check(shot.read_bytes())",
    "--force-regen",
)
SNAPSHOT = Tool(
    "pytest-image-snapshot",
    ("pytest_image_snapshot",),
    """
from PIL import Image

@shots
def test_page(shot, image_snapshot):
    image_snapshot(Image.open(shot), Path("kept") / shot.name)
""",
    "--image-snapshot-update",
)
MPL = Tool(
    "pytest-mpl",
    ("pytest_mpl.plugin",),
    """
class Shot:  # what pytest-mpl needs of a figure
    def __init__(self, path): self.path = path
    def savefig(self, target, **options): Path(target).write_bytes(self.path.read_bytes())

@shots
@pytest.mark.mpl_image_compare(baseline_dir=str(Path("kept").absolute()))
def test_page(shot): return Shot(shot)
""",
    "--mpl-generate-path=kept",
)
KERAS = Tool(
    "Keras, pooled",
    (),
    """
import numpy as np

@pytest.fixture(scope="session")
def network():
    import keras
    return keras.applications.ResNet50(include_top=False, weights=None, pooling="avg")

def vector(network, path):
    import keras
    image = keras.utils.load_img(path, target_size=(224, 224))
    pixels = keras.utils.img_to_array(image)[None]
    return network.predict(keras.applications.resnet50.preprocess_input(pixels), verbose=0)[0]

@shots
def test_page(shot, network):
    a, b = vector(network, shot), vector(network, Path("kept") / shot.name)
    assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) > 0.9
""",
)
BROWSER = """
import os
import shutil
from playwright.sync_api import sync_playwright

@pytest.fixture(scope="session")
def page():
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()

def taken(page, shot):
    lines = "<p>The quick brown fox jumps over the lazy dog.</p>" * 15
    page.set_content(f"<h1>Page {shot.stem}</h1>{lines}")
    return page.screenshot()

@shots
"""
#: Suites that take their screenshots in Chromium, of pages that are there at once.
TAKEN_NONE = Tool(
    "taken, no comparison", (), BROWSER + "def test_page(shot, page): taken(page, shot)"
)
TAKEN_OURS = Tool(
    "taken, pytest-imgsim",
    OURS.plugins,
    BROWSER + "def test_page(shot, page, assert_similar): assert_similar(taken(page, shot))",
    OURS.update,
)
#: Tools for byte-equal screenshots; the last one needs half a second for each.
PEERS = (NONE, BARE, OURS, SYRUPY, SNAPSHOT, REGRESSIONS, MPL)


@dataclass(frozen=True)
class Cost:
    """What a process took.

    Parameters
    ----------
    seconds : float
        From its start to its end.
    megabytes : float
        Its largest resident memory; of its largest process where it has started others.
    together : float
        The most that it and all that it has started took at one time, what they share counted
        once; 0 where the system does not tell.
    """

    seconds: float
    megabytes: float
    together: float = 0.0


def page(seed: int, height: int = HEIGHT, *, button: str = "#1478dc", dx: float = 0) -> Image.Image:
    """Return a drawn page of text, a heading and a button, as a stand-in for a screenshot.

    Parameters
    ----------
    seed : int
        Draws the words.
    height : int
        Its height in pixels; it is 1280 wide.
    button : str
        The button's colour.
    dx : float
        How far all text is moved, in pixels: a fraction re-rasterises every letter.
    """
    image = Image.new("RGB", (WIDTH, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 56), fill="#214078")
    letters = np.random.default_rng(seed).integers(97, 123, (height // 16, 150), dtype=np.uint8)
    letters[:, ::7] = 32
    for row, line in enumerate(letters[:-5]):
        draw.text((40 + dx, 80 + 16 * row), line.tobytes().decode(), fill="#282828")
    draw.rectangle(BUTTON, fill=button)
    return image


def write_shots(folder: Path, count: int) -> Path:
    """Write screenshots of different pages, where they are not there yet, and return `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:04}.png"
        if not path.exists():
            page(number).save(path)
    return folder


def rewrite(folder: Path) -> None:
    """Give every screenshot other bytes with the same pixels, as another encoder would."""
    for path in (folder / "shots").glob("*.png"):
        with Image.open(path) as image:
            note = PngInfo()
            note.add_text("Software", "another one")
            image.save(path, pnginfo=note, compress_level=1)


def change(folder: Path, draw: Callable[[int], Image.Image]) -> None:
    """Draw all screenshots anew."""
    for number, path in enumerate(sorted((folder / "shots").glob("*.png"))):
        draw(number).save(path)


def prepare(folder: Path, tool: Tool, shots: Path, count: int) -> None:
    """Write a suite with its screenshots and baselines.

    Parameters
    ----------
    folder : Path
        The suite.
    tool : Tool
        What it compares with.
    shots : Path
        Screenshots, which are copied.
    count : int
        How many of them.
    """
    for name in ("shots", "kept"):
        (folder / name).mkdir(parents=True)
        for path in sorted(shots.glob("*.png"))[:count]:
            shutil.copy(path, folder / name)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_pages.py").write_text(HEAD + tool.body)
    if tool.update:
        run(folder, tool, tool.update)


def run(folder: Path, tool: Tool, *options: str, failing: bool = False) -> Cost:
    """Run a suite in a process of its own.

    Parameters
    ----------
    folder : Path
        The suite.
    tool : Tool
        What it compares with.
    *options : str
        Further arguments of pytest.
    failing : bool
        Whether the tests are meant to fail.
    """
    plugins = [part for plugin in tool.plugins for part in ("-p", plugin)]
    compare = ["--mpl"] if tool is MPL and MPL.update not in options else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, *compare]
    return measure([*command, *options], folder, codes=(1,) if failing else (0, 1))


def measure(command: list[str], folder: Path, codes: tuple[int, ...] = (0,)) -> Cost:
    """Run a command to its end and return what it took.

    Raises
    ------
    RuntimeError
        If its exit code is none of `codes`.
    """
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONDONTWRITEBYTECODE": "",  # an installed package is compiled: so is the checkout
    }
    log = folder / "log.txt"
    started = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
        sampler = Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        sampler.ended.set()
        sampler.join()
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{log.read_text()}")
    return Cost(seconds, _megabytes(usage), sampler.most)


class Sampler(threading.Thread):
    """Watches the memory of a process and of all that it starts.

    Attributes
    ----------
    most : float
        The most that they took together so far, in MB.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self.ended = threading.Event()
        self._pid = pid

    def run(self) -> None:
        """Look five times a second."""
        while not self.ended.wait(0.2):
            self.most = max(self.most, sum(map(_proportional, _family(self._pid))))


def _family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                yield from _family(int(child))


def _proportional(pid: int) -> float:
    """Return the MB of a process, with its share of the pages that others have as well."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1e3
    return 0.0


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

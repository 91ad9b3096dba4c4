"""Inner test suites: how they are written, run and read."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from PIL import Image

#: The ways in which a suite is run: without xdist, with it but in one process, with workers.
MODES = {"no-xdist": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}

#: Without the soft assertions of pytest-playwright, which do not nest, and without the plugin of
#: hypothesis: it imports hypothesis at the end of each run, which takes longer than most runs do.
ALONE = ("-p", "no:playwright", "-p", "no:hypothesispytest")
#: The same, with the fake model.
IN_PROCESS = ("-p", "fake_plugin", *ALONE)

#: Two tests with a baseline each.
TWO = """
def test_a(assert_similar): assert_similar(picture())
def test_b(assert_similar): assert_similar(picture((40, 40)))
"""

PICTURES = '''
import numpy as np

def picture(mark=None, size=(160, 96), colour=(255, 255, 255)):
    """Return a page with a blue bar, and a black mark at (x, y)."""
    out = np.full((size[1], size[0], 3), colour, np.uint8)
    out[8:24, 8:152] = (30, 60, 160)
    if mark is not None:
        out[mark[1]:mark[1] + 16, mark[0]:mark[0] + 16] = 0
    return out
'''

#: For the examples in the documentation: pages and elements shaped like Playwright's.
BROWSER_CONFTEST = """
import io, pytest
from types import SimpleNamespace
from PIL import Image

class Locator:
    def __init__(self, page): self.page = page
    def all(self): return [self]
    def bounding_box(self): return {"x": 20, "y": 20, "width": 200, "height": 100}
    def screenshot(self, **options): return png((200, 100))
    def wait_for(self): pass

class Page:
    clock = SimpleNamespace(set_fixed_time=lambda time: None)
    def goto(self, path): pass
    def locator(self, selector): return Locator(self)
    def get_by_text(self, text): return Locator(self)
    def evaluate(self, script): return [0, 0, 1280, 1]
    def add_init_script(self, script): pass
    def route(self, pattern, handler): pass
    def screenshot(self, **options): return png((1280, 800))

def png(size):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, "PNG")
    return out.getvalue()

@pytest.fixture
def page(): return Page()

@pytest.fixture(scope="session")
def browser_type_launch_args(): return {}

@pytest.fixture(scope="session")
def browser_context_args(): return {}
"""


def add_script(folder: Path) -> Path:
    """Put an ``imgsim`` that runs our command line into a folder of scripts, and return it."""
    if os.name == "nt":
        script = folder / "imgsim.bat"
        script.write_text(f'@"{sys.executable}" -m pytest_imgsim %*\n')
        return script
    script = folder / "imgsim"
    script.write_text(
        f"#!{sys.executable}\nfrom pytest_imgsim.cli import main\nraise SystemExit(main())\n"
    )
    script.chmod(0o755)
    return script


def interruptible(*arguments: str) -> list[str]:
    """Return a command that starts Python so that Ctrl+C ends it, as a terminal would.

    What a shell's background job starts is born with SIGINT ignored, and would stay so.
    """
    code = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    return [sys.executable, "-c", code, *arguments]


class Suite:
    """A test suite in a folder of its own, run with the fake model."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.syspathinsert(str(Path(__file__).parent))
        pytester.makepyfile(pictures=PICTURES)

    def write(self, text: str, name: str = "test_page") -> None:
        """Write a test file, with `picture` and pytest imported."""
        head = "import pytest\nimport numpy as np\nfrom pictures import picture\n"
        (self.path / f"{name}.py").write_text(head + dedent(text), encoding="utf-8")
        # A rewrite within one second, of one size, would run the old byte code.
        shutil.rmtree(self.path / "__pycache__", ignore_errors=True)

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run the suite."""
        return self.pytester.runpytest_inprocess(*IN_PROCESS, *arguments)

    def results(self) -> dict[str, Any]:
        """Return results.json of the last run."""
        text = (self.path / "imgsim-results" / "results.json").read_text(encoding="utf-8")
        content: dict[str, Any] = json.loads(text)
        return content

    def records(self) -> dict[str, dict[str, Any]]:
        """Return the records of the last run by name."""
        return {record["name"]: record for record in self.results()["records"]}

    def verdicts(self) -> dict[str, str]:
        """Return the verdicts of the last run by name."""
        return {name: record["verdict"] for name, record in self.records().items()}

    def baselines(self) -> dict[str, bytes]:
        """Return all files below baselines/ with their content."""
        folder = self.path / "baselines"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def put(self, name: str, pixels: Any) -> Path:
        """Write a picture below the suite's folder."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(pixels, np.uint8)).save(path)
        return path

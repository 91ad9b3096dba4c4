"""The pages below docs/ are run: their Python as tests, the import of baselines as a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from suite import BROWSER_CONFTEST, Suite

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str) -> list[str]:
    """Return the Python blocks of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "tests"), [("stable-screenshots.md", 3), ("masks.md", 4), ("moving-over.md", 2)]
)
def test_python_blocks_are_passing_tests(suite: Suite, page: str, tests: int) -> None:
    """Every block runs as a test file, first to make baselines, then to compare."""
    suite.pytester.makeconftest(BROWSER_CONFTEST)
    for number, block in enumerate(blocks(page)):
        (suite.path / f"test_block{number}.py").write_text(block, encoding="utf-8")
    suite.run("--update-baselines").assert_outcomes(passed=tests)
    suite.run().assert_outcomes(passed=tests)
    assert set(suite.verdicts().values()) == {"equal"}


def test_steady_browser(suite: Suite) -> None:
    """The fixtures for a conftest lay their settings over those of pytest-playwright."""
    [conftest] = [block for block in blocks("stable-screenshots.md") if "launch_args" in block]
    suite.pytester.makeconftest(conftest)
    (suite.path / "playwright_settings.py").write_text(
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def browser_type_launch_args(): return {'args': ['--mine'], 'headless': True}\n"
        "@pytest.fixture(scope='session')\n"
        "def browser_context_args(): return {'base_url': '/'}\n"
    )
    suite.pytester.syspathinsert()
    suite.write(
        """
        def test_a(browser_type_launch_args, browser_context_args):
            assert browser_type_launch_args["headless"]
            assert browser_type_launch_args["args"][:2] == ["--mine", "--font-render-hinting=none"]
            assert browser_context_args["base_url"] == "/"
            assert browser_context_args["viewport"] == {"width": 1280, "height": 800}
        """
    )
    suite.run("-p", "playwright_settings").assert_outcomes(passed=1)


def test_old_baselines_are_taken_along(
    suite: Suite,
    picture: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The script copies the files of another tool to where a run has looked for them."""
    space: dict[str, Any] = {}
    exec(blocks("moving-over.md")[-1], space)
    monkeypatch.chdir(suite.path)
    suite.write(
        """
        @pytest.mark.parametrize("p", ["A"])
        def test_p(assert_similar, p): assert_similar(picture((8, 40)))
        def test_new(assert_similar): assert_similar(picture())
        """
    )
    suite.put("baseline/test_p_A.png", picture((8, 40)))
    suite.run().assert_outcomes(failed=2)
    space["import_baselines"](space["from_pytest_mpl"])
    assert "left out: test_page.py::test_new" in capsys.readouterr().out
    suite.run().assert_outcomes(passed=1, failed=1)
    assert suite.verdicts() == {"test_page/test_p[!a]": "equal", "test_page/test_new": "missing"}


def test_quoted_messages_exist() -> None:
    """The errors that the page on masks explains are those that the package raises."""
    pictures = Path(__file__).parents[2] / "pytest_imgsim/pictures"
    names = ("boxes", "elements", "masks")
    source = " ".join((pictures / f"{name}.py").read_text() for name in names)
    plain = re.sub(r'"\s+f?"', "", source)
    for part in (
        "covers no pixel of the", "matches nothing that is visible", "the ignored areas hide",
        "expected the size of the picture", "expected a width and a height above 0",
        "expected at least three corners", "Box, Polygon, four numbers",
    ):  # fmt: skip
        assert part in plain
        assert part in (DOCS / "masks.md").read_text(encoding="utf-8")

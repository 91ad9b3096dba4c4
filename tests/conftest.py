"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM
from fakes import Bench
from suite import MODES, PICTURES, TWO, Suite, add_script

import pytest_imgsim.checks.session

# pytester forgets the modules that an inner run imports, and numpy cannot be imported twice.
import pytest_imgsim.model.resnet50

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(autouse=True)
def _no_job_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep inner runs off the summary page of the CI job that runs these tests."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture(autouse=True)
def _no_outer_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep inner runs from taking themselves for the worker of xdist that runs these tests."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def foreign_scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an ``imgsim`` that belongs to no environment."""
    folder = tmp_path_factory.mktemp("foreign")
    add_script(folder)
    return folder


@pytest.fixture(autouse=True)
def _long_commands(monkeypatch: pytest.MonkeyPatch, foreign_scripts: Path) -> None:
    """Have commands printed in one form, whether or not our script is installed and on PATH."""
    monkeypatch.setenv("PATH", str(foreign_scripts), prepend=os.pathsep)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty rootdir, and comparisons in it."""
    return Bench(tmp_path)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The arguments for one way of running a suite."""
    return MODES[request.param]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """An empty test suite."""
    folders = (str(Path(__file__).parent), str(pytester.path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(folders))
    return Suite(pytester)


@pytest.fixture
def picture() -> Callable[..., Any]:
    """The function `picture` of inner suites."""
    space: dict[str, Any] = {}
    exec(PICTURES, space)
    function: Callable[..., Any] = space["picture"]
    return function


@pytest.fixture
def here(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """A suite with two baselines, as the current folder."""
    monkeypatch.chdir(suite.path)
    suite.write(TWO)
    suite.run("--update-baselines")
    return suite


@pytest.fixture(scope="session")
def model() -> pytest_imgsim.model.resnet50.ResNet50:
    """The default model, once for all tests: it takes seconds to build."""
    return pytest_imgsim.model.resnet50.ResNet50()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser, started once for the module."""
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()

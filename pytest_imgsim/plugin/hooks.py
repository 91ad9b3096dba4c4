"""Pytest's hooks and fixtures. Each body hands over to the module that knows.

All suites of an environment load this module, so what only visual tests need is imported late,
through the lazy faces of packages.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pytest_imgsim.files.system  # noqa: F401 - takes what tests may replace, before they do
from pytest_imgsim import plugin
from pytest_imgsim.errors import ResultsError, SettingsError
from pytest_imgsim.plugin import options
from pytest_imgsim.plugin.controller import Controller
from pytest_imgsim.plugin.inventory import FIXTURE
from pytest_imgsim.plugin.state import STATE, PluginState
from pytest_imgsim.plugin.workers import is_worker

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options and ini keys."""
    options.add_options(parser)


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Generator[None, None, None]:
    """Register ``--update-baselines`` after the conftests, which may have one of their own."""
    yield
    options.add_alias(early_config, parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings; on the controller or sole process, listen to the reports."""
    config.addinivalue_line("markers", options.MARKER_HELP)
    try:
        state = config.stash[STATE] = PluginState(config, options.read_settings(config))
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    if not is_worker(config):
        config.pluginmanager.register(Controller(config, state), "imgsim-controller")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Share the controller's model with a worker of xdist that starts."""
    node.config.stash[STATE].sharing.serve(node)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is out of the ordinary."""
    return options.header(config, config.stash[STATE].settings)


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep pytest from asking all plugins for the tests in each of our pictures."""
    return collection_path in config.stash[STATE].pictures or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note the visual tests."""
    item.config.stash[STATE].inventory.add(item)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which of them this run leaves to other runs."""
    session.config.stash[STATE].inventory.select(session.items)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note that this run does not see all tests."""
    if items:
        items[0].config.stash[STATE].inventory.deselected = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin an attempt at a test; what a rerun's fixtures do may end it before ours is there."""
    if "pyfakefs" in sys.modules and FIXTURE in getattr(item, "fixturenames", ()):
        plugin.import_before_fakes(item)
    if session := item.config.stash[STATE].session_so_far:
        session.begin(item.nodeid)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Attach to the report of a phase what the controller, and pytest-html, show of it."""
    outcome = yield
    report, state = outcome.get_result(), item.config.stash[STATE]
    payload = state.payloads.attach(item, report, state.session_so_far)
    if "records" in payload:
        plugin.attach_to_html(item.config, report, state.session.results.folder)


@pytest.fixture
def assert_similar(request: pytest.FixtureRequest) -> plugin.AssertSimilar:
    """Compare a screenshot, picture or figure with its baseline and fail on a difference."""
    try:
        session = request.config.stash[STATE].session
    except ResultsError as error:
        pytest.fail(str(error), pytrace=False)
    return plugin.AssertSimilar(session, request.node)


@pytest.fixture(scope="session")
def resnet50(request: pytest.FixtureRequest) -> ResNet50:
    """Give the ResNet50 of this run: ``features(image)`` and ``similarity(a, b)``."""
    return request.config.stash[STATE].model()

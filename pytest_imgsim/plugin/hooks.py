"""Pytest's hooks and fixtures. Each body hands over to the module that knows.

What only a visual test needs is imported where it is used: all suites of an environment load this
module.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.plugin import options
from pytest_imgsim.plugin.controller import Controller
from pytest_imgsim.plugin.state import STATE, PluginState

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.plugin.fixtures import AssertSimilar


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
    """Read the settings; on the controller or sole process, collect records."""
    config.addinivalue_line("markers", options.MARKER_HELP)
    try:
        run = config.stash[STATE] = PluginState(config, options.read_settings(config))
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Controller(config, run), "imgsim-collector")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let a worker of xdist use the controller's model."""
    node.config.stash[STATE].serve(node)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is out of the ordinary."""
    return options.header(config, config.stash[STATE].settings)


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep pytest from asking all plugins for the tests in each of our pictures."""
    return config.stash[STATE].is_picture(collection_path) or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note the tests with baselines of their own."""
    item.config.stash[STATE].collected(item)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which of them this run leaves to other runs."""
    session.config.stash[STATE].selected(session.items)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note that this run does not see all tests."""
    if items:
        items[0].config.stash[STATE].deselected = True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Attach the phase's records to its report, on which they reach the controller."""
    outcome = yield
    report, run = outcome.get_result(), item.config.stash[STATE]
    if payload := run.payload(item, report):
        report.imgsim = payload
    if "records" in payload:
        from pytest_imgsim.plugin.attachments import attach_to_html

        attach_to_html(item.config, report, item.config.rootpath / run.settings.report)


@pytest.fixture
def assert_similar(request: pytest.FixtureRequest) -> AssertSimilar:
    """Compare a screenshot, picture or figure with its baseline and fail on a difference."""
    from pytest_imgsim.plugin.fixtures import AssertSimilar

    return AssertSimilar(request.config.stash[STATE].session, request.node)


@pytest.fixture(scope="session")
def resnet50(request: pytest.FixtureRequest) -> ResNet50:
    """Give the ResNet50 of this run: ``features(image)`` and ``similarity(a, b)``."""
    return request.config.stash[STATE].model

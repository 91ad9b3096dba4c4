"""What xdist's controller, or the sole process, does with the reports of a run's tests."""

from __future__ import annotations

import os

import pytest

from pytest_imgsim import plugin
from pytest_imgsim.plugin.inventory import RunLog
from pytest_imgsim.plugin.payload import read_payload
from pytest_imgsim.plugin.state import PluginState


class Controller:
    """A plugin object of its own, since workers have none.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    state : PluginState
        This process.
    """

    def __init__(self, config: pytest.Config, state: PluginState) -> None:
        self._config = config
        self._state = state
        self._log = RunLog()
        self._process = os.getpid()
        self._finalizer: plugin.RunFinalizer | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        self._log.add_collection(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a report carries."""
        self._log.add(report, read_payload(report))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write results.json, and fail a run whose verdicts do not say all that went wrong."""
        if not self._log.comparisons and not self._log.refused:
            return
        if os.getpid() != self._process:  # a child that a test has forked and not ended
            return
        self._log.deselected |= self._state.inventory.deselected
        self._finalizer = plugin.RunFinalizer(
            self._config, self._state.settings, self._log, exitstatus
        )
        self._finalizer.write()
        if self._finalizer.errors and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the scores."""
        if self._finalizer is not None:
            self._finalizer.print_summary(terminalreporter)

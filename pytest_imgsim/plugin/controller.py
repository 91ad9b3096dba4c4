"""What the controller hears of a whole run, from the reports of its tests.

Records arrive on the test reports, with and without xdist alike, so that a worker that
crashes takes nothing along that it had reported. A run without a comparison ends here: what it
takes to write and tell results is imported for the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_imgsim.plugin.inventory import RunLog
from pytest_imgsim.plugin.state import PluginState

if TYPE_CHECKING:
    from pytest_imgsim.plugin.finish import RunFinalizer


class Controller:
    """A plugin object of the controller or the sole process.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    run : PluginState
        This process.
    """

    def __init__(self, config: pytest.Config, run: PluginState) -> None:
        self._config = config
        self._run = run
        self._heard = RunLog()
        self._rerun: set[str] = set()
        self._closing: RunFinalizer | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        if report.failed:
            self._heard.partial = f"{report.nodeid} could not be collected"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a report has to tell."""
        payload: dict[str, Any] = getattr(report, "imgsim", {})
        heard = self._heard
        if "records" in payload:
            self._take(report.nodeid, payload["records"])
        outcome: str = report.outcome
        if outcome == "rerun":  # of pytest-rerunfailures
            self._rerun.add(report.nodeid)
        if report.when == "setup":
            heard.unfinished.pop(report.nodeid, None)
        if "unfinished" in payload:
            heard.unfinished[report.nodeid] = payload["unfinished"]
        elif outcome not in ("passed", "rerun"):
            heard.partial = f"{report.nodeid} ended without telling its baselines"
        if "ran" in payload:
            heard.ran.add(payload["ran"])
        heard.deselected |= "deselected" in payload
        heard.left_out.update(payload.get("left_out", ()))

    def _take(self, node: str, records: Sequence[dict[str, Any]]) -> None:
        from pytest_imgsim.record import Record
        from pytest_imgsim.results.history import after_rerun

        for data in records:
            record = Record.from_dict(data)
            key = record.test, record.name
            if node in self._rerun and key in self._heard.records:
                record = after_rerun(self._heard.records[key], record)
            self._heard.records[key] = record

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write results.json, and fail a run in which two tests used one baseline."""
        if not self._heard.records:
            return
        from pytest_imgsim.plugin.finish import RunFinalizer

        self._heard.deselected |= self._run.deselected
        self._closing = RunFinalizer(self._config, self._run.settings, self._heard, exitstatus)
        self._closing.write()
        if self._closing.clashes and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the scores."""
        if self._closing is not None:
            self._closing.tell(terminalreporter)

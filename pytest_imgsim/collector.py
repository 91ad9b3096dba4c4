"""What the controller makes of a whole run: results.json, orphans, and the terminal summary.

Records arrive on the test reports, with and without xdist alike, so that a worker that
crashes takes nothing along that it had reported.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_imgsim import __version__
from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.files import relative, seen_from_here
from pytest_imgsim.history import History, after_rerun
from pytest_imgsim.inline import drawing
from pytest_imgsim.naming import encode_path
from pytest_imgsim.orphans import find_orphans
from pytest_imgsim.record import Record
from pytest_imgsim.report.html import page
from pytest_imgsim.report.markdown import markdown
from pytest_imgsim.report.terminal import View, headline, summary
from pytest_imgsim.results import Results, ResultsFolder, Share
from pytest_imgsim.run import Run
from pytest_imgsim.settings import Settings
from pytest_imgsim.store import Store


class Collector:
    """A plugin object of the controller or the sole process.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    run : Run
        This process.
    """

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._config = config
        self._run = run
        self._settings: Settings = run.settings
        self._records: dict[tuple[str, str], Record] = {}
        self._unfinished: dict[str, str] = {}
        self._ran: set[str] = set()
        self._rerun: set[str] = set()
        self._left_out: set[str] = set()
        self._partial = ""
        self._notes: list[str] = []
        self._results: Results | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        if report.failed:
            self._partial = f"{report.nodeid} could not be collected"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the records off a report."""
        payload: dict[str, Any] = getattr(report, "imgsim", {})
        for data in payload.get("records", ()):
            record = Record.from_dict(data)
            key = record.test, record.name
            if report.nodeid in self._rerun and key in self._records:
                record = after_rerun(self._records[key], record)
            self._records[key] = record
        outcome: str = report.outcome
        if outcome == "rerun":  # of pytest-rerunfailures
            self._rerun.add(report.nodeid)
        if report.when == "setup":
            self._unfinished.pop(report.nodeid, None)
        if "unfinished" in payload:
            self._unfinished[report.nodeid] = payload["unfinished"]
        elif report.outcome not in ("passed", "rerun"):
            self._partial = f"{report.nodeid} ended without telling its baselines"
        if "ran" in payload:
            self._ran.add(payload["ran"])
        if "deselected" in payload:
            self._run.deselected = True
        self._left_out.update(payload.get("left_out", ()))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write results.json, and fail a run in which two tests used one baseline."""
        if not self._records:
            return
        records = list(self._records.values())
        clashes = _clashes(records)
        if clashes and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self._notes += clashes
        broken = self._broken_reason(exitstatus)
        partial = broken or ("tests were deselected" if self._run.deselected else "")
        self._results = Results(
            self._remembered(records),
            relative(self._config.rootpath / self._settings.baselines, self._config.rootpath),
            [] if partial else self._orphans(records),
            partial,
            None if broken else self._share(),
            _environment(),
        )
        self._write(self._results)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the scores."""
        if self._results is None:
            return
        width = self._config.get_terminal_writer().fullwidth
        folder = self._config.rootpath / self._settings.report
        on_terminal = bool(terminalreporter.isatty)
        view = View(
            width,
            self._config.getoption("verbose"),
            seen_from_here(folder),
            self._settings.html,
            drawing(self._settings, folder, columns=width, on_terminal=on_terminal),
        )
        terminalreporter.write_sep("=", headline(self._results.records))
        for line in summary(self._results, view, notes=self._notes):
            terminalreporter.write_line(line.text, **({line.colour: True} if line.colour else {}))

    def _write(self, results: Results) -> None:
        root = self._config.rootpath
        folder = ResultsFolder(root / self._settings.report)
        self._notes += _changed_model(folder, results)
        try:
            folder.write(results, root=root, version=__version__)
            if self._settings.html:
                folder.write_page(page(results, self._settings.report))
            _tell_github(results)
        except OSError as error:
            self._notes.append(f"{folder.folder}: the results could not be written: {error}")

    def _remembered(self, records: list[Record]) -> list[Record]:
        """Return the records with what earlier runs in the same results folder say of them."""
        root = self._config.rootpath
        try:
            return History(root / self._settings.report).update(records, root)
        except OSError as error:
            self._notes.append(f"the history could not be written: {error}")
            return records

    def _orphans(self, records: list[Record]) -> list[str]:
        root = self._config.rootpath
        store = Store(
            root / self._settings.baselines,
            self._settings.template,
            scratch=root / self._settings.report,
        )
        return find_orphans(
            store,
            root,
            records,
            unfinished=self._unfinished.values(),
            scope=_scope(self._config),
        )

    def _share(self) -> Share:
        return Share(
            self._settings.template,
            tuple(sorted(set(_scope(self._config)))),
            tuple(sorted(self._ran)),
            tuple(sorted(self._left_out - self._ran)),
            tuple(sorted(set(self._unfinished.values()))),
        )

    def _broken_reason(self, exitstatus: int) -> str:
        """Return why not even this run and others together can tell which are used, or ""."""
        finished = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if exitstatus not in finished:
            return "the run was stopped"
        return self._partial or _narrowed(self._config)


def _environment() -> dict[str, str]:
    """Return what the run is made on, by which two runs can be told apart."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "pytest": pytest.__version__,
        "pytest-imgsim": __version__,
    }


def _tell_github(results: Results) -> None:
    """Add the scores to the summary page of a GitHub Actions job, where this is one."""
    if summary_file := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary_file).open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(markdown(results))


def _narrowed(config: pytest.Config) -> str:
    """Return what on the command line leaves out tests that would otherwise be collected."""
    for option, dest in (
        ("--lf", "lf"),
        ("--maxfail", "maxfail"),
        ("--ignore", "ignore"),
        ("--ignore-glob", "ignore_glob"),
    ):
        if config.getoption(dest, None):
            return f"{option} was given"
    if any("::" in argument for argument in config.args):
        return "single tests were named"
    return ""


def _scope(config: pytest.Config) -> Iterator[str]:
    """Yield the beginnings of all names that the tests of this run could have."""
    for argument in config.args:
        path = (config.invocation_params.dir / argument).resolve()
        if path == config.rootpath or not path.is_relative_to(config.rootpath):
            yield ""
            continue
        yield encode_path(relative(path, config.rootpath)) + "/"


def _clashes(records: list[Record]) -> list[str]:
    """Return a note for each baseline that two tests used, seen across all workers."""
    owners: dict[str, Record] = {}
    notes = []
    for record in records:
        known = record.baseline and (record.claimed or record.verdict.wrote)
        if not known:
            continue
        first = owners.setdefault(record.baseline.casefold(), record)
        if first.test != record.test:
            notes.append(
                f"ERROR: baseline {record.baseline} was used by two tests, {first.test} and "
                f"{record.test}: give one of them another name"
            )
    return notes


def _changed_model(folder: ResultsFolder, results: Results) -> list[str]:
    """Return a note where another model scored the last run: thresholds may not carry over."""
    new = {record.model for record in results.records if record.model}
    if not new:
        return []
    try:
        before, _ = folder.read()
    except ImgsimError:
        return []
    old = {record.model for record in before.records if record.model}
    if not old or old == new:
        return []
    return [
        f"the model changed from {', '.join(sorted(old))} to {', '.join(sorted(new))} since the "
        "last run: look at your thresholds again"
    ]

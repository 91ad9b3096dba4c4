"""The end of a whole run: results.json, the review page, orphans, and the terminal summary.

Nothing of it is imported before there is a comparison to tell.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_imgsim._version import __version__
from pytest_imgsim.baselines.naming import encode_path
from pytest_imgsim.baselines.store import Store
from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.files import keep_latest, relative, seen_from_here
from pytest_imgsim.plugin.inventory import RunLog
from pytest_imgsim.plugin.state import cache_folder
from pytest_imgsim.record import Record
from pytest_imgsim.report.html import page
from pytest_imgsim.report.markdown import markdown
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.terminal import View, summary
from pytest_imgsim.report.terminal_images import drawing
from pytest_imgsim.results.folder import Results, ResultsFolder, Share
from pytest_imgsim.results.history import History
from pytest_imgsim.results.orphans import find_orphans
from pytest_imgsim.settings import Settings

#: How many scores are remembered, of one or two kilobytes each.
MOST_REMEMBERED = 10_000


class RunFinalizer:
    """Writes down and tells what a run came to.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    settings : Settings
        Those of the run.
    heard : RunLog
        What the reports have told.
    exitstatus : int
        How the run ended.

    Attributes
    ----------
    clashes : list of str
        A note for each baseline that two tests used.
    """

    def __init__(
        self, config: pytest.Config, settings: Settings, heard: RunLog, exitstatus: int
    ) -> None:
        self._config = config
        self._settings = settings
        self._heard = heard
        records = list(heard.records.values())
        self.clashes = _clashes(records)
        self._notes = [*self.clashes]
        broken = self._broken_reason(exitstatus)
        partial = broken or ("tests were deselected" if heard.deselected else "")
        self._results = Results(
            records,
            relative(config.rootpath / settings.baselines, config.rootpath),
            [] if partial else self._orphans(records),
            partial,
            None if broken else self._share(),
            _environment(),
        )

    def write(self) -> None:
        """Write results.json and what follows from it."""
        root = self._config.rootpath
        self._results = replace(self._results, records=self._remembered(self._results.records))
        folder = ResultsFolder(root / self._settings.report)
        self._notes += _changed_model(folder, self._results)
        try:
            folder.write(self._results, root=root, version=__version__)
            if self._settings.html:
                folder.write_page(page(self._results, self._settings.report))
            _tell_github(self._results)
        except OSError as error:
            self._notes.append(f"{folder.folder}: the results could not be written: {error}")
        if any(record.model for record in self._results.records):
            _forget(self._config)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the scores on the terminal."""
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

    def _remembered(self, records: Sequence[Record]) -> Sequence[Record]:
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
            unfinished=self._heard.unfinished.values(),
            scope=_scope(self._config),
        )

    def _share(self) -> Share:
        return Share(
            self._settings.template,
            tuple(sorted(set(_scope(self._config)))),
            tuple(sorted(self._heard.ran)),
            tuple(sorted(self._heard.left_out - self._heard.ran)),
            tuple(sorted(set(self._heard.unfinished.values()))),
        )

    def _broken_reason(self, exitstatus: int) -> str:
        """Return why not even this run and others together can tell which are used, or ""."""
        finished = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if exitstatus not in finished:
            return "the run was stopped"
        return self._heard.partial or _narrowed(self._config)


def _environment() -> dict[str, str]:
    """Return what the run is made on, by which two runs can be told apart."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "pytest": pytest.__version__,
        "pytest-imgsim": __version__,
    }


def _forget(config: pytest.Config) -> None:
    """Drop remembered scores that no run has used for long."""
    if folder := cache_folder(config):
        with suppress(OSError):
            keep_latest(folder, MOST_REMEMBERED)


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

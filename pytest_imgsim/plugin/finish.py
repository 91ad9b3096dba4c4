"""The end of a run: results.json, the review page, orphans, and the terminal summary.

Nothing of this is imported before a run has made a comparison.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_imgsim._version import __version__
from pytest_imgsim.baselines.store import Store
from pytest_imgsim.files.paths import relative, seen_from_here
from pytest_imgsim.files.writing import keep_latest
from pytest_imgsim.plugin.inventory import RunLog
from pytest_imgsim.plugin.notes import changed_model, clashes, refusals
from pytest_imgsim.plugin.scope import name_prefixes, narrowed_by
from pytest_imgsim.plugin.state import cache_folder
from pytest_imgsim.record import Record
from pytest_imgsim.report.html import page
from pytest_imgsim.report.markdown import markdown
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.terminal import View, summary
from pytest_imgsim.report.terminal_images import drawing
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import PAGE, ResultsFolder
from pytest_imgsim.results.history import History, after_rerun
from pytest_imgsim.results.orphans import find_orphans
from pytest_imgsim.settings import Settings

#: How many scores stay in pytest's cache, of some kilobytes each.
MAX_CACHED_SCORES = 10_000
#: A run that ended in another way may not have come to all of its tests.
FINISHED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


class RunFinalizer:
    """Writes and prints the results of a run.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    settings : Settings
        The settings of the run.
    log : RunLog
        What the reports of the run said.
    exitstatus : int
        How the run ended.

    Attributes
    ----------
    errors : list of str
        Notes that fail the run: baselines that two tests used, and comparisons that were refused.
    """

    def __init__(
        self, config: pytest.Config, settings: Settings, log: RunLog, exitstatus: int
    ) -> None:
        self._config = config
        self._settings = settings
        self._log = log
        self._folder = ResultsFolder(config.rootpath / settings.report)
        self._attempts = [(Record.from_dict(data), attempt) for data, attempt in log.comparisons]
        records = last_attempts(self._attempts, log.reruns)
        self.errors = [*clashes(records, log.repeats), *refusals(log.refused)]
        self._notes = [*self.errors]
        self._results = self._gather(records, exitstatus)

    def write(self) -> None:
        """Write results.json and what follows from it; a failure to write becomes a note."""
        self._results = replace(self._results, records=self._with_history(self._results.records))
        before, notes = self._folder.earlier()
        self._notes += [*notes, *changed_model(before, self._results)]
        with self._noted(f"{self._folder.folder}: the results could not be written"):
            self._folder.write(
                self._results,
                root=self._config.rootpath,
                version=__version__,
                attempts=[record for record, _ in self._attempts],
                before=before,
            )
        if self._settings.html:
            with self._noted(f"{self._folder.folder}: {PAGE} could not be written"):
                self._folder.write_page(page(self._results, self._settings.report))
        with self._noted("the summary page of the job could not be written"):
            _add_to_job_summary(self._results)
        if any(record.model for record in self._results.records):
            _bound_cache(self._config)

    @contextmanager
    def _noted(self, what: str) -> Iterator[None]:
        """Turn a failure to write into a note: the verdicts are what counts."""
        try:
            yield
        except OSError as error:
            self._notes.append(f"{what}: {error}")

    def print_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the scores on the terminal."""
        terminalreporter.write_sep("=", headline(self._results.records))
        view = self._view(bool(terminalreporter.isatty))
        for line in summary(self._results, view, notes=self._notes):
            terminalreporter.write_line(line.text, **({line.colour: True} if line.colour else {}))

    def _gather(self, records: list[Record], exitstatus: int) -> Results:
        """Return the results of the run, without what earlier runs add to them."""
        broken = self._broken_reason(exitstatus)
        partial = broken or ("tests were deselected" if self._log.deselected else "")
        return Results(
            records,
            relative(self._config.rootpath / self._settings.baselines, self._config.rootpath),
            [] if partial else self._orphans(records),
            partial,
            None if broken else self._share(),
            _environment(),
        )

    def _broken_reason(self, exitstatus: int) -> str:
        """Return why not even a merge with other runs can find the unused baselines, or ""."""
        if exitstatus not in FINISHED:
            return "the run was stopped"
        return self._log.partial or narrowed_by(self._config)

    def _orphans(self, records: list[Record]) -> list[str]:
        root, settings = self._config.rootpath, self._settings
        baselines = root / settings.baselines
        return find_orphans(
            Store(baselines, settings.template, scratch=self._folder.folder),
            root,
            records,
            unfinished=self._log.unfinished.values(),
            scope=name_prefixes(self._config),
        )

    def _share(self) -> Share:
        log = self._log
        return Share(
            self._settings.template,
            tuple(sorted(set(name_prefixes(self._config)))),
            tuple(sorted(log.ran)),
            tuple(sorted(log.left_out - log.ran)),
            tuple(sorted(set(log.unfinished.values()))),
        )

    def _with_history(self, records: Sequence[Record]) -> Sequence[Record]:
        """Return the records with what earlier runs in the same results folder say of them."""
        history = History(self._folder.folder)
        try:
            return history.update(records, self._config.rootpath)
        except OSError as error:
            self._notes.append(f"the history could not be written: {error}")
            return records
        finally:
            self._notes += history.notes

    def _view(self, on_terminal: bool) -> View:
        width, folder = self._config.get_terminal_writer().fullwidth, self._folder.folder
        return View(
            width,
            self._config.getoption("verbose"),
            seen_from_here(folder),
            self._settings.html,
            drawing(self._settings, folder, columns=width, on_terminal=on_terminal),
        )


def last_attempts(
    comparisons: Iterable[tuple[Record, int]], reruns: Mapping[str, int]
) -> list[Record]:
    """Return the last record of each comparison, marked as flaky where only a rerun passed.

    A baseline that an earlier attempt wrote was put back: of its record nothing is left.

    Parameters
    ----------
    comparisons : iterable of (Record, int)
        Each record, in the order of the run, and how often its test had been rerun.
    reruns : mapping of str to int
        How often each test was rerun in all.
    """
    records: dict[tuple[str, str], Record] = {}
    for record, attempt in comparisons:
        key = record.test, record.name
        if record.verdict.wrote and attempt < reruns[record.test]:
            continue
        if attempt and key in records:
            record = after_rerun(records[key], record)
        records[key] = record
    return list(records.values())


def _environment() -> dict[str, str]:
    """Return where the run was made, by which two runs can be told apart."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "pytest": pytest.__version__,
        "pytest-imgsim": __version__,
    }


def _bound_cache(config: pytest.Config) -> None:
    """Delete the cached scores that have gone unused for longest, beyond the limit."""
    if folder := cache_folder(config):
        with suppress(OSError):
            keep_latest(folder, MAX_CACHED_SCORES)


def _add_to_job_summary(results: Results) -> None:
    """Add the scores to the summary page of a GitHub Actions job, where this is one."""
    if summary_file := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary_file).open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(markdown(results))

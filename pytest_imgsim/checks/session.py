"""One run's comparisons, from a source and a name to a record; knows no pytest."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePath
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytest_imgsim import checks, scoring
from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.baselines.store import Store, Target, is_path
from pytest_imgsim.baselines.variants import Accepted
from pytest_imgsim.checks.attempts import Attempts
from pytest_imgsim.checks.outcome import Outcome, Request, equal, make_record
from pytest_imgsim.errors import BaselineError, ImgsimError
from pytest_imgsim.pictures.sources import Source, describe, open_source
from pytest_imgsim.processes import PerProcess, SharedFlag
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from pytest_imgsim.checks.pipeline import CheckPipeline
    from pytest_imgsim.scoring.cache import Model


class Session:
    """Settings, store, model and results of a run, and the records so far.

    Threads may check at the same time. None of them holds a lock while a picture is captured,
    which may take seconds and may wait for another thread.

    Parameters
    ----------
    settings : Settings
        Those of the run; a check may override them.
    root : Path
        Where relative folders and baselines begin: pytest's rootdir.
    model : callable
        Returns what scores pictures that are not equal; not called while all are.
    memory : callable
        Returns the folder of the score cache, or None for none.

    Attributes
    ----------
    records : list of Record
        One for every check, also for those that raised.
    refused : PerProcess of SharedFlag
        Raised by a child of this process whose check was refused, since nobody would hear of its
        verdict.
    """

    def __init__(
        self,
        settings: Settings,
        root: Path,
        model: Callable[[], Model],
        memory: Callable[[], Path | None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.root = root
        self.records: list[Record] = []
        self.refused = PerProcess(SharedFlag)
        self.results = ResultsFolder(root / settings.report)
        self.store = Store(
            root / settings.baselines,
            settings.template,
            scratch=self.results.folder,
            follow_links=settings.follow_links,
        )
        self._attempts = Attempts(root, self.store)
        self._model = model
        self._memory = memory
        self._claims: dict[str, TestId] = {}
        self._claimed_by: dict[str, list[str]] = {}
        self._calls: dict[str, int] = {}
        self._lock = PerProcess(RLock)

    def begin(self, test: str) -> None:
        """Begin an attempt at a test; a rerun starts over, as if there had been no other.

        Parameters
        ----------
        test : str
            Its node id.

        Raises
        ------
        BaselineError
            If a baseline that the last attempt replaced cannot be put back.
        """
        with self._lock():
            self._attempts.begin(test)
            self._calls.pop(test, None)
            for key in self._claimed_by.pop(test, ()):
                if self._claims[key].node == test:  # else a repeat has claimed it since
                    del self._claims[key]

    def check(
        self, test: TestId, source: Any, baseline: Any = None, settings: Settings | None = None
    ) -> Record:
        """Compare one picture with its baseline.

        Parameters
        ----------
        test : TestId
            The test that asks.
        source : object
            The actual picture; see :data:`pytest_imgsim.pictures.capture.ACCEPTED`.
        baseline : None, str or path
            None for the test's own name, numbered when it is used again; a name within
            the test; or the path of a picture, relative to rootdir.
        settings : Settings, optional
            Those in force for this check.

        Returns
        -------
        Record
            The outcome, which is also appended to `records`.

        Raises
        ------
        ImgsimError
            If no verdict can be reached; a record of it is kept all the same.
        """
        settings = settings or self.settings
        name = describe(baseline) if baseline is not None else test.baseline_name()
        request = Request(test, name, settings)
        try:
            settings.check_thresholds()
            opened = open_source(source, full_page=settings.full_page)
            with self._lock():
                target = self._target(test, baseline, opened)
            request = Request(test, target.name, settings, target)
            record = self._compare(request, target, opened)
        except Exception as error:
            message = _one_line(error)
            self.records.append(
                make_record(request, Outcome(Verdict.ERROR), self.root, message=message)
            )
            raise
        self.records.append(record)
        return record

    @cached_property
    def _pipeline(self) -> CheckPipeline:
        # Both import numpy and Pillow, which equal bytes do not need.
        cache = scoring.ScoreCache(self._memory)
        return checks.CheckPipeline(self.root, self._attempts, self.results, self._model(), cache)

    def _compare(self, request: Request, target: Target, source: Source) -> Record:
        """Return the record of a check; for the bytes of an accepted picture, at once."""
        accepted = Accepted(
            target.path,
            self.store.folder if target.claimed else None,
            follow_links=self.settings.follow_links,
        )
        raw = source.capture()
        if number := accepted.number_of(raw):
            return make_record(request, equal(number), self.root)
        with self._lock():
            pipeline = self._pipeline
        return pipeline.run(request, target, accepted, source, raw)

    def _target(self, test: TestId, baseline: Any, source: Source) -> Target:
        if isinstance(baseline, str) and not is_path(baseline):
            return self._named(test, baseline, source)
        call = self._calls[test.node] = self._calls.get(test.node, 0) + 1
        given = None if call == 1 else str(call)
        if baseline is None:
            return self._named(test, given, source)
        if not isinstance(baseline, str | PurePath):
            raise BaselineError(
                f"baseline: expected None, a name or a path, got {describe(baseline)}"
            )
        name = test.baseline_name(given)
        self._claim(test, name)
        path = self.root / baseline
        return Target(name, path, path, claimed=False)

    def _named(self, test: TestId, given: str | None, source: Source) -> Target:
        name = test.baseline_name(given)
        self._claim(test, name)
        browser = source.browser if "{browser}" in self.settings.template else ""
        return self.store.find(name, browser)

    def _claim(self, test: TestId, name: str) -> None:
        # Folded: on macOS and Windows Test.a and test.A are one file.
        owner = self._claims.get(name.casefold())
        if owner is not None and not test.repeats(owner):
            raise BaselineError(
                f"baseline name {name!r} is claimed twice, by {owner.node} and by {test.node}: "
                "expected one comparison a name, upper and lower case being the same; pass a "
                "name of its own as in assert_similar(page, 'form')"
            )
        self._claims[name.casefold()] = test
        self._claimed_by.setdefault(test.node, []).append(name.casefold())


def _one_line(error: Exception) -> str:
    text = str(error) if isinstance(error, ImgsimError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())

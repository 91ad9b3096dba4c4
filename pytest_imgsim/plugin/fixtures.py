"""What a test gets from the ``assert_similar`` fixture, and how a verdict fails the test."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import pytest

from pytest_imgsim.errors import ImgsimError, SettingsError, UnreportedError
from pytest_imgsim.files.paths import seen_from_here
from pytest_imgsim.plugin.attachments import attach_to_allure
from pytest_imgsim.plugin.inventory import MARKER, identify
from pytest_imgsim.plugin.scope import chosen_root
from pytest_imgsim.record import Record
from pytest_imgsim.report.message import failure_message
from pytest_imgsim.report.words import number
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from _pytest.outcomes import Failed

    from pytest_imgsim.checks.session import Session
else:
    Failed = pytest.fail.Exception


class Mismatch(Failed, AssertionError):
    """A picture is not what its baseline is: a failed assertion, told without a traceback."""

    __module__ = "builtins"  # as pytest's own have it, whose names reports show without one

    def __init__(self, message: str) -> None:
        super().__init__(message, pytrace=False)


class AssertSimilar:
    """Compares pictures with baselines on behalf of one test.

    Parameters
    ----------
    session : Session
        The comparisons of this process.
    item : pytest.Item
        The test.
    """

    def __init__(self, session: Session, item: pytest.Item) -> None:
        self._session = session
        self._item = item
        self._test = identify(item)
        self._process = os.getpid()
        self._refused = session.refused()
        session.begin(self._test.node)

    def __call__(
        self,
        actual: Any,
        baseline: str | os.PathLike[str] | None = None,
        threshold: float | None = None,
        *,
        warn_threshold: float | Literal["off"] | None = None,
        ignore: Any = None,
        full_page: bool | None = None,
        stable_timeout: float | None = None,
    ) -> Record:
        """Fail the test unless `actual` looks like its baseline.

        Parameters
        ----------
        actual : path, bytes, base64, binary file, PIL image, numpy array, or live source
            The picture. An array is (H, W), (H, W, 3) or (H, W, 4), uint8 or float in 0..1.
            A Playwright page or locator, a Selenium driver or element, or a function
            without arguments is captured until two captures in a row agree.
        baseline : str or path, optional
            None for a baseline named after the test, numbered when it is asked for again; a
            name for a further one; or the path of a picture, relative to rootdir.
        threshold : float, optional
            Smallest score that passes, in [0, 1]; before marker, command line and ini.
        warn_threshold : float or "off", optional
            Score below which a comparison that passes is listed for review; not below the
            threshold.
        ignore : optional
            Areas to mask in both pictures: Box, Polygon, four numbers (x, y, width,
            height) in pixels, a mask picture (its light pixels are ignored), a Playwright or
            Selenium element, or a list of these. Adds to what the marker ignores.
        full_page : bool, optional
            Whether a Playwright page is captured to its full height.
        stable_timeout : float, optional
            Seconds until a live source has to be stable; 0 takes the first capture.

        Returns
        -------
        Record
            The scores, for further assertions.

        Raises
        ------
        AssertionError
            If the picture differs, has another size, or has no baseline.
        SourceError
            If `actual` cannot be turned into a picture; a TypeError.
        ImgsimError
            If there is no verdict for another reason; the message names the next step.
        """
        __tracebackhide__ = True
        given = {
            "threshold": threshold,
            "warn_threshold": warn_threshold,
            "ignore": ignore,
            "full_page": full_page,
            "stable_timeout": stable_timeout,
        }
        path = PurePath(baseline) if isinstance(baseline, os.PathLike) else baseline
        try:
            self._check_process()
            settings = self._marked().for_check("assert_similar({key}=...)", given)
            record = self._session.check(self._test, actual, path, settings)
        except ImgsimError as error:
            # Without our own frames, the report ends at the line of the test.
            raise error.with_traceback(None) from None
        self._item.user_properties += _properties(record)
        attach_to_allure(self._item.config, record, self._session.results.folder)
        if not record.passed:
            folder = seen_from_here(self._session.results.folder)
            root = chosen_root(self._item.config)
            raise Mismatch(failure_message(record, folder, root))
        return record

    def __reduce__(self) -> NoReturn:
        """Refuse to be sent to a process that multiprocessing starts anew."""
        raise UnreportedError(self._unreported("assert_similar cannot be sent to another process"))

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            self._refused.raise_()
            raise UnreportedError(
                self._unreported(
                    f"assert_similar was called in process {os.getpid()}, a child of the one that "
                    f"runs the test ({self._process})"
                )
            )

    def _unreported(self, what: str) -> str:
        return (
            f"{self._test.node}: {what}: expected a call where its verdict can be reported; return "
            "the picture from the other process, and compare it in the test"
        )

    def _marked(self) -> Settings:
        """Return the run's settings, overridden by the test's markers; the nearest wins."""
        settings = self._session.settings
        for marker in reversed(list(self._item.iter_markers(MARKER))):
            if marker.args:
                raise SettingsError(
                    f"@pytest.mark.imgsim{marker.args}: expected keywords, as in "
                    "@pytest.mark.imgsim(threshold=0.98)"
                )
            settings = settings.for_check("@pytest.mark.imgsim({key}=...)", marker.kwargs)
        return settings


def _properties(record: Record) -> list[tuple[str, str]]:
    """Return what JUnit reports show of a comparison, as strings."""
    return [
        (f"imgsim.{record.name}.verdict", record.verdict.value),
        (f"imgsim.{record.name}.score", number(record.score)),
        (f"imgsim.{record.name}.threshold", f"{record.threshold:g}"),
    ]

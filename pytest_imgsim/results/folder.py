"""The results folder: pictures of failures, results.json and the page that is made of it.

A file marks the folder as ours. ``results.json`` is written once, at the end of a run.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pytest_imgsim.errors import ResultsError, reason
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results, encoded, read
from pytest_imgsim.results.sweep import (
    is_unfinished,
    link_to,
    pictures_of,
    sweep,
    written_before,
)

FILE = "results.json"
PAGE = "report.html"
#: The file by which a results folder is known: only in such a folder is anything deleted.
MARK = ".pytest-imgsim"
MARK_TEXT = b"Results of pytest-imgsim. Each run deletes pictures of the last one here.\n"
#: What a folder for results may hold before the first run, though it was not made by one.
HARMLESS = (MARK, ".gitignore", ".gitkeep", ".keep", ".DS_Store")


class ResultsFolder:
    """The results folder, which git ignores by a ``.gitignore`` of its own.

    Parameters
    ----------
    folder : Path
        Its path; it is made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, kind: str, data: bytes) -> str:
        """Write one PNG and return its path below the folder.

        Parameters
        ----------
        name : str
            The baseline's name.
        kind : {"actual", "baseline", "diff", "filled", "heat", "mask"}
            What it shows.
        data : bytes
            The file.
        """
        relative = f"{name}.{kind}.png"
        self._prepare()
        self._write(relative, data)
        return relative

    def check_ours(self, option: str) -> None:
        """Refuse a folder of somebody else's: git would no longer see what is in it.

        Parameters
        ----------
        option : str
            What named the folder, for the message.

        Raises
        ------
        ResultsError
            If it holds other files, and neither our mark nor results that can be read.
        """
        names: list[str] = []
        with suppress(OSError):
            names = sorted(os.listdir(self.folder))
        foreign = [name for name in names if name not in HARMLESS and not is_unfinished(name)]
        if foreign and MARK not in names and not self._has_results():
            raise ResultsError(
                f"{option}: expected a folder for results alone, got {self.folder}, which holds "
                f"{foreign[0]!r} and no results; name another folder, or empty this one"
            )

    def _has_results(self) -> bool:
        try:
            self.read()
        except ResultsError:
            return False
        return True

    def keep_all(self, name: str, pictures: Mapping[str, bytes]) -> tuple[dict[str, str], str]:
        """Write what can be written of several PNGs.

        Parameters
        ----------
        name : str
            The baseline's name.
        pictures : mapping of str to bytes
            The files, by what they show.

        Returns
        -------
        paths : dict of str to str
            Their paths below the folder, of those that were written.
        note : str
            What was not, and why, or "".
        """
        paths: dict[str, str] = {}
        reasons: dict[str, None] = {}
        for kind, data in pictures.items():
            try:
                paths[kind] = self.keep(name, kind, data)
            except OSError as error:  # noqa: PERF203, each picture counts by itself
                reasons[reason(error)] = None
        lost = ", ".join(kind for kind in pictures if kind not in paths)
        note = f"pictures could not be kept ({lost}): {', '.join(reasons)}" if lost else ""
        return paths, note

    def write(
        self,
        results: Results,
        *,
        root: Path,
        version: str,
        attempts: Iterable[Record] = (),
        before: Results | None = None,
    ) -> None:
        """Write results.json, and remove pictures that it does not name.

        Only those are removed that the results before it name, or an attempt of this run.

        Parameters
        ----------
        results : Results
            What to write.
        root : Path
            Pytest's rootdir.
        version : str
            Of pytest-imgsim.
        attempts : iterable of Record
            The comparisons of this run, also those that a rerun made void.
        before : Results, optional
            The results that are replaced; read if not given.
        """
        before = self.earlier()[0] if before is None else before
        old = written_before(pictures_of(before.records), self.folder / FILE)
        content = encoded(results, folder=self.folder, root=root, version=version)
        self._prepare()
        self._write(FILE, content)
        stale = (old | pictures_of(attempts)) - pictures_of(results.records)
        with suppress(OSError):  # what cannot be deleted stays
            sweep(self.folder, stale, (self.folder / FILE).stat().st_mtime)

    def write_page(self, text: str) -> None:
        """Write report.html."""
        self._write(PAGE, text.encode())

    def drop_page(self) -> None:
        """Remove report.html, before results.json is replaced by one that it does not show."""
        (self.folder / PAGE).unlink(missing_ok=True)

    def read(self) -> tuple[Results, Path]:
        """Return the last run's results, and the rootdir that they name.

        Whoever wrote the file chose both: before anything is written or deleted below that
        rootdir, `results.rootdir.find_rootdir` has to know it.

        Raises
        ------
        ResultsError
            If there are none, or they have an unknown schema or form.
        """
        return read(self.folder / FILE)

    def earlier(self) -> tuple[Results, list[str]]:
        """Return the last run's results, empty where there are none, and notes on them.

        Results that cannot be read are as if they were not there.
        """
        try:
            return self.read()[0], []
        except ResultsError as error:
            there = os.path.lexists(self.folder / FILE)
            return Results(), [f"the results of the last run are ignored: {error}"] if there else []

    def _write(self, relative: str, data: bytes) -> None:
        path = self.folder / relative
        if link := link_to(path, self.folder):
            raise OSError(errno.ELOOP, f"the link {link} is in the way", str(path))
        # Not durable: after a crash the next run writes all of it again.
        write_whole(path, data, scratch=self.folder, durable=False)

    def _prepare(self) -> None:
        """Mark the folder as ours before anything else is in it, and keep it out of git."""
        for name, data in ((MARK, MARK_TEXT), (".gitignore", b"*\n")):
            if not System.lexists(self.folder / name):
                self._write(name, data)

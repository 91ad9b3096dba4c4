"""The results folder: pictures of failures, and results.json, which all reports are made from.

A file marks the folder as ours. Only pictures that the previous ``results.json`` or this run
names are deleted. Links in the folder are not followed; it may be a link itself.

``results.json`` is written once, at the end of a run, and has this form (schema 2)::

    {"schema": 2,
     "version": "<of pytest-imgsim>",
     "root": "<rootdir, relative to this folder>",
     "baselines": "<folder of baselines, relative to rootdir if below it>",
     "records": [<Record.to_dict()>, ...],
     "orphans": ["<path of an unused baseline>", ...],
     "partial": "<why the run cannot know which baselines are unused, or ''>",
     "environment": {"<what>": "<its version>", ...},
     "share": <the fields of Share, or null>}

Schema 1 is read as well. Its regions have no ``cosine``, ``weight`` and ``reason``, and its scores
are in [-1, 1]. ``docs/results.md`` describes each key.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import ResultsError, reason
from pytest_imgsim.files.paths import real
from pytest_imgsim.files.strict_json import expected, parse, read_json
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import TEMP_PREFIX, TEMP_SUFFIX, delete, write_whole
from pytest_imgsim.record import PICTURE_FIELDS, Record

SCHEMA = 2
READABLE = (1, 2)
FILE = "results.json"
PAGE = "report.html"
#: The file by which a results folder is known: only in such a folder is anything deleted.
MARK = ".pytest-imgsim"
MARK_TEXT = b"Results of pytest-imgsim. Each run deletes pictures of the last one here.\n"
#: What a folder for results may hold before the first run, though it was not made by one.
HARMLESS = (MARK, ".gitignore", ".gitkeep", ".keep", ".DS_Store")
#: Bytes of the longest path on Linux.
MAX_PATH = 4096
PICTURE_SUFFIXES = tuple(f".{kind}.png" for kind in PICTURE_FIELDS)
#: Seconds after which an unfinished file is one of a run that was killed.
ABANDONED = 3600.0


@dataclass(frozen=True)
class Share:
    """What one run knows about unused baselines, for the merged results of several runs.

    Parameters
    ----------
    template : str
        The template of a baseline's path below the folder of baselines.
    scope : tuple of str
        Prefixes of the names that the run could have used, each ending at a slash; "" is all.
    ran, left_out : tuple of str
        Node ids of the tests with ``assert_similar`` that ran, and of those that were
        collected and then deselected.
    unfinished : tuple of str
        Baseline names of tests that were skipped or failed.
    """

    template: str = "{name}"
    scope: tuple[str, ...] = ("",)
    ran: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """The results of a run.

    Parameters
    ----------
    records : sequence of Record
        All comparisons.
    baselines : str
        Folder of the baselines, relative to rootdir if it is below it.
    orphans : sequence of str
        Unused baselines, as paths like `Record.baseline`.
    partial : str
        Why the run cannot know which baselines are unused, or "".
    share : Share or None
        What the run contributes to merged results; None where it knows too little even for that.
    environment : mapping of str to str
        What it ran on, as versions by name.
    """

    records: Sequence[Record] = ()
    baselines: str = "baselines"
    orphans: Sequence[str] = field(default=())
    partial: str = ""
    share: Share | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Form:
    """What is read of results.json; the documentation of this module describes each key."""

    root: str
    baselines: str
    records: tuple[Record, ...]
    orphans: tuple[str, ...]
    partial: str
    environment: Mapping[str, str] = field(default_factory=dict)
    share: Share | None = None


_FIELDS = {each.name for each in fields(_Form)}


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
        foreign = [name for name in names if name not in HARMLESS and not _is_unfinished(name)]
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
        self, results: Results, *, root: Path, version: str, attempts: Iterable[Record] = ()
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
        """
        content = {
            "schema": SCHEMA,
            "version": version,
            "root": Path(os.path.relpath(real(root), real(self.folder))).as_posix(),
            "baselines": results.baselines,
            "records": [record.to_dict() for record in results.records],
            "orphans": list(results.orphans),
            "partial": results.partial,
            "environment": dict(results.environment),
            "share": asdict(results.share) if results.share else None,
        }
        stale = self._pictures_before() | _pictures(attempts)
        self._prepare()
        self._write(FILE, _lines(content).encode())
        with suppress(OSError):  # what cannot be deleted stays
            self._sweep(stale - _pictures(results.records))

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
        path = self.folder / FILE
        try:
            content = read_json(path)
        except FileNotFoundError:
            raise ResultsError(
                f"{path}: no results here; run pytest first, or name the folder with --report"
            ) from None
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path}: cannot be read: {error}; run pytest again") from None
        schema = content.get("schema") if isinstance(content, dict) else None
        if type(schema) is not int or schema not in READABLE:
            raise ResultsError(
                f"{path}: expected schema {' or '.join(map(str, READABLE))}, got {schema!r}; run "
                "pytest again, or use the version of pytest-imgsim that wrote the file"
            )
        try:
            return _parse(content, path)
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{path}: not in the form that pytest-imgsim writes ({error}); run pytest again"
            ) from None

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
        if link := self._link_to(path):
            raise OSError(errno.ELOOP, f"the link {link} is in the way", str(path))
        # Not durable: after a crash the next run writes all of it again.
        write_whole(path, data, scratch=self.folder, durable=False)

    def _prepare(self) -> None:
        """Mark the folder as ours before anything else is in it, and keep it out of git."""
        for name, data in ((MARK, MARK_TEXT), (".gitignore", b"*\n")):
            if not System.lexists(self.folder / name):
                self._write(name, data)

    def _link_to(self, path: Path) -> Path | None:
        """Return the folder on the way to a path that is a link, if there is one."""
        inner = path.relative_to(self.folder).parents
        return next((f for f in map(self.folder.joinpath, inner[:-1]) if System.islink(f)), None)

    def _pictures_before(self) -> set[str]:
        """Return the pictures of the last results, without those that another run has replaced.

        Two runs may use the folder at once. A picture younger than the results that name it
        belongs to one that has not ended yet.
        """
        named = _pictures(self.earlier()[0].records)
        written = _modified(self.folder / FILE)
        return {path for path in named if _modified(self.folder / path) <= written}

    def _sweep(self, pictures: Iterable[str]) -> None:
        """Remove pictures and abandoned files of ours, and the folders that become empty."""
        delete(filter(self._is_picture, map(self.folder.joinpath, sorted(pictures))), self.folder)
        now = _modified(self.folder / FILE)
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if _is_unfinished(entry.name) and now - _modified(Path(entry.path)) > ABANDONED:
                    Path(entry.path).unlink(missing_ok=True)

    def _is_picture(self, path: Path) -> bool:
        """Return whether a path from results.json is a picture in this folder, without links."""
        inside = (
            path.is_relative_to(self.folder) and ".." not in path.parts[len(self.folder.parts) :]
        )
        return (
            inside
            and path.name.endswith(PICTURE_SUFFIXES)
            and not self._link_to(path)
            and not path.is_symlink()
            and path.is_file()
        )


def _lines(content: Mapping[str, Any]) -> str:
    """Return JSON with one record on a line; json's own indentation takes five times as long."""
    encode = json.JSONEncoder(allow_nan=False).encode
    parts = []
    for key, value in content.items():
        rows = value if key == "records" else []
        text = ",\n".join(map(encode, rows))
        parts.append(f"{encode(key)}: " + (f"[\n{text}\n]" if rows else encode(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _is_unfinished(name: str) -> bool:
    return name.startswith(TEMP_PREFIX) and name.endswith(TEMP_SUFFIX)


def _modified(path: Path) -> float:
    """Return when a file was written, by the clock of its file system; 0 where there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _pictures(records: Iterable[Record]) -> set[str]:
    return {path for record in records for path in record.pictures.values()}


def _parse(content: dict[str, Any], path: Path) -> tuple[Results, Path]:
    form = parse(_Form, {key: content[key] for key in _FIELDS & content.keys()})
    for text in _paths(form):
        _check_path(text)
    results = Results(
        list(form.records),
        form.baselines,
        list(form.orphans),
        form.partial,
        form.share,
        form.environment,
    )
    return results, real(path.parent / form.root)


def _paths(form: _Form) -> Iterator[str]:
    yield from (form.root, form.baselines, *form.orphans)
    for record in form.records:
        yield from (record.name, record.baseline, record.update_path, *record.pictures.values())


def _check_path(text: str) -> None:
    """Refuse what cannot be a path on this machine."""
    try:
        encoded = os.fsencode(text)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded or len(encoded) > MAX_PATH:
        raise expected("a path", text)

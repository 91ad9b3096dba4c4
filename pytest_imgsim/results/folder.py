"""The results folder: pictures of what failed, and results.json, from which all else follows.

``results.json`` is written once, at the end of a run, and has this form (schema 1)::

    {"schema": 1, "version": "<of pytest-imgsim>", "root": "<rootdir, relative to the folder>",
     "baselines": "<folder of baselines, relative to rootdir where below it>",
     "records": [<Record.to_dict()>, ...], "orphans": ["<baseline path>", ...],
     "partial": "<why the run cannot tell orphans, or ''>",
     "environment": {"<what>": "<its version>", ...},
     "share": <the fields of Share, or null>}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files import TEMP_PREFIX, TEMP_SUFFIX, delete, write_whole
from pytest_imgsim.record import PICTURE_FIELDS, Record

SCHEMA = 1
FILE = "results.json"
PAGE = "report.html"


@dataclass(frozen=True)
class Share:
    """What one run knows of which baselines are used, for the whole that it is a part of.

    Parameters
    ----------
    template : str
        Where a baseline lies below the folder of baselines.
    scope : tuple of str
        Beginnings of the names that the run could have used at all, ending at a slash.
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
    """What a run came to.

    Parameters
    ----------
    records : sequence of Record
        All comparisons.
    baselines : str
        Folder of the baselines, relative to rootdir where it lies below it.
    orphans : sequence of str
        Baselines that no test asked for, as paths like `Record.baseline`.
    partial : str
        Why the run cannot tell orphans, or "".
    share : Share or None
        What it contributes to a merged result; None where it does not know even that.
    environment : mapping of str to str
        What it ran on: versions by the names of what they belong to.
    """

    records: Sequence[Record] = ()
    baselines: str = "baselines"
    orphans: Sequence[str] = field(default=())
    partial: str = ""
    share: Share | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class ResultsFolder:
    """The folder of results, which ignores itself in git.

    Parameters
    ----------
    folder : Path
        Made when something is first written.
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
        self._ignore_itself()
        self._write(relative, data)
        return relative

    def write(self, results: Results, *, root: Path, version: str) -> None:
        """Write results.json, and remove the pictures of earlier runs."""
        content = {
            "schema": SCHEMA,
            "version": version,
            "root": Path(os.path.relpath(root.resolve(), self.folder.resolve())).as_posix(),
            "baselines": results.baselines,
            "records": [record.to_dict() for record in results.records],
            "orphans": list(results.orphans),
            "partial": results.partial,
            "environment": dict(results.environment),
            "share": asdict(results.share) if results.share else None,
        }
        self._ignore_itself()
        self._write(FILE, _lines(content).encode())
        self._sweep(results.records)

    def write_page(self, text: str) -> None:
        """Write report.html."""
        self._write(PAGE, text.encode())

    def drop_page(self) -> None:
        """Remove report.html, before results.json becomes one that it does not show."""
        (self.folder / PAGE).unlink(missing_ok=True)

    def read(self) -> tuple[Results, Path]:
        """Return the last run's results, and the rootdir that its paths begin at.

        Raises
        ------
        ResultsError
            If there are none, or they are of another version.
        """
        path = self.folder / FILE
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ResultsError(
                f"{path}: no results here; run pytest first, or name the folder with --report"
            ) from None
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path}: cannot be read: {error}; run pytest again") from None
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            raise ResultsError(
                f"{path}: expected schema {SCHEMA}, as this version of pytest-imgsim writes it; "
                "run pytest again"
            )
        return _parse(content, path)

    def _write(self, relative: str, data: bytes) -> None:
        # The next run makes all of it anew.
        write_whole(self.folder / relative, data, durable=False)

    def _ignore_itself(self) -> None:
        if not (self.folder / ".gitignore").exists():
            self._write(".gitignore", b"*\n")

    def _sweep(self, records: Iterable[Record]) -> None:
        """Remove our own files that no record names, and folders that this leaves empty."""
        kept = {picture for record in records for picture in record.pictures.values()}
        stale = [
            path
            for path in self.folder.rglob("*")
            if _is_ours(path.name) and path.relative_to(self.folder).as_posix() not in kept
        ]
        delete(stale, self.folder)


def _lines(content: Mapping[str, Any]) -> str:
    """Return JSON with a line for each record; json's own indentation takes five times as long."""
    encode = json.JSONEncoder(allow_nan=False).encode
    parts = []
    for key, value in content.items():
        rows = value if key == "records" else []
        text = ",\n".join(map(encode, rows))
        parts.append(f"{encode(key)}: " + (f"[\n{text}\n]" if rows else encode(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _is_ours(name: str) -> bool:
    unfinished = name.startswith(TEMP_PREFIX) and name.endswith(TEMP_SUFFIX)
    return unfinished or name.endswith(tuple(f".{kind}.png" for kind in PICTURE_FIELDS))


def _parse(content: dict[str, Any], path: Path) -> tuple[Results, Path]:
    try:
        results = Results(
            [Record.from_dict(record) for record in content["records"]],
            content["baselines"],
            content["orphans"],
            content["partial"],
            _parse_share(content.get("share")),
            {str(key): str(text) for key, text in content.get("environment", {}).items()},
        )
        return results, (path.parent / content["root"]).resolve()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ResultsError(
            f"{path}: not as pytest-imgsim wrote it ({type(error).__name__}: {error}); run "
            "pytest again"
        ) from None


def _parse_share(content: dict[str, Any] | None) -> Share | None:
    if content is None:
        return None
    return Share(
        str(content["template"]),
        *(tuple(map(str, content[key])) for key in ("scope", "ran", "left_out", "unfinished")),
    )

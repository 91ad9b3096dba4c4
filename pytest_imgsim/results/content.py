"""What results.json holds: the results of a run, as they are written and read.

The file has this form (schema 2)::

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

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import real
from pytest_imgsim.files.strict_json import expected, parse, read_json
from pytest_imgsim.record import Record

SCHEMA = 2
READABLE = (1, 2)
#: Bytes of the longest path on Linux.
MAX_PATH = 4096


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


def encoded(results: Results, *, folder: Path, root: Path, version: str) -> bytes:
    """Return the content of results.json.

    Parameters
    ----------
    results : Results
        What to write.
    folder : Path
        The results folder.
    root : Path
        Pytest's rootdir.
    version : str
        Of pytest-imgsim.
    """
    content = {
        "schema": SCHEMA,
        "version": version,
        "root": Path(os.path.relpath(real(root), real(folder))).as_posix(),
        "baselines": results.baselines,
        "records": [record.to_dict() for record in results.records],
        "orphans": list(results.orphans),
        "partial": results.partial,
        "environment": dict(results.environment),
        "share": asdict(results.share) if results.share else None,
    }
    return _lines(content).encode()


def _lines(content: Mapping[str, Any]) -> str:
    """Return JSON with one record on a line; json's own indentation takes five times as long."""
    encode = json.JSONEncoder(allow_nan=False).encode
    parts = []
    for key, value in content.items():
        rows = value if key == "records" else []
        text = ",\n".join(map(encode, rows))
        parts.append(f"{encode(key)}: " + (f"[\n{text}\n]" if rows else encode(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read(path: Path) -> tuple[Results, Path]:
    """Return the results in a file, and the rootdir that they name.

    Raises
    ------
    ResultsError
        If there are none, or they have an unknown schema or form.
    """
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
        data = os.fsencode(text)
    except UnicodeEncodeError:
        data = b"\0"
    if b"\0" in data or len(data) > MAX_PATH:
        raise expected("a path", text)

"""Earlier attempts and runs, by which a change that comes and goes is recognised as flaky.

``history.json`` in the results folder has an entry for each baseline that has failed: the digest
of the baseline's file, and the fingerprints of the changes in the last runs, "" for a run that
passed. A baseline with another digest starts a new entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.strict_json import parse, read_json
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.record import Record, Verdict

FILE = "history.json"
#: How many outcomes of a baseline are kept, and how many baselines.
MAX_SEEN, MAX_NAMES = 8, 1000
CAME_BACK = (
    "this change was seen in an earlier run, was gone, and is back; flaky, unless the page was "
    "changed back and forth"
)


def after_rerun(first: Record, last: Record) -> Record:
    """Return the record of a test's last attempt, marked as flaky if it only passed on a rerun.

    Parameters
    ----------
    first, last : Record
        The same comparison in an earlier attempt and in the last one.
    """
    if first.passed or not last.passed:
        return last
    region = first.region
    what = f", with {region} {region.kind or 'changed'}" if region else ""
    return replace(last, flaky=f"{first.verdict.value} at first{what}, then passed on a rerun")


class History:
    """The history in one results folder.

    Parameters
    ----------
    folder : Path
        The results folder.

    Attributes
    ----------
    notes : list of str
        Why the file of earlier runs was ignored.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.notes: list[str] = []

    def update(self, records: Sequence[Record], root: Path) -> list[Record]:
        """Add a run, and return its records, with changes that came back marked as flaky.

        Parameters
        ----------
        records : sequence of Record
            The comparisons of the run.
        root : Path
            Its rootdir.
        """
        before = self._read()
        entries = dict(before)
        out = [_add(entries, record, root) for record in records]
        kept = dict(list(entries.items())[-MAX_NAMES:])
        if kept != before:
            text = json.dumps({name: [digest, *seen] for name, (digest, seen) in kept.items()})
            write_whole(self._path, text.encode(), durable=False)
        return out

    def _read(self) -> dict[str, tuple[str, list[str]]]:
        """Return the digest and the fingerprints of each name; nothing if the file is broken."""
        try:
            return _parse(read_json(self._path))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self.notes.append(f"{self._path}: the history of earlier runs is ignored: {error}")
            return {}


def _parse(content: object) -> dict[str, tuple[str, list[str]]]:
    entries = parse(dict[str, tuple[str, ...]], content)
    if not all(entries.values()):
        raise ValueError("expected a digest in each entry")
    return {name: (digest, list(seen)) for name, (digest, *seen) in entries.items()}


def _add(entries: dict[str, tuple[str, list[str]]], record: Record, root: Path) -> Record:
    """Add a comparison to the entries, and return it, marked as flaky if its change came back."""
    now = record.fingerprint
    unknown = record.verdict in (Verdict.ERROR, Verdict.MISSING, Verdict.DAMAGED)
    if unknown or not (now or record.name in entries):
        return record
    digest = _digest(root / record.baseline)
    known, seen = entries.pop(record.name, (digest, []))
    seen = seen if known == digest else []
    came_back = now in seen and seen[-1] != now
    if seen[-1:] != [now]:
        seen = [*seen, now][-MAX_SEEN:]
    if any(seen):
        entries[record.name] = digest, seen
    return replace(record, flaky=CAME_BACK) if now and came_back else record


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_regular(path)).hexdigest()
    except (OSError, ValueError):
        return ""

"""Merge the results folders of a suite's shards into one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_imgsim.baselines.store import Store
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import check_inside
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.orphans import find_orphans
from pytest_imgsim.results.rootdir import baselines_folder, find_rootdir
from pytest_imgsim.results.shards import Shard, common_environment, common_root, common_share

#: Hexadecimal digits of its digest in a picture's name, so that none replaces a different one.
DIGITS = 16


def merge(
    shards: Sequence[Shard], out: ResultsFolder, *, version: str, rootdir: Path | None = None
) -> Results:
    """Write one results.json, with its pictures, for all of `shards`.

    Everything is checked before anything is written, and results.json changes after the pictures
    that it names: a process that is killed leaves the old results or the new ones.

    Parameters
    ----------
    shards : sequence of Shard
        The shards to merge; one or more.
    out : ResultsFolder
        Where to write.
    version : str
        Of pytest-imgsim.
    rootdir : Path, optional
        Rootdir, where the user names it.

    Raises
    ------
    ResultsError
        If two shards claim one baseline with different outcomes, their paths relative to rootdir
        differ, this machine does not know that rootdir, or a picture is missing.
    BaselineError
        If the path of a kept picture leads out of its folder.
    """
    owned = _join(shards)
    for shard, record in owned:
        for path in record.pictures.values():
            _check_picture(shard, path)
    root = _root(shards, out, rootdir)
    records = [_copy(record, shard, out) for shard, record in owned]
    results = _with_orphans(shards, records, root)
    out.drop_page()
    out.write(results, root=root, version=version)
    return results


def _root(shards: Sequence[Shard], out: ResultsFolder, given: Path | None) -> Path:
    folders = [folder.folder for folder in (out, *(shard.folder for shard in shards))]
    return find_rootdir(folders, common_root(shards, out.folder), given)


def _join(shards: Sequence[Shard]) -> list[tuple[Shard, Record]]:
    """Return all records, each with its shard; a record that several shards share, once."""
    owners: dict[str, tuple[Shard, Record]] = {}
    owned = []
    for shard in shards:
        for record in shard.results.records:
            # An error may come before the name is claimed; its record is then the test's alone.
            key = record.name.casefold() if record.baseline else f"{record.test}\n{record.name}"
            owner, first = owners.setdefault(key, (shard, record))
            if owner is shard:
                owned.append((shard, record))
            elif _outcome(first) != _outcome(record):
                raise ResultsError(
                    f"baseline {record.name} is claimed twice, by {first.test} in {owner} and by "
                    f"{record.test} in {shard}, with different outcomes: expected each test in "
                    "one shard, and one name for each comparison; leave one shard out, or give "
                    "one of the tests another name"
                )
    return owned


def _outcome(record: Record) -> Record:
    """Return a record without what may differ between two runs with the same outcome."""
    return replace(record.with_pictures({}), model_seconds=0.0, flaky="")


def _check_picture(shard: Shard, path: str) -> None:
    kept = shard.folder.folder / path
    check_inside(kept, shard.folder.folder)
    if not kept.is_file():
        raise ResultsError(
            f"{kept}: expected a picture that {shard} names, got no file; fetch the whole folder"
        )


def _copy(record: Record, shard: Shard, out: ResultsFolder) -> Record:
    """Copy a record's pictures, and return the record with their new paths."""
    copied: dict[str, str] = {}
    for kind, path in record.pictures.items():
        data = (shard.folder.folder / path).read_bytes()
        name = f"{record.name}.{hashlib.sha256(data).hexdigest()[:DIGITS]}"
        check_inside(out.folder / name, out.folder)
        copied[kind] = out.keep(name, kind, data)
    return record.with_pictures(copied)


def _with_orphans(shards: Sequence[Shard], records: Sequence[Record], root: Path) -> Results:
    """Return the merged results, with unused baselines where the shards know them together."""
    baselines = shards[0].results.baselines
    share, partial = common_share(shards)
    orphans: list[str] = []
    if share and not partial:
        folder = baselines_folder(root, baselines)
        if folder.is_dir():
            store = Store(folder, share.template, scratch=root)
            orphans = find_orphans(
                store, root, records, unfinished=share.unfinished, scope=share.scope
            )
        else:
            partial = f"there is no folder {folder}; merge in a checkout"
    return Results(records, baselines, orphans, partial, share, common_environment(shards))

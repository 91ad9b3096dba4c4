"""Join the results folders of several runs of one suite, its shards, into one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_imgsim.baselines.store import Store
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files import check_inside
from pytest_imgsim.record import Record
from pytest_imgsim.results.folder import Results, ResultsFolder, Share
from pytest_imgsim.results.orphans import find_orphans

#: Hexadecimal digits of a picture's digest in its name: it never replaces a different one.
DIGITS = 16


@dataclass(frozen=True)
class Shard:
    """One of the folders to join.

    Parameters
    ----------
    folder : ResultsFolder
        Where it lies.
    results : Results
        What its run came to.
    root : Path
        The rootdir that its paths begin at, if the folder has not been moved.
    """

    folder: ResultsFolder
    results: Results
    root: Path

    def __str__(self) -> str:
        return str(self.folder.folder)


def read_shards(folders: Sequence[Path], out: Path, *, expect: int | None = None) -> list[Shard]:
    """Read the folders to join.

    Parameters
    ----------
    folders : sequence of Path
        The results folders of the shards.
    out : Path
        Where the merged results are to go.
    expect : int, optional
        How many shards there have to be.

    Raises
    ------
    ResultsError
        If a shard is missing, named twice, has no results, or shares files with `out`.
    """
    seen: dict[Path, Path] = {}
    for folder in folders:
        place, target = folder.resolve(), out.resolve()
        if place.is_relative_to(target) or target.is_relative_to(place):
            raise ResultsError(
                f"{out}: expected a folder apart from those that are merged, got {folder}; name "
                "another one with --report"
            )
        if place in seen:
            raise ResultsError(
                f"{folder}: expected each shard once, got it as {seen[place]} before; name it once"
            )
        seen[place] = folder
    if expect is not None and len(folders) != expect:
        raise ResultsError(
            f"--expect {expect}: expected as many shards, got {len(folders)}: "
            f"{', '.join(map(str, folders))}; see which shard has left no results"
        )
    return [Shard(folder, *folder.read()) for folder in map(ResultsFolder, folders)]


def merge(shards: Sequence[Shard], out: ResultsFolder, *, version: str) -> Results:
    """Write one results.json, with its pictures, in the place of all of `shards`.

    All is checked before anything is written, and results.json changes last of what it names:
    a process that is killed leaves the old results or the new ones.

    Parameters
    ----------
    shards : sequence of Shard
        The runs to join; one or more.
    out : ResultsFolder
        Where to write.
    version : str
        Of pytest-imgsim.

    Raises
    ------
    ResultsError
        If the shards do not make one result: two claim one baseline, their baselines lie in
        different places, or a picture is missing.
    BaselineError
        If a kept picture leads out of its folder.
    """
    _check_settings(shards)
    owned = _join(shards)
    for shard, record in owned:
        for path in record.pictures.values():
            _check_picture(shard, path)
    root = _rootdir(shards, out.folder)
    records = [_carry(record, shard, out) for shard, record in owned]
    results = replace(_judge(shards, records, root), environment=_environment(shards))
    out.drop_page()
    out.write(results, root=root, version=version)
    return results


def model_notes(shards: Sequence[Shard]) -> list[str]:
    """Return a note where not all shards were scored by one model."""
    seen: dict[str, Shard] = {}
    for shard in shards:
        for record in shard.results.records:
            if record.model is not None:
                seen.setdefault(record.model, shard)
    if len(seen) < 2:
        return []
    told = ", ".join(f"{model} in {shard}" for model, shard in seen.items())
    return [f"the shards were scored by {len(seen)} models, {told}: one threshold may not fit all"]


def _check_settings(shards: Sequence[Shard]) -> None:
    first = shards[0]
    for shard in shards[1:]:
        for what, mine, other in (
            ("folder of baselines", first.results.baselines, shard.results.baselines),
            ("template", _template(first), _template(shard)),
        ):
            if None not in (mine, other) and mine != other:
                raise ResultsError(
                    f"{first} and {shard}: expected shards of one suite, got the {what} {mine!r} "
                    f"in one and {other!r} in the other; run them with the same settings"
                )


def _template(shard: Shard) -> str | None:
    return shard.results.share.template if shard.results.share else None


def _join(shards: Sequence[Shard]) -> list[tuple[Shard, Record]]:
    """Return all records with the shard that each comes from; equal ones only once."""
    owners: dict[str, tuple[Shard, Record]] = {}
    owned = []
    for shard in shards:
        for record in shard.results.records:
            # An error may come before the name is claimed; it is then that of the test alone.
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
    """Return a record without what differs between two runs with the same outcome."""
    return replace(record.with_pictures({}), model_seconds=0.0, flaky="")


def _check_picture(shard: Shard, path: str) -> None:
    kept = shard.folder.folder / path
    check_inside(kept, shard.folder.folder)
    if not kept.is_file():
        raise ResultsError(
            f"{kept}: expected a picture that {shard} names, got no file; fetch the whole folder"
        )


def _carry(record: Record, shard: Shard, out: ResultsFolder) -> Record:
    """Copy a record's pictures and return it with their new paths."""
    moved: dict[str, str] = {}
    for kind, path in record.pictures.items():
        data = (shard.folder.folder / path).read_bytes()
        name = f"{record.name}.{hashlib.sha256(data).hexdigest()[:DIGITS]}"
        check_inside(out.folder / name, out.folder)
        moved[kind] = out.keep(name, kind, data)
    return record.with_pictures(moved)


def _rootdir(shards: Sequence[Shard], out: Path) -> Path:
    """Return pytest's rootdir, as seen from here.

    A folder that was fetched from another machine knows only how it lay to rootdir; the
    merged folder then takes its place.
    """
    roots = {shard.root for shard in shards}
    if len(roots) == 1 and _in_place(shards):
        return roots.pop()
    seats = {os.path.relpath(shard.root, shard.folder.folder.resolve()) for shard in shards}
    if len(seats) == 1:
        return (out.resolve() / seats.pop()).resolve()
    if len(roots) == 1:
        return roots.pop()
    raise ResultsError(
        f"{', '.join(map(str, shards))}: expected folders that lay in one place, seen from "
        f"rootdir, got rootdir at {', '.join(sorted(seats))}; run the shards with one "
        "--imgsim-report"
    )


def _in_place(shards: Sequence[Shard]) -> bool:
    """Return whether a test file is where the shards have it, and so rootdir as well."""
    return any(
        (shard.root / record.test.partition("::")[0]).is_file()
        for shard in shards
        for record in shard.results.records[:1]
    )


def _environment(shards: Sequence[Shard]) -> dict[str, str]:
    """Return what the shards ran on, with all values of what they differ in."""
    seen: dict[str, dict[str, None]] = {}
    for shard in shards:
        for what, version in shard.results.environment.items():
            seen.setdefault(what, {})[version] = None
    return {what: ", ".join(versions) for what, versions in seen.items()}


def _judge(shards: Sequence[Shard], records: Sequence[Record], root: Path) -> Results:
    """Return the merged results, with orphans where the shards together can tell."""
    baselines = shards[0].results.baselines
    share, partial = _whole(shards)
    if share is None or partial:
        return Results(records, baselines, (), partial, share)
    if not (root / baselines).is_dir():
        partial = f"there is no folder {root / baselines}; merge in a checkout"
        return Results(records, baselines, (), partial, share)
    store = Store(root / baselines, share.template, scratch=root)
    orphans = find_orphans(store, root, records, unfinished=share.unfinished, scope=share.scope)
    return Results(records, baselines, orphans, "", share)


def _whole(shards: Sequence[Shard]) -> tuple[Share | None, str]:
    """Return what the shards know together, and why that is not enough, or ""."""
    shares = []
    for shard in shards:
        if shard.results.share is None:
            return None, f"{shard}: {shard.results.partial or 'written by an older version'}"
        shares.append(shard.results.share)
    ran = _union(share.ran for share in shares)
    left_out = tuple(sorted(set(_union(share.left_out for share in shares)) - set(ran)))
    whole = Share(
        shares[0].template,
        _union(share.scope for share in shares),
        ran,
        left_out,
        _union(share.unfinished for share in shares),
    )
    more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
    return whole, f"no shard ran {left_out[0]}{more}" if left_out else ""


def _union(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({text for part in parts for text in part}))

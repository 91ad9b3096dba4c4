"""The runs of one suite's shards: reading them, and what they only know together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import real
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import ResultsFolder


@dataclass(frozen=True)
class Shard:
    """The results of one shard.

    Parameters
    ----------
    folder : ResultsFolder
        Its results folder.
    results : Results
        What is in it.
    root : Path
        The rootdir that its paths are relative to, if the folder has not been moved.
    """

    folder: ResultsFolder
    results: Results
    root: Path

    def __str__(self) -> str:
        return str(self.folder.folder)


def read_shards(folders: Sequence[Path], out: Path, *, expect: int | None = None) -> list[Shard]:
    """Read the folders to merge.

    Parameters
    ----------
    folders : sequence of Path
        The results folders of the shards.
    out : Path
        Where the merged results will go.
    expect : int, optional
        How many shards there have to be.

    Raises
    ------
    ResultsError
        If a shard is missing, named twice, has no results, or overlaps with `out`, or if the
        shards ran with different settings.
    """
    _check_folders(folders, out)
    if expect is not None and len(folders) != expect:
        raise ResultsError(
            f"--expect {expect}: expected as many shards, got {len(folders)}: "
            f"{', '.join(map(str, folders))}; check which shard has left no results"
        )
    shards = [Shard(folder, *folder.read()) for folder in map(ResultsFolder, folders)]
    _check_settings(shards)
    return shards


def _check_folders(folders: Sequence[Path], out: Path) -> None:
    seen: dict[Path, Path] = {}
    for folder in folders:
        place, target = real(folder), real(out)
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


def common_root(shards: Sequence[Shard], out: Path) -> Path:
    """Return the rootdir that the shards name, as seen from here.

    A folder that was fetched from another machine knows only its own path relative to rootdir.
    The merged folder is then taken to have the same one.

    Parameters
    ----------
    shards : sequence of Shard
        The shards; one or more.
    out : Path
        The folder of the merged results.

    Raises
    ------
    ResultsError
        If the shards have different paths relative to rootdir.
    """
    roots = {shard.root for shard in shards}
    if len(roots) == 1 and _in_checkout(shards):
        return roots.pop()
    ways = {os.path.relpath(shard.root, real(shard.folder.folder)) for shard in shards}
    if len(ways) == 1:
        return real(real(out) / ways.pop())
    if len(roots) == 1:
        return roots.pop()
    raise ResultsError(
        f"{', '.join(map(str, shards))}: expected results folders at one place below rootdir, got "
        f"rootdir at {', '.join(sorted(ways))} from them; run the shards with one --imgsim-report"
    )


def _in_checkout(shards: Sequence[Shard]) -> bool:
    """Return whether a test file exists where a shard has it: its rootdir is then right."""
    return any(
        (shard.root / record.test.partition("::")[0]).is_file()
        for shard in shards
        for record in shard.results.records[:1]
    )


def common_environment(shards: Sequence[Shard]) -> dict[str, str]:
    """Return what the shards ran on: all values of each name, separated by commas."""
    seen: dict[str, dict[str, None]] = {}
    for shard in shards:
        for what, version in shard.results.environment.items():
            seen.setdefault(what, {})[version] = None
    return {what: ", ".join(versions) for what, versions in seen.items()}


def common_share(shards: Sequence[Shard]) -> tuple[Share | None, str]:
    """Return what the shards know together about unused baselines.

    Parameters
    ----------
    shards : sequence of Shard
        The shards; one or more.

    Returns
    -------
    share : Share or None
        The union of the shards' own; None where one of them has none.
    partial : str
        Why that is not enough to know which baselines are unused, or "".
    """
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


def model_notes(shards: Sequence[Shard]) -> list[str]:
    """Return a note if different models scored the shards."""
    seen: dict[str, Shard] = {}
    for shard in shards:
        for record in shard.results.records:
            if record.model is not None:
                seen.setdefault(record.model, shard)
    if len(seen) < 2:
        return []
    models = ", ".join(f"{model} in {shard}" for model, shard in seen.items())
    return [
        f"the shards were scored by {len(seen)} models, {models}: one threshold may not fit all"
    ]

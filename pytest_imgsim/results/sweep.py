"""Deletes pictures of earlier results, and nothing else, from a results folder.

Only pictures that results name are deleted. Links in the folder are not followed; it may be a link
itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import TEMP_PREFIX, TEMP_SUFFIX, delete
from pytest_imgsim.record import PICTURE_FIELDS, Record

PICTURE_SUFFIXES = tuple(f".{kind}.png" for kind in PICTURE_FIELDS)
#: Seconds after which an unfinished file is one of a run that was killed.
ABANDONED = 3600.0


def pictures_of(records: Iterable[Record]) -> set[str]:
    """Return the pictures that records name, as paths below the results folder."""
    return {path for record in records for path in record.pictures.values()}


def written_before(pictures: Iterable[str], file: Path) -> set[str]:
    """Return those pictures that are not younger than the results that name them.

    Two runs may use the folder at once. A younger picture belongs to one that has not ended yet.

    Parameters
    ----------
    pictures : iterable of str
        Paths below the folder of `file`.
    file : Path
        The file with the results.
    """
    written = _modified(file)
    return {path for path in pictures if _modified(file.parent / path) <= written}


def sweep(folder: Path, pictures: Iterable[str], now: float) -> None:
    """Remove pictures and abandoned files of ours, and the folders that become empty.

    Parameters
    ----------
    folder : Path
        The results folder.
    pictures : iterable of str
        Paths below it; what is no picture of ours is left alone.
    now : float
        The time by the clock of the folder's file system, in seconds.
    """
    paths = map(folder.joinpath, sorted(pictures))
    delete((path for path in paths if _is_picture(path, folder)), folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_unfinished(entry.name) and now - _modified(Path(entry.path)) > ABANDONED:
                Path(entry.path).unlink(missing_ok=True)


def link_to(path: Path, folder: Path) -> Path | None:
    """Return the folder on the way from a folder to a path that is a link, if there is one."""
    inner = path.relative_to(folder).parents
    return next((each for each in map(folder.joinpath, inner[:-1]) if System.islink(each)), None)


def is_unfinished(name: str) -> bool:
    """Return whether a file is one that is being written, or was when a run was killed."""
    return name.startswith(TEMP_PREFIX) and name.endswith(TEMP_SUFFIX)


def _is_picture(path: Path, folder: Path) -> bool:
    """Return whether a path from results.json is a picture in a folder, without links."""
    inside = path.is_relative_to(folder) and ".." not in path.parts[len(folder.parts) :]
    return (
        inside
        and path.name.endswith(PICTURE_SUFFIXES)
        and not link_to(path, folder)
        and not path.is_symlink()
        and path.is_file()
    )


def _modified(path: Path) -> float:
    """Return when a file was written, by the clock of its file system; 0 where there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

"""Whole files or none: atomic writes, and paths that stay inside their folder."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pytest_imgsim.errors import BaselineError

TEMP_PREFIX = ".imgsim-"
TEMP_SUFFIX = ".tmp"


def write_whole(
    path: Path, data: bytes, *, scratch: Path | None = None, durable: bool = True
) -> None:
    """Write `data` so that `path` is at every moment the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder is made.
    data : bytes
        Its new content.
    scratch : Path, optional
        Folder for the unfinished file, made where missing, so that a killed process leaves
        nothing beside `path`; used where it lies on the same file system.
    durable : bool
        Whether the file has to outlive a loss of power as well, for which the disk is waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
        try:
            _replace(path, data, scratch, durable)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
    _replace(path, data, path.parent, durable)


def _replace(path: Path, data: bytes, folder: Path, durable: bool) -> None:
    handle, temporary = tempfile.mkstemp(prefix=TEMP_PREFIX, suffix=TEMP_SUFFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        Path(temporary).chmod(_file_mode(path))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def _file_mode(path: Path) -> int:
    """Return the mode of the file that is replaced, or what the umask gives a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def delete(paths: Iterable[Path], folder: Path) -> None:
    """Delete files, and the folders below `folder` that this leaves empty."""
    for path in paths:
        path.unlink()
        for parent in path.parents:
            if parent == folder or not parent.is_relative_to(folder) or any(parent.iterdir()):
                break
            parent.rmdir()


def keep_latest(folder: Path, most: int) -> None:
    """Delete the files of a folder beyond `most`, those first that were last used longest ago.

    Other processes may use the folder, and delete files in it, at the same time.
    """
    paths = list(folder.iterdir())
    if len(paths) > most:
        used = {path: path.stat().st_mtime for path in paths if path.exists()}
        for path in sorted(used, key=lambda path: used[path])[:-most]:
            path.unlink(missing_ok=True)


def check_inside(path: Path, folder: Path) -> None:
    """Refuse a path that, its symbolic links followed, lies outside `folder`.

    Raises
    ------
    BaselineError
        If it does.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BaselineError(
            f"{path} leads out of {folder} (to {path.resolve()}): expected a file inside it; "
            "remove the symbolic link or move the folder"
        )


def relative(path: Path, root: Path) -> str:
    """Return `path` with slashes, from `root` on where it lies below it."""
    text, above = path.as_posix(), f"{root.as_posix()}/"
    if text.startswith(above):  # nearly always, and far quicker than to compare part by part
        return text.removeprefix(above)
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return text


def seen_from_here(path: Path) -> str:
    """Return `path` with slashes, as one would type it in the current folder."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive on Windows
        return path.as_posix()

"""Atomic writes, and files that are deleted."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pytest_imgsim.files.system import System

TEMP_PREFIX = ".imgsim-"
TEMP_SUFFIX = ".tmp"


def write_whole(
    path: Path, data: bytes, *, scratch: Path | None = None, durable: bool = True
) -> None:
    """Write `data` so that `path` is at every moment the old file or the new one.

    A file that is replaced keeps its mode; a new one gets the mode that the umask leaves. A
    symbolic link is replaced, and what it leads to stays as it is.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is missing.
    data : bytes
        The new content.
    scratch : Path, optional
        Folder for the unfinished file, made if it is missing, so that a killed process leaves
        nothing beside `path`. Not used if it cannot be: it is full, read-only, or on another file
        system than `path`.
    durable : bool
        Whether to wait for the disk, so that the file survives a power failure.

    Raises
    ------
    OSError
        If the file cannot be written; the old one is then still there.
    """
    System.makedirs(path.parent, exist_ok=True)
    if scratch is not None:
        with suppress(OSError):
            System.makedirs(scratch, exist_ok=True)
            _replace(path, data, scratch, durable)
            return
    _replace(path, data, path.parent, durable)


def _replace(path: Path, data: bytes, folder: Path, durable: bool) -> None:
    # Not tempfile's, whose files are private (0600): mode "x" lets the kernel apply the umask,
    # which a process can only read by changing it, for all of its threads.
    temporary = folder / f"{TEMP_PREFIX}{System.urandom(16).hex()}{TEMP_SUFFIX}"
    try:
        with System.open(temporary, "xb") as stream:
            _copy_mode(path, temporary)
            stream.write(data)
            if durable:
                stream.flush()
                System.fsync(stream.fileno())
        System.replace(temporary, path)
    except BaseException:
        remove(temporary)
        raise


def _copy_mode(path: Path, temporary: Path) -> None:
    """Give the new file the mode of the one that it replaces, before there is anything in it.

    A symbolic link has none; what it leads to, such as an object in a store, may be read-only.
    """
    with suppress(FileNotFoundError):
        mode = System.lstat(path).st_mode
        if not stat.S_ISLNK(mode):
            System.chmod(temporary, mode & 0o777)


def remove(path: Path) -> None:
    """Delete a file, if there is one."""
    with suppress(FileNotFoundError):
        System.unlink(path)


def delete(paths: Iterable[Path], folder: Path) -> None:
    """Delete files, and the folders below `folder` that become empty."""
    for path in paths:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # a folder that is not empty, or that somebody else deleted
            for parent in path.parents:
                if parent == folder or not parent.is_relative_to(folder):
                    break
                parent.rmdir()


def keep_latest(folder: Path, most: int) -> None:
    """Delete the least recently used files of a folder until `most` are left.

    Other processes may use the folder, and delete files in it, at the same time.
    """
    paths = list(folder.iterdir())
    if len(paths) > most:
        used = {path: path.stat().st_mtime for path in paths if path.exists()}
        for path in sorted(used, key=lambda path: used[path])[:-most]:
            path.unlink(missing_ok=True)

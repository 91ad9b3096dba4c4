"""Atomic writes, reads that cannot hang, and paths that stay inside their folder.

What a comparison reads and writes goes through `System`: a test may have files of its own in the
place of this machine's.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.system import System

TEMP_PREFIX = ".imgsim-"
TEMP_SUFFIX = ".tmp"
NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # Windows has none


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


def read_regular(path: Path, *, most: int | None = None) -> bytes:
    """Return the bytes of a regular file, or of one that a link leads to.

    A named pipe or a device is refused: reading it could take for ever.

    Parameters
    ----------
    path : Path
        The file.
    most : int, optional
        The largest number of bytes to read.

    Raises
    ------
    OSError
        If it cannot be read, or is not a regular file.
    ValueError
        If it has more than `most` bytes, or `path` cannot be a path.
    """
    with System.open(path, "rb", opener=_open_at_once) as stream:
        status = System.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if most is not None and status.st_size > most:
            raise ValueError(f"it has {status.st_size} bytes, more than {most}")
        return stream.read()


def _open_at_once(path: str, flags: int) -> int:
    # Otherwise opening a named pipe would wait for somebody to write into it.
    return System.descriptor(path, flags | NONBLOCK)


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


def real(path: Path) -> Path:
    """Return `path` as absolute, with the symbolic links in it followed as far as they lead.

    Unlike `Path.resolve`, which raises a RuntimeError of links that lead to each other.
    """
    return Path(System.realpath(path))


def check_inside(
    path: Path, folder: Path, *, hint: str = "remove the symbolic link or move the folder"
) -> None:
    """Refuse a path that is outside `folder` once symbolic links are followed.

    Parameters
    ----------
    path : Path
        The path.
    folder : Path
        The folder.
    hint : str
        The next step, for the message.

    Raises
    ------
    BaselineError
        If it is.
    """
    place = System.realpath(path)
    if not PurePath(place).is_relative_to(System.realpath(folder)):
        raise BaselineError(
            f"{path} leads out of {folder} (to {place}): expected a file inside it; {hint}"
        )


def relative(path: Path, root: Path) -> str:
    """Return `path` with slashes, relative to `root` if it is below it."""
    text, above = path.as_posix(), f"{root.as_posix()}/"
    if text.startswith(above):  # nearly always, and far faster than comparing part by part
        return text.removeprefix(above)
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return text


def seen_from_here(path: Path) -> str:
    """Return `path` with slashes, as one would type it in the current folder."""
    try:
        return PurePath(System.relpath(path)).as_posix()
    except (ValueError, OSError):  # another drive on Windows, or a current folder that is gone
        return path.as_posix()


def reason(error: OSError) -> str:
    """Return why the system refused, in its words, without the path of an unfinished file."""
    return error.strerror or str(error)

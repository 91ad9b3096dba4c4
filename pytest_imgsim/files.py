"""Atomic writes, and paths that stay inside their folder.

What a comparison reads and writes goes through `System`: a test may have files of its own in the
place of this machine's.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.system import System

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
        nothing beside `path`. Used only if it is on the same file system as `path`.
    durable : bool
        Whether to wait for the disk, so that the file survives a power failure.

    Raises
    ------
    OSError
        If the file cannot be written; the old one is then still there.
    """
    System.makedirs(path.parent, exist_ok=True)
    if scratch is not None:
        System.makedirs(scratch, exist_ok=True)
        try:
            _replace(path, data, scratch, durable)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
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
        path.unlink()
        for parent in path.parents:
            if parent == folder or not parent.is_relative_to(folder) or any(parent.iterdir()):
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


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file; a named pipe would keep the reader waiting.

    Raises
    ------
    OSError
        If the file cannot be read, or is not a regular one.
    """
    with System.open(path, "rb", opener=_without_waiting) as stream:
        if not stat.S_ISREG(System.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return stream.read()


def _without_waiting(path: str, flags: int) -> int:
    return System.descriptor(path, flags | System.NONBLOCK)


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
    except ValueError:  # another drive on Windows
        return path.as_posix()

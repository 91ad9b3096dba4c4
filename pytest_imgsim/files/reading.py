"""Reads that cannot hang."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from pytest_imgsim.files.system import System

NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # Windows has none


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

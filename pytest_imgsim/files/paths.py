"""Paths that stay inside their folder, and how they are shown."""

from __future__ import annotations

from pathlib import Path, PurePath

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.files.system import System


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

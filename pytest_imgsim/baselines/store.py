"""The folder of baselines: from names to paths and back, and bytes in and out.

Nothing is decoded here.
"""

from __future__ import annotations

import os
import platform
import re
import string
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pytest_imgsim.baselines.naming import VARIANT, encode_segment
from pytest_imgsim.errors import BaselineError, SettingsError
from pytest_imgsim.files.paths import check_inside
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import write_whole

SHARED_TEMPLATE = "{name}"
SUFFIX = ".png"
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".gif", ".tif", ".tiff")
PLACEHOLDERS = ("name", "platform", "machine", "browser", "python")
#: What a link that leads out of the folder of baselines needs.
LINK_HINT = (
    "to read baselines through links, as those of DVC, git-annex and Bazel, give "
    "--imgsim-follow-links=yes (ini imgsim_follow_links); nothing is written through them"
)
WRITE_HINT = (
    "nothing is written through a symbolic link; remove the symbolic link or move the folder"
)
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def is_path(baseline: str) -> bool:
    """Return whether a text given as a baseline is a path: it ends in a picture's suffix."""
    return baseline.lower().endswith(PICTURE_SUFFIXES)


@dataclass(frozen=True)
class Target:
    """The baseline of one check.

    Parameters
    ----------
    name : str
        Its name.
    path : Path
        The file to compare with.
    own : Path
        The file to write; differs from `path` if `path` is shared between platforms.
    claimed : bool
        Whether the baseline belongs to this check alone.
    """

    name: str
    path: Path
    own: Path
    claimed: bool


class Store:
    """The folder of baselines.

    Parameters
    ----------
    folder : Path
        The folder of all baselines; made when the first one is written.
    template : str
        The path of a baseline below it, with `PLACEHOLDERS` in braces.
    scratch : Path
        Folder for unfinished files.
    follow_links : bool
        Whether a baseline may be read through symbolic links that lead out of the folder.

    Raises
    ------
    SettingsError
        If the template has an unknown placeholder, lacks ``{name}``, or could leave the folder.
    """

    def __init__(
        self, folder: Path, template: str, *, scratch: Path, follow_links: bool = False
    ) -> None:
        _check_template(template)
        self.folder = folder
        self._template = template
        self._scratch = scratch
        self._follow_links = follow_links
        self._inside: set[str] = set()
        self._around = tuple(map(_pattern, template.split("{name}")))

    def own_path(self, name: str, browser: str) -> Path:
        """Return the path of this platform's and browser's baseline, whether or not it exists."""
        return self._path(self._template, name, browser)

    def find(self, name: str, browser: str) -> Target:
        """Return the baseline to compare with: this platform's, or else a shared one, if any."""
        own = self.own_path(name, browser)
        if self._template == SHARED_TEMPLATE:
            return Target(name, own, own, claimed=True)
        shared = self._path(SHARED_TEMPLATE, name, browser)
        path = shared if not System.lexists(own) and System.lexists(shared) else own
        return Target(name, path, own, claimed=True)

    def _path(self, template: str, name: str, browser: str) -> Path:
        parts = {**_environment(), "browser": encode_segment(browser or "any")}
        inner = template.format(name=name, **parts) + SUFFIX
        path = self.folder / inner
        if self._follow_links:
            return path
        # Resolving the links of every path would be most of the cost of an equal screenshot.
        folder = inner.rpartition("/")[0]
        if folder not in self._inside or System.islink(path):
            check_inside(path, self.folder, hint=LINK_HINT)
            check_inside(path.parent, self.folder, hint=LINK_HINT)
            self._inside.add(folder)
        return path

    def names_of(self, path: Path) -> set[str]:
        """Return the names that a file in the folder may be a baseline of.

        A variant has the names of its main file. With a template there may be several: the file
        may be the shared baseline of one name, or another platform's baseline of a shorter one.
        """
        stem = VARIANT.sub("", path.relative_to(self.folder).with_suffix("").as_posix())
        before, after = self._around
        starts = [i for i in range(len(stem)) if before.fullmatch(stem, 0, i)]
        stops = [i for i in range(1, len(stem) + 1) if after.fullmatch(stem, i)]
        return {stem, *(stem[i:j] for i in starts for j in stops if i < j)}

    def write(self, path: Path, data: bytes, *, inside: Path) -> None:
        """Write a baseline atomically; where it is a symbolic link, in place of the link.

        Parameters
        ----------
        path : Path
            The file.
        data : bytes
            Its new content.
        inside : Path
            The folder that it has to be in.

        Raises
        ------
        BaselineError
            If it would be written through a link, out of that folder.
        """
        entry = path.parent if self._follow_links else path
        check_inside(entry, inside, hint=WRITE_HINT)
        write_whole(path, data, scratch=self._scratch)

    def files(self) -> Iterator[Path]:
        """Yield all pictures in the folder, sorted, without hidden files and symbolic links."""
        yield from sorted(pictures(self.folder), key=lambda path: path.parts)


def read(path: Path) -> bytes | None:
    """Return a baseline's bytes, or None if there is no such file.

    Raises
    ------
    BaselineError
        If the file is a Git LFS pointer or a link to nothing, or cannot be read.
    """
    try:
        data = read_regular(path)
    except FileNotFoundError:
        if System.islink(path):
            raise BaselineError(
                f"baseline {path}: expected a picture, got a link to {System.readlink(path)}, "
                "where there is none; fetch the pictures, as with: dvc pull, or git annex get"
            ) from None
        return None
    except OSError as error:
        raise BaselineError(f"baseline {path}: cannot be read: {error.strerror}") from None
    if data.startswith(LFS_POINTER):
        raise BaselineError(
            f"baseline {path}: expected a picture, got a Git LFS pointer to one; fetch the "
            "pictures with: git lfs pull"
        )
    return data


def pictures(folder: Path | str) -> Iterator[Path]:
    """Yield the pictures below a folder, without hidden files and symbolic links.

    A folder that cannot be read has none.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from pictures(entry.path)
            elif is_path(entry.name) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


@cache
def _environment() -> Mapping[str, str]:
    return {
        "platform": platform.system().lower() or "unknown",
        "machine": platform.machine().lower() or "unknown",
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def _check_template(template: str) -> None:
    rule = f"template {template!r}: expected a relative path of {{{'}, {'.join(PLACEHOLDERS)}}}"
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise SettingsError(f"{rule}: {error}") from None
    fields = [field for _, field, _, _ in parts if field is not None]
    if any(specification or conversion for _, _, specification, conversion in parts):
        raise SettingsError(f"{rule}, without '!' and ':' in them")
    unknown = [field for field in fields if field not in PLACEHOLDERS]
    if unknown:
        raise SettingsError(f"{rule}, got {{{unknown[0]}}}")
    if fields.count("name") != 1:
        raise SettingsError(
            f"{rule} that has {{name}} once: without it, two tests would share a file"
        )
    if "~" in template:
        raise SettingsError(f"{rule}, without '~', which is for the numbers of variants")
    if "\\" in template or any(part in ("", ".", "..") for part in template.split("/")):
        raise SettingsError(f"{rule} that stays inside the folder of baselines")


def _pattern(part: str) -> re.Pattern[str]:
    """Return a pattern for what a part of a template, without the name, is on any platform."""
    pieces = []
    for literal, field, _, _ in string.Formatter().parse(part):
        pieces.append(re.escape(literal))
        if field is not None:
            pieces.append("[^/]+")
    return re.compile("".join(pieces))

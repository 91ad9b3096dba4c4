"""Several accepted pictures of one name: ``name.png``, with ``name~2.png`` and so on beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path, PurePath

from pytest_imgsim.baselines.naming import VARIANT
from pytest_imgsim.baselines.store import LINK_HINT, read
from pytest_imgsim.files.paths import check_inside
from pytest_imgsim.files.system import System
from pytest_imgsim.pictures.sources import Capture

#: The number of the main file, whose name has no number.
MAIN = 1


@dataclass(frozen=True)
class Stored:
    """One accepted picture.

    Parameters
    ----------
    number : int
        `MAIN`, or the number of the variant.
    path : Path
        The file.
    data : bytes
        Its content.
    """

    number: int
    path: Path
    data: bytes


class Accepted:
    """The accepted pictures of one name; variants are read once the main file does not match.

    Parameters
    ----------
    path : Path
        The main file; without it, variants do not count.
    folder : Path or None
        The folder that variants have to be in; None for a main file that cannot have variants.
    follow_links : bool
        Whether a variant may be a symbolic link out of `folder`.
    """

    def __init__(self, path: Path, folder: Path | None, *, follow_links: bool = False) -> None:
        self._path = path
        self._folder = folder
        self._follow_links = follow_links
        self._main = read(path)

    def __iter__(self) -> Iterator[Stored]:
        if self._main is None:
            return
        yield Stored(MAIN, self._path, self._main)
        yield from self._variants

    @cached_property
    def _variants(self) -> list[Stored]:
        if self._folder is None:
            return []
        return list(read_variants(self._path, self._folder, follow_links=self._follow_links))

    def number_of(self, raw: Capture) -> int | None:
        """Return the number of the picture that has the bytes of a capture, or None."""
        if not isinstance(raw, bytes):
            return None
        return next((stored.number for stored in self if stored.data == raw), None)


def read_variants(path: Path, folder: Path, *, follow_links: bool = False) -> Iterator[Stored]:
    """Yield the variants beside a main file, in the order of their numbers.

    Parameters
    ----------
    path : Path
        The main file.
    folder : Path
        The folder that variants have to be in.
    follow_links : bool
        Whether one may be a symbolic link out of `folder`.

    Raises
    ------
    BaselineError
        If one leads out of `folder`, or cannot be read.
    """
    numbers = {}
    # The quick test comes first: a folder may hold thousands of files and no variant.
    for name in System.listdir(path.parent):
        match = VARIANT.search(PurePath(name).stem) if name.startswith(f"{path.stem}~") else None
        if match and name == _variant(path, int(match[1])).name:
            numbers[int(match[1])] = path.with_name(name)
    for number, other in sorted(numbers.items()):
        if not follow_links:
            check_inside(other, folder, hint=LINK_HINT)
        data = read(other)
        if data is not None:
            yield Stored(number, other, data)


def free_path(path: Path) -> Path:
    """Return the path for a new variant beside a main file."""
    return next(p for p in (_variant(path, n) for n in count(MAIN + 1)) if not System.lexists(p))


def _variant(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}~{number}{path.suffix}")

"""Baselines that one attempt at a test has written, which the next attempt puts back.

Plugins run a test that failed again. Only its last attempt decides the outcome, and so the
baselines. Pictures are written at once all the same: a run that is killed has no end at which to
write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.baselines.store import Store, Target
from pytest_imgsim.errors import BaselineError
from pytest_imgsim.files.paths import relative
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import remove


@dataclass(frozen=True)
class _Replaced:
    """What was at a baseline's path before an attempt wrote there.

    Parameters
    ----------
    inside : Path
        The folder that the path has to be in.
    data : bytes or None
        The content of a file.
    link : str
        Where a symbolic link led to, or "".
    """

    inside: Path
    data: bytes | None = None
    link: str = ""

    @classmethod
    def at(cls, path: Path, inside: Path) -> _Replaced:
        """Return what is at a path."""
        if System.islink(path):
            return cls(inside, link=System.readlink(path))
        return cls(inside, read_regular(path) if System.exists(path) else None)


class Attempts:
    """What the current attempt at a test has replaced.

    Parameters
    ----------
    root : Path
        Pytest's rootdir, which paths in messages begin at.
    store : Store
        The baselines.
    """

    def __init__(self, root: Path, store: Store) -> None:
        self._root = root
        self._store = store
        self._test = ""
        self._replaced: dict[Path, _Replaced] = {}
        self._writers: dict[Path, TestId] = {}

    def begin(self, test: str) -> None:
        """Begin an attempt at a test; the same test again puts back what the last one replaced.

        Raises
        ------
        BaselineError
            If a file cannot be put back.
        """
        if test == self._test:
            for path in [*self._replaced]:
                self._put_back(path)
        self._test = test
        self._replaced.clear()

    def write(self, test: TestId, target: Target, data: bytes) -> None:
        """Write a baseline on behalf of a test.

        Parameters
        ----------
        test : TestId
            The test.
        target : Target
            The baseline.
        data : bytes
            The picture.

        Raises
        ------
        BaselineError
            If another test, or the same one when it was run before, has written another picture in
            this run, or if the file is outside its folder.
        OSError
            If it cannot be written.
        """
        path, inside = target.own, self._store.folder if target.claimed else self._root
        writer = self._writers.get(path, test)
        if writer.node != test.node and read_regular(path) != data:
            what, advice = "two tests", "give each a baseline of its own"
            if test.repeats(writer):
                what, advice = (
                    "a test that is repeated",
                    "update it without repeats once it is stable",
                )
            raise BaselineError(
                f"baseline {relative(path, self._root)} is updated by {what}, {writer.node} and "
                f"{test.node}, with different pictures: {advice}"
            )
        before = _Replaced.at(path, inside)
        self._store.write(path, data, inside=inside)
        self._writers.setdefault(path, test)
        if test.node == self._test:
            self._replaced.setdefault(path, before)

    def _put_back(self, path: Path) -> None:
        before = self._replaced[path]
        try:
            if before.data is not None:
                self._store.write(path, before.data, inside=before.inside)
            else:
                remove(path)
            if before.link:
                System.symlink(before.link, path)
        except OSError as error:
            raise BaselineError(
                f"baseline {relative(path, self._root)}: an earlier attempt at this test has "
                f"written it, and what was there before cannot be put back: {error.strerror}"
            ) from None
        del self._replaced[path], self._writers[path]

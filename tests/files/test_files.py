"""Atomic writes, and paths that stay inside their folder."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.files import writing
from pytest_imgsim.files.paths import check_inside, relative, seen_from_here
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.system import System
from pytest_imgsim.files.writing import keep_latest, write_whole

REWRITER = """
import sys
from itertools import cycle
from pathlib import Path
from pytest_imgsim.files.writing import write_whole

path, scratch = Path(sys.argv[1]), Path(sys.argv[2])
for letter in cycle(b"AB"):
    write_whole(path, bytes([letter]) * 2_000_000, scratch=scratch)
    print("x", flush=True)
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("scratch", [None, "scratch/deep"])
def test_writes_and_rewrites(tmp_path: Path, scratch: str | None) -> None:
    """Missing folders are made, a second write replaces the first, and nothing else is left."""
    path = tmp_path / "a/b/c.png"
    for data in (b"one", b"", b"three"):
        write_whole(path, data, scratch=tmp_path / scratch if scratch else None)
        assert path.read_bytes() == data
    assert names(path.parent) == {"c.png"}
    assert scratch is None or names(tmp_path / scratch) == set()


@pytest.mark.parametrize("scratch", [False, True])
def test_failed_write_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scratch: bool
) -> None:
    """A full disk leaves the old file, and no part of the new one."""
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(System, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new", scratch=tmp_path / "scratch" if scratch else None)
    assert len(calls) == 1 + scratch  # the second time beside the target, whose disk may have room
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.png"]


def test_a_scratch_folder_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or read-only disk for unfinished files does not keep a file off its own disk."""
    (tmp_path / "file").write_bytes(b"")
    write_whole(tmp_path / "a.png", b"one", scratch=tmp_path / "file")
    write_whole(tmp_path / "a.png", b"two", scratch=tmp_path / "file/deep")
    sync = os.fsync

    def full(handle: int) -> None:
        if os.listdir(tmp_path / "scratch"):
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    write_whole(tmp_path / "a.png", b"three", scratch=tmp_path / "scratch")
    assert (tmp_path / "a.png").read_bytes() == b"three"
    assert names(tmp_path) == {"file", "a.png", "scratch"}
    assert names(tmp_path / "scratch") == set()


def test_unfinished_file_lies_in_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the data is being written, nothing lies beside the target."""
    seen: list[tuple[set[str], set[str]]] = []
    folder, scratch = tmp_path / "baselines", tmp_path / "scratch"
    monkeypatch.setattr(System, "fsync", lambda _: seen.append((names(folder), names(scratch))))
    write_whole(folder / "a.png", b"data", scratch=scratch)
    [(beside, unfinished)] = seen
    assert beside == set()
    assert len(unfinished) == 1
    assert unfinished.pop().startswith(writing.TEMP_PREFIX)


def test_scratch_on_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scratch folder on another file system is not used, and the file is whole all the same."""
    scratch, replace = tmp_path / "scratch", System.replace

    def refusing(source: Path, target: Path) -> None:
        if scratch in source.parents:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    monkeypatch.setattr(System, "replace", refusing)
    write_whole(tmp_path / "out/a.png", b"data", scratch=scratch)
    assert (tmp_path / "out/a.png").read_bytes() == b"data"
    assert names(tmp_path / "out") == {"a.png"}
    assert names(scratch) == set()


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o664])
def test_keeps_the_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    """A file that is replaced keeps its mode, and the unfinished file is no more readable."""
    path, scratch = tmp_path / "a.png", tmp_path / "scratch"
    path.write_bytes(b"old")
    path.chmod(mode)
    unfinished: list[int] = []
    monkeypatch.setattr(
        System,
        "fsync",
        lambda _: unfinished.extend(each.stat().st_mode for each in scratch.iterdir()),
    )
    write_whole(path, b"new", scratch=scratch)
    assert path.read_bytes() == b"new"
    assert [path.stat().st_mode & 0o777, unfinished[0] & 0o777] == [mode, mode]


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_file_follows_the_umask(tmp_path: Path, mask: int, expected: int) -> None:
    """A new file gets the mode that the umask leaves, and the umask stays as it was."""
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "a.png", b"new")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == expected


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed at any moment, the file has one of the two contents, and nothing lies beside it."""
    path, scratch = tmp_path / "out/a.bin", tmp_path / "scratch"
    moments = random.Random(3)
    whole = {b"A" * 2_000_000, b"B" * 2_000_000}
    for _ in range(6):
        command: Any = [sys.executable, "-c", REWRITER, str(path), str(scratch)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"x\n"
            time.sleep(moments.uniform(0, 0.05))
            process.kill()
        assert path.read_bytes() in whole
        assert names(path.parent) == {"a.bin"}
        assert all(name.startswith(writing.TEMP_PREFIX) for name in names(scratch))


def test_inside(tmp_path: Path) -> None:
    """A path below the folder is accepted, whether it exists or not."""
    check_inside(tmp_path / "a/b.png", tmp_path)
    check_inside(tmp_path / "a/../b.png", tmp_path)


@pytest.mark.parametrize("path", ["../b.png", "a/../../b.png", "/etc/passwd"])
def test_refuses_what_climbs_out(tmp_path: Path, path: str) -> None:
    """A path that ends up elsewhere is refused."""
    with pytest.raises(BaselineError, match="leads out of .*expected a file inside it"):
        check_inside(tmp_path / "in" / path, tmp_path / "in")


def test_refuses_a_sibling_with_the_same_beginning(tmp_path: Path) -> None:
    """``baselines-old`` is not inside ``baselines``."""
    with pytest.raises(BaselineError, match="leads out of"):
        check_inside(tmp_path / "baselines-old/a.png", tmp_path / "baselines")


def test_refuses_links_that_lead_out(tmp_path: Path) -> None:
    """A linked file or folder counts as what it points to."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "file.png").symlink_to(tmp_path / "other.png")
    (folder / "deep").symlink_to(tmp_path)
    for path in (folder / "file.png", folder / "deep/x.png"):
        with pytest.raises(BaselineError, match="remove the symbolic link or move the folder"):
            check_inside(path, folder)


def test_allows_links_that_stay_inside(tmp_path: Path) -> None:
    """A folder may itself be a link, and hold links to what is inside it."""
    real = tmp_path / "real"
    (real / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)
    (real / "again").symlink_to(real / "sub")
    check_inside(tmp_path / "link/again/a.png", tmp_path / "link")


def test_relative(tmp_path: Path) -> None:
    """Paths below the root are shown relative to it, others in full."""
    assert relative(tmp_path / "a/b.png", tmp_path) == "a/b.png"
    assert relative(tmp_path / "b.png", tmp_path / "a") == (tmp_path / "b.png").as_posix()
    assert relative(tmp_path / "ab.png", tmp_path / "a") == (tmp_path / "ab.png").as_posix()
    assert relative(tmp_path, tmp_path) == "."
    assert relative(Path("a/b.png"), Path()) == "a/b.png"
    assert relative(Path("/a/b.png"), Path("/")) == "a/b.png"


def test_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is shown as one would type it in the current folder."""
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert seen_from_here(tmp_path / "deep/out") == "out"
    assert seen_from_here(tmp_path / "out/x") == "../out/x"


def test_keep_latest(tmp_path: Path) -> None:
    """The most recently used files stay."""
    for number in (3, 1, 4, 2):
        path = tmp_path / str(number)
        path.write_bytes(b"")
        os.utime(path, (number, number))
    keep_latest(tmp_path, 4)
    assert len(list(tmp_path.iterdir())) == 4
    keep_latest(tmp_path, 2)
    assert {path.name for path in tmp_path.iterdir()} == {"3", "4"}


def test_reads_what_is_a_file(tmp_path: Path) -> None:
    """A file is read, through a link too; anything else is an error at once."""
    path = tmp_path / "a"
    path.write_bytes(b"data")
    (tmp_path / "link").symlink_to(path)
    assert read_regular(path) == read_regular(tmp_path / "link", most=4) == b"data"
    with pytest.raises(ValueError, match="it has 4 bytes, more than 3"):
        read_regular(path, most=3)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none")
    with pytest.raises(OSError, match="directory"):
        read_regular(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    """A named pipe and a device are no regular files."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="not a regular file"):
            read_regular(path)

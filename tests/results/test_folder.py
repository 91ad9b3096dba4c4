"""The results folder: what is written is read again, and files of earlier runs go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes import Bench, a_record
from kept import NEW, folder_of, kept, write

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.results.content import Results


def test_sweep(bench: Bench) -> None:
    """Pictures that only the last results or a void attempt name go; all else stays."""
    folder = folder_of(bench)
    kinds = ("actual", "baseline", "diff", "filled", "heat", "mask")
    old = {kind: folder.keep("t/old/a", kind, NEW) for kind in kinds}
    write(bench, Results([a_record(name="t/old/a").with_pictures(old)]))
    foreign = ["notes.txt", "t/shot.png", "deep/er/x.json", "t/old/a.other.png", "t/b.actual.png"]
    for name in foreign:
        (folder.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.folder / name).write_bytes(b"")
    record = kept(bench)
    void = record.with_pictures({"diff": folder.keep(record.name, "diff", NEW)})
    folder.write(Results([record]), root=bench.root, version="0", attempts=[void, record])
    assert not [name for name in old.values() if (folder.folder / name).exists()]
    left = {path.relative_to(folder.folder).as_posix() for path in folder.folder.rglob("*.*")}
    assert left == {*foreign, str(record.actual), "results.json", ".gitignore", ".pytest-imgsim"}
    assert not list(folder.folder.glob("t/old/a.diff*"))


def test_sweep_beside_another_run(bench: Bench) -> None:
    """What another run has kept since the last results is its own, though they name it too."""
    record = kept(bench)
    folder = write(bench, Results([record])).folder
    os.utime(folder / "results.json", (2, 2))
    os.utime(folder / str(record.actual), (3, 3))
    other = kept(bench, "tests/test_shop/test_other")
    write(bench, Results([a_record()]))
    assert (folder / str(record.actual)).is_file()
    assert (folder / str(other.actual)).is_file()


def test_sweep_of_unfinished_files(bench: Bench) -> None:
    """What a killed run left goes; what may be another run's, which still writes it, stays."""
    folder = write(bench, Results([a_record()])).folder
    old, new = folder / ".imgsim-1.tmp", folder / ".imgsim-2.tmp"
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    write(bench, Results([a_record()]))
    assert (old.exists(), new.exists()) == (False, True)


def test_sweep_stays_inside(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Results that name files elsewhere, other files, or what a link leads to, delete nothing."""
    other = tmp_path_factory.mktemp("other")
    folder = folder_of(bench)
    kept(bench)
    victims = [other / "x.actual.png", bench.root / "x.actual.png", folder.folder / "id_rsa"]
    for path in victims:
        path.write_bytes(b"mine")
    (folder.folder / "link").symlink_to(other)
    (folder.folder / "y.actual.png").symlink_to(other / "x.actual.png")
    named = [
        str(victims[0]),
        "../x.actual.png",
        "id_rsa",
        "link/x.actual.png",
        "y.actual.png",
        "t/../../x.actual.png",
    ]
    write(bench, Results([a_record(name=name, actual=name) for name in named]))
    write(bench, Results([a_record()]))
    assert [path.read_bytes() for path in victims] == [b"mine"] * 3


def test_links_are_not_written_through(bench: Bench, tmp_path: Path) -> None:
    """A picture behind a link is not kept; one in the place of a link replaces the link."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.png").write_bytes(b"mine")
    folder = folder_of(bench)
    folder.folder.mkdir()
    (folder.folder / "deep").symlink_to(other)
    (folder.folder / "y.actual.png").symlink_to(other / "x.png")
    paths, note = folder.keep_all("deep/er/x", {"actual": NEW})
    assert (paths, note[:30]) == ({}, "pictures could not be kept (ac")
    assert "the link" in note
    folder.keep("y", "actual", NEW)
    assert {path.name: path.read_bytes() for path in other.iterdir()} == {"x.png": b"mine"}
    assert not (folder.folder / "y.actual.png").is_symlink()


@pytest.mark.parametrize("name", ["guide.md", "login.diff.png", "results.json", "report.html"])
def test_a_folder_of_somebody_else(bench: Bench, name: str) -> None:
    """Files that are not ours, whatever they are called, make a folder none for results."""
    folder = folder_of(bench)
    folder.folder.mkdir()
    (folder.folder / name).write_bytes(b"{}")
    with pytest.raises(ResultsError, match=f"--report: .*holds '{name}' and no results; name"):
        folder.check_ours("--report")


def test_folders_of_ours(bench: Bench) -> None:
    """No folder, an empty one, one that git keeps, and one with results or the mark will do."""
    folder = folder_of(bench)
    folder.check_ours("--report")
    folder.folder.mkdir()
    folder.check_ours("--report")
    for name in (".gitignore", ".gitkeep", ".imgsim-1.tmp"):
        (folder.folder / name).write_bytes(b"")
    folder.check_ours("--report")
    write(bench, Results([a_record()]))
    (folder.folder / "notes.txt").write_bytes(b"")
    folder.check_ours("--report")
    (folder.folder / ".pytest-imgsim").unlink()  # as in an artifact without hidden files
    folder.check_ours("--report")
    (folder.folder / "results.json").unlink()
    with pytest.raises(ResultsError, match="notes.txt"):
        folder.check_ours("--report")


def test_sweep_leaves_foreign_folders(bench: Bench) -> None:
    """An empty folder that is not ours stays."""
    empty = bench.root / "imgsim-results/videos/today"
    empty.mkdir(parents=True)
    write(bench, Results([a_record()]))
    assert empty.is_dir()


def test_results_ignore_themselves(bench: Bench) -> None:
    """Git does not see the folder; a .gitignore that is there already stays."""
    kept(bench)
    ignore = bench.root / "imgsim-results/.gitignore"
    assert ignore.read_bytes() == b"*\n"
    ignore.write_bytes(b"mine")
    write(bench, Results([a_record()]))
    assert ignore.read_bytes() == b"mine"

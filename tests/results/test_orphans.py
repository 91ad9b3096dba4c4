"""Baselines that no test uses any more: found after a run, and deleted on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, a_record, noise, png

from pytest_imgsim.baselines.store import Store
from pytest_imgsim.errors import BaselineError, ResultsError
from pytest_imgsim.files.writing import delete
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results
from pytest_imgsim.results.orphans import find_orphans, orphans_to_delete

NEW = png(noise(8, 8))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with one baseline."""
    made = Bench(tmp_path)
    made.store(NEW)
    return made


def a_store(root: Path, *names: str, template: str = "{name}") -> Store:
    """Return a store with baselines of `names`."""
    for name in names:
        path = root / f"baselines/{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return Store(root / "baselines", template, scratch=root / "scratch")


def used(name: str, path: str = "", **more: Any) -> Record:
    """Return the record of a check that used a baseline."""
    return a_record(name=name, baseline=path or f"baselines/{name}.png", **more)


def orphans(store: Store, *records: Record, **more: Any) -> list[str]:
    """Return the names of the orphans."""
    found = find_orphans(store, store.folder.parent, records, **more)
    return [path.removeprefix("baselines/").removesuffix(".png") for path in found]


def test_unused_baselines(tmp_path: Path) -> None:
    """A baseline that no record names is an orphan; they are sorted."""
    store = a_store(tmp_path, "t/b", "t/a", "t/a/2", "u/c")
    assert orphans(store, used("t/a")) == ["t/a/2", "t/b", "u/c"]
    assert orphans(store) == ["t/a/2", "t/a", "t/b", "u/c"]


def test_paths_are_those_of_records(tmp_path: Path) -> None:
    """An orphan is named by its whole path, as in a record."""
    store = a_store(tmp_path, "t/a")
    assert find_orphans(store, tmp_path, []) == ["baselines/t/a.png"]
    assert find_orphans(store, tmp_path / "else", []) == [
        f"{tmp_path.as_posix()}/baselines/t/a.png"
    ]


def test_a_file_used_by_path_is_no_orphan(tmp_path: Path) -> None:
    """A baseline given by its path is used, whatever the name of the check."""
    store = a_store(tmp_path, "shared/logo", "t/a")
    assert orphans(store, used("t/a", "baselines/shared/logo.png", claimed=False)) == ["t/a"]


@pytest.mark.parametrize(
    ("template", "other"),
    [
        ("{platform}/{name}", "windows/t/a"),
        ("{name}-{platform}", "t/a-windows"),
        ("{name}-{browser}", "t/a-chrome-headless-shell"),
        ("{browser}/{name}", "t/a"),
    ],
)
def test_other_platforms_of_a_living_name_are_spared(
    tmp_path: Path, template: str, other: str
) -> None:
    """Other platforms may need their own baselines, or the shared one, of a name that is used."""
    store = a_store(tmp_path, other, "t/old", template=template)
    found = orphans(store, used("t/a", "baselines/own/t/a.png"))
    assert other not in found
    assert "t/old" in found


def test_other_platforms_of_a_dead_name_are_orphans(tmp_path: Path) -> None:
    """Once a name is unused, the baselines of all platforms are orphans."""
    store = a_store(tmp_path, "windows/t/old", "t/old", template="{platform}/{name}")
    assert orphans(store, used("t/a")) == ["t/old", "windows/t/old"]


def test_variants_belong_to_their_name(tmp_path: Path) -> None:
    """A variant is used as long as its name is, also where the main file is gone."""
    store = a_store(tmp_path, "t/a", "t/a~3", "t/b~2", "t/old", "t/old~2")
    assert orphans(store, used("t/a"), used("t/b")) == ["t/old", "t/old~2"]


def test_unfinished_tests_are_spared(tmp_path: Path) -> None:
    """A test that was skipped or failed may not have reached all its baselines."""
    store = a_store(tmp_path, "t/a", "t/a/2", "t/a/form/x", "t/ab", "t/a[1]")
    assert orphans(store, unfinished=["t/a"]) == ["t/a[1]", "t/ab"]


def test_variants_of_unfinished_tests_are_spared(tmp_path: Path) -> None:
    """What holds for a baseline holds for its variants."""
    store = a_store(tmp_path, "windows/t/a/2", "windows/t/b", template="{platform}/{name}")
    assert orphans(store, unfinished=["t/a"]) == ["windows/t/b"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (["t/"], ["t/a", "t/sub/a"]),
        (["t/sub/"], ["t/sub/a"]),
        (["t/sub/", "u/"], ["t/sub/a", "u/a"]),
        (["nothing/"], []),
        ([], []),
        (["", "t/"], ["t/a", "t/sub/a", "tt/a", "u/a"]),
    ],
)
def test_scope(tmp_path: Path, scope: list[str], expected: list[str]) -> None:
    """Only baselines of tests that the run could have collected are judged."""
    store = a_store(tmp_path, "t/a", "t/sub/a", "tt/a", "u/a")
    assert orphans(store, scope=scope) == expected


def test_no_folder(tmp_path: Path) -> None:
    """Without baselines there are no orphans."""
    assert orphans(a_store(tmp_path), used("t/a")) == []


def test_trim_deletes_what_is_listed(bench: Bench) -> None:
    """Listed files go, with the folders that this empties; neighbours stay."""
    lone = bench.store(NEW).with_name("lone") / "deep/x.png"
    lone.parent.mkdir(parents=True)
    lone.write_bytes(NEW)
    listed = ["baselines/tests/test_shop/lone/deep/x.png", "baselines/gone.png"]
    found = orphans_to_delete(Results([], "baselines", listed), bench.root)
    assert found == [lone]
    delete(found, bench.root / "baselines")
    assert bench.files() == {"baselines/tests/test_shop/test_cart.png"}
    assert not lone.parent.parent.exists()


def test_trim_keeps_the_folder_of_baselines(bench: Bench) -> None:
    """The folder itself stays when its last file goes."""
    delete([bench.baseline], bench.root / "baselines")
    assert list((bench.root / "baselines").iterdir()) == []


def test_trim_after_a_partial_run(bench: Bench) -> None:
    """A run that left out tests cannot know what is unused."""
    with pytest.raises(ResultsError, match=r"partial \(-k was given\).*run the whole suite"):
        orphans_to_delete(Results([], "baselines", ["baselines/a.png"], "-k was given"), bench.root)


@pytest.mark.parametrize("path", ["notes.txt", "../x.png", "baselines/../x.png", "/etc/passwd"])
def test_trim_stays_in_the_folder(bench: Bench, path: str) -> None:
    """Results that name a file elsewhere delete nothing."""
    with pytest.raises(BaselineError, match="leads out of"):
        orphans_to_delete(Results([], "baselines", [path]), bench.root)

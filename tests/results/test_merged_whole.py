"""What the shards only know together: unused baselines, and rootdir."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shards import a_shard, baselines, merged, passed

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import ResultsFolder


def test_orphans_of_the_whole(tmp_path: Path) -> None:
    """A baseline is unused if no shard used it, which no shard knows alone."""
    baselines(tmp_path, "t/a", "t/b", "t/old", "t/skipped/form")
    ran = [Share(ran=("t.py::a", "t.py::s"), left_out=("t.py::b",), unfinished=("t/skipped",))]
    ran += [Share(ran=("t.py::b",), left_out=("t.py::a", "t.py::s"))]
    shards = [
        a_shard(tmp_path, f"{n}", passed(f"t/{'ab'[n]}"), share=share, partial="deselected")
        for n, share in enumerate(ran)
    ]
    results = merged(tmp_path, *shards)
    assert (results.partial, results.orphans) == ("", ["baselines/t/old.png"])
    assert results.share == Share(ran=("t.py::a", "t.py::b", "t.py::s"), unfinished=("t/skipped",))


def test_scopes_add_up(tmp_path: Path) -> None:
    """Shards by folders judge what lies in any of theirs."""
    baselines(tmp_path, "a/x", "b/x", "c/x")
    shards = [a_shard(tmp_path, f"s{n}", share=Share(scope=(f"{n}/",))) for n in "ab"]
    assert merged(tmp_path, *shards).orphans == ["baselines/a/x.png", "baselines/b/x.png"]


def test_merged_results_can_be_merged(tmp_path: Path) -> None:
    """Two steps come to the same as one."""
    baselines(tmp_path, "a/x", "b/x", "c/x")
    names = "abc"
    left = [tuple(f"t.py::{other}" for other in names if other != name) for name in names]
    shards = [
        a_shard(
            tmp_path,
            f"s{name}",
            passed(f"{name}/x"),
            share=Share(ran=(f"t.py::{name}",), left_out=left_out),
        )
        for name, left_out in zip(names, left, strict=True)
    ]
    first = merged(tmp_path, *shards[:2], out="half")
    assert first.partial == "no shard ran t.py::c"
    assert merged(tmp_path, tmp_path / "half", shards[2]) == merged(tmp_path, *shards, out="one")


@pytest.mark.parametrize(
    ("share", "partial", "expected"),
    [
        (None, "the run was stopped", "{shard}: the run was stopped"),
        (None, "", "{shard}: written by an older version"),
        (Share(left_out=("t.py::x",)), "", "no shard ran t.py::x"),
        (Share(left_out=("t.py::x", "t.py::y", "t.py::z")), "", "no shard ran t.py::x and 2 more"),
    ],
)
def test_no_orphans_where_the_shards_know_too_little(
    tmp_path: Path, share: Share | None, partial: str, expected: str
) -> None:
    """A shard that broke off, or a test that no shard ran, leaves every baseline alone."""
    baselines(tmp_path, "t/old")
    shards = [a_shard(tmp_path, "1"), a_shard(tmp_path, "2", share=share, partial=partial)]
    results = merged(tmp_path, *shards)
    assert results.partial == expected.format(shard=shards[1])
    assert results.orphans == []


def test_no_orphans_without_a_checkout(tmp_path: Path) -> None:
    """Without the folder of baselines nothing is known about them."""
    results = merged(tmp_path, a_shard(tmp_path, "1/r", passed("t/a")))
    assert results.partial == f"there is no folder {tmp_path / 'baselines'}; merge in a checkout"


@pytest.mark.parametrize(
    ("places", "roots", "out", "expected"),
    [
        (["r1", "r2"], [".", "."], "imgsim-results", "."),
        (["out/1", "out/2"], [".", "."], "imgsim-results", "."),
        (["out/1", "out/2"], [".", "."], "merged", "."),
        (["x/1", "x/2"], ["x", "x"], "imgsim-results", "."),
        (["x/1", "y/2"], ["x", "y"], "imgsim-results", "."),
        (["x/1/a", "y/2/a"], ["x", "y"], "out/visual", "."),
        (["x/1/a", "x/2"], ["x", "x"], "out", "x"),
    ],
)
def test_rootdir(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    places: list[str],
    roots: list[str],
    out: str,
    expected: str,
) -> None:
    """Rootdir is that of the shards where they lie in place, else seen from the merged folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_a.py").touch()
    for n, (place, root) in enumerate(zip(places, roots, strict=True)):
        results = Results([passed(f"t/{n}", test="test_a.py::test_a")])
        ResultsFolder(tmp_path / place).write(results, root=tmp_path / root, version="0")
    merged(tmp_path, *(tmp_path / place for place in places), out=out)
    assert ResultsFolder(tmp_path / out).read()[1] == (tmp_path / expected).resolve()


def test_rootdir_in_two_places(tmp_path: Path) -> None:
    """Shards with different paths from rootdir cannot become one result."""
    for place, root in (("x/1", "x"), ("y/2/a", "y")):
        ResultsFolder(tmp_path / place).write(Results(), root=tmp_path / root, version="0")
    with pytest.raises(
        ResultsError, match=r"got rootdir at \.\., \.\./\.\. from them; run the shards"
    ):
        merged(tmp_path, tmp_path / "x/1", tmp_path / "y/2/a")


def test_share_round_trip(tmp_path: Path) -> None:
    """What a shard contributes is read as it was written, and may be absent."""
    share = Share("{platform}/{name}", ("a/", "b/"), ("t::1",), ("t::2",), ("t/3",))
    for value in (share, replace(share, ran=()), None):
        folder = ResultsFolder(tmp_path)
        folder.write(Results(share=value), root=tmp_path, version="0")
        assert folder.read()[0].share == value

"""Shards into one results folder: records, pictures, collisions and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import a_record
from shards import SEEN, a_shard, baselines, files, merged, passed

from pytest_imgsim.errors import BaselineError, ResultsError
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Verdict
from pytest_imgsim.results.accept import apply, candidates, plan
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.shards import model_notes, read_shards


def test_records_and_pictures_of_all_shards(tmp_path: Path) -> None:
    """The merged folder has every record, each with its own picture, in the shards' order."""
    shards = [
        a_shard(tmp_path, "1/r", passed("t/b/2"), failed={"t/b": SEEN[0]}),
        a_shard(tmp_path, "2/r", passed("t/a/2"), failed={"t/a": SEEN[1]}),
    ]
    results = merged(tmp_path, *shards)
    assert [record.name for record in results.records] == ["t/b", "t/b/2", "t/a", "t/a/2"]
    out = tmp_path / "imgsim-results"
    kept = [(out / path).read_bytes() for r in results.records for path in r.pictures.values()]
    assert kept == list(SEEN)
    assert (out / ".gitignore").read_bytes() == b"*\n"


def test_accept_of_the_merged_folder(tmp_path: Path) -> None:
    """Accepting works as after one run, though the shards came from other machines."""
    baselines(tmp_path, "t/a")
    fetched = [
        a_shard(tmp_path, f"fetched/{name}/r", failed={f"t/{name}": data})
        for name, data in zip("ab", SEEN, strict=True)
    ]
    merged(tmp_path, *fetched)
    folder = ResultsFolder(tmp_path / "imgsim-results")
    results, root = folder.read()
    assert root == tmp_path.resolve()
    apply(plan(folder, candidates(results.records), root, root / results.baselines), folder)
    written = [(tmp_path / f"baselines/t/{name}.png").read_bytes() for name in "ab"]
    assert written == list(SEEN)


def test_equal_records_collapse(tmp_path: Path) -> None:
    """A test that two shards ran to the same end counts once."""
    shards = [
        a_shard(
            tmp_path,
            f"{n}/r",
            passed("t/a", model="m", model_seconds=n, flaky="x" * n),
            passed(f"t/{n}"),
        )
        for n in range(2)
    ]
    assert [r.name for r in merged(tmp_path, *shards).records] == ["t/a", "t/0", "t/1"]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("t/a", {"verdict": Verdict.PASSED, "score": 0.95}),
        ("t/a", {"test": "other.py::test_x"}),
        ("t/A", {}),
        ("t/a", {"threshold": 0.5}),
        ("t/a", {"actual_sha256": sha256(b"other")}),
    ],
)
def test_a_collision_is_an_error(tmp_path: Path, name: str, changes: dict[str, Any]) -> None:
    """A name with two outcomes is an error that names both shards and tests; nothing is written."""
    shards = [a_shard(tmp_path, "1/r", passed("t/a")), a_shard(tmp_path, "2/r", passed("t/b"))]
    shards.append(a_shard(tmp_path, "3/r", passed(name, **changes)))
    second = passed(name, **changes).test
    message = f"claimed twice, by t.py::t/a in {shards[0]} and by {second} in {shards[2]}, with"
    with pytest.raises(ResultsError, match=message):
        merged(tmp_path, *shards)
    assert not (tmp_path / "imgsim-results").exists()


def test_errors_before_a_name_do_not_collide(tmp_path: Path) -> None:
    """Two tests that broke before they had a baseline are two records."""
    broken = [
        a_record(test=f"t.py::{n}", name="form", verdict=Verdict.ERROR, baseline="")
        for n in range(2)
    ]
    shards = [a_shard(tmp_path, f"{n}/r", record) for n, record in enumerate(broken)]
    assert merged(tmp_path, *shards).records == broken


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baselines": "shots"}, "got the folder of baselines 'baselines' in one and 'shots'"),
        ({"share": Share("{platform}/{name}")}, "got the template '{name}' in one and '{platf"),
    ],
)
def test_other_settings_are_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """Shards whose baselines lie in different places are not parts of one suite."""
    shards = [a_shard(tmp_path, "1/r"), a_shard(tmp_path, "2/r", **change)]
    with pytest.raises(ResultsError, match=rf"{shards[0]} and {shards[1]}: expected .*{message}"):
        merged(tmp_path, *shards)


def test_another_schema_is_an_error(tmp_path: Path) -> None:
    """A shard of another schema is named."""
    shards = [a_shard(tmp_path, "1/r"), a_shard(tmp_path, "2/r")]
    path = shards[1] / "results.json"
    path.write_text(path.read_text().replace('"schema": 2', '"schema": 3'))
    with pytest.raises(ResultsError, match=f"{path}: expected schema 1 or 2, got 3"):
        merged(tmp_path, *shards)


def test_several_models(tmp_path: Path) -> None:
    """Scores of two models are merged, with a note on which shard has which."""
    folders = [
        a_shard(tmp_path, f"{n}/r", passed(f"t/{n}", model=model))
        for n, model in enumerate(["m1", "m1", "m2", None])
    ]
    shards = read_shards(folders, tmp_path / "out")
    models = f"2 models, m1 in {folders[0]}, m2 in {folders[2]}: one threshold may not fit all"
    assert model_notes(shards) == [f"the shards were scored by {models}"]
    assert model_notes([shards[0], shards[1], shards[3]]) == []


@pytest.mark.parametrize("out", ["shards", "shards/1", "shards/1/deep", "."])
def test_out_is_apart_from_the_shards(tmp_path: Path, out: str) -> None:
    """A folder that holds a shard, or lies in one, is refused: it is swept clean."""
    shards = [a_shard(tmp_path, f"shards/{n}") for n in range(3)]
    with pytest.raises(ResultsError, match=r"expected a folder apart.*another one with --report"):
        merged(tmp_path, *shards, out=out)


def test_a_shard_named_twice(tmp_path: Path) -> None:
    """One folder under two names is not two shards."""
    shard = a_shard(tmp_path, "1")
    (tmp_path / "link").symlink_to(shard)
    with pytest.raises(ResultsError, match=r"expected each shard once"):
        merged(tmp_path, shard, tmp_path / "link")


@pytest.mark.parametrize(("count", "expect"), [(1, 2), (3, 2)])
def test_expect(tmp_path: Path, count: int, expect: int) -> None:
    """Another number of shards than expected is an error."""
    shards = [a_shard(tmp_path, str(n)) for n in range(count)]
    with pytest.raises(ResultsError, match=rf"--expect {expect}: expected .* got {count}: .*0"):
        read_shards(shards, tmp_path / "out", expect=expect)
    assert len(read_shards(shards, tmp_path / "out", expect=count)) == count


def test_a_shard_without_results(tmp_path: Path) -> None:
    """A folder without results.json is named."""
    (tmp_path / "2").mkdir()
    with pytest.raises(ResultsError, match=r"2/results.json: no results here"):
        merged(tmp_path, a_shard(tmp_path, "1"), tmp_path / "2")


def test_a_lost_picture_is_an_error(tmp_path: Path) -> None:
    """A picture that did not come along is named, and the old results stay as they were."""
    whole = a_shard(tmp_path, "1/r", passed("t/old"))
    merged(tmp_path, whole)
    before = files(tmp_path / "imgsim-results")
    torn = a_shard(tmp_path, "2/r", passed("t/a", actual="t/a.actual.png"))
    with pytest.raises(ResultsError, match=r"t/a.actual.png: expected a picture that .*2/r names"):
        merged(tmp_path, whole, torn)
    assert files(tmp_path / "imgsim-results") == before


@pytest.mark.parametrize("path", ["../secret.png", "/etc/hostname", "linked/secret.png"])
def test_pictures_outside_of_a_shard_are_not_read(tmp_path: Path, path: str) -> None:
    """Results that name a file elsewhere are refused."""
    (tmp_path / "1/secret.png").parent.mkdir()
    (tmp_path / "1/secret.png").write_bytes(b"secret")
    shard = a_shard(tmp_path, "1/r", passed("t/a", actual=path))
    (shard / "linked").symlink_to(tmp_path / "1")
    with pytest.raises(BaselineError, match="leads out of"):
        merged(tmp_path, shard)


def test_pictures_are_not_written_outside(tmp_path: Path) -> None:
    """A name that climbs out of the merged folder is refused."""
    shard = a_shard(tmp_path, "1/r")
    kept = ResultsFolder(shard).keep("t/a", "actual", SEEN[0])
    record = passed("../../t/a", actual=kept)
    ResultsFolder(shard).write(Results([record]), root=shard.parent, version="0")
    with pytest.raises(BaselineError, match="leads out of"):
        merged(tmp_path, shard, out="deep/er/out")
    assert not list(tmp_path.glob("deep/**/*.png"))


def test_a_merge_that_is_cut_short_leaves_the_old_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until results.json is replaced, all that the old one names is there, unchanged."""
    folders = [a_shard(tmp_path, f"{n}/r", failed={"t/a": data}) for n, data in enumerate(SEEN)]
    merged(tmp_path, folders[0])
    out = tmp_path / "imgsim-results"
    before = {name: data for name, data in files(out).items() if name != "report.html"}

    def cut(*arguments: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ResultsFolder, "write", cut)
        with pytest.raises(KeyboardInterrupt):
            merged(tmp_path, folders[1])
    after = files(out)
    assert {name: after[name] for name in before} == before
    assert "report.html" not in after
    [record] = merged(tmp_path, folders[1]).records
    assert (out / str(record.actual)).read_bytes() == SEEN[1]
    assert len(list(out.rglob("*.png"))) == 1


def test_environments(tmp_path: Path) -> None:
    """What the shards ran on appears once where it is the same, and with all values otherwise."""
    mine, other = {"python": "3.12.1", "pytest": "8.3"}, {"python": "3.13.0", "pytest": "8.3"}
    shards = [
        a_shard(tmp_path, f"{n}/r", environment=environment)
        for n, environment in enumerate((mine, other, mine, {}))
    ]
    assert merged(tmp_path, *shards).environment == {"python": "3.12.1, 3.13.0", "pytest": "8.3"}


def test_a_shard_of_an_earlier_release(tmp_path: Path) -> None:
    """Results of schema 1, and without an environment, are merged as well."""
    shard = a_shard(tmp_path, "1/r", passed("t/a"))
    path = shard / "results.json"
    text = path.read_text().replace('"environment": {},\n', "")
    path.write_text(text.replace('"schema": 2', '"schema": 1'))
    assert "environment" not in path.read_text()
    assert merged(tmp_path, shard).environment == {}
    assert '"schema": 2' in (tmp_path / "imgsim-results/results.json").read_text()

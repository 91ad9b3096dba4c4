"""The results folder: what is written is read again, and files of earlier runs go."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, a_record
from kept import NEW, folder_of, kept

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.record import RegionScore, Verdict
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import ResultsFolder


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty rootdir."""
    return Bench(tmp_path)


def write(bench: Bench, results: Results) -> ResultsFolder:
    folder = folder_of(bench)
    folder.write(results, root=bench.root, version="0")
    return folder


@pytest.mark.parametrize("text", ["plain", "Grüße 日本 🙂", "lone \ud800 surrogate", 'a"\\\n'])
def test_results_round_trip(bench: Bench, text: str) -> None:
    """What was written is read again, with the rootdir, whatever a test is called."""
    results = Results([kept(bench, message=text)], "baselines", ["baselines/x.png"], "stopped")
    assert write(bench, results).read() == (results, bench.root.resolve())


#: What release 0.1.0 wrote: schema 1, whose regions do not say what a score is made of.
SCHEMA_1 = """{
"schema": 1,
"version": "0.1.0",
"root": "..",
"baselines": "baselines",
"records": [
{"test": "t.py::test_a", "name": "t/test_a", "verdict": "failed", "threshold": 0.6,
 "threshold_from": "default", "warn_threshold": null, "score": -0.25, "global_score": 0.875,
 "regions": [{"x": 8, "y": 16, "width": 30, "height": 40, "score": -0.25,
              "kind": "text changed", "dx": 0, "dy": 0}],
 "fingerprint": "f", "flaky": "", "pixel_difference": 0.125, "ssim": 0.5,
 "actual_size": [80, 60], "baseline_size": [80, 60], "baseline": "baselines/t/test_a.png",
 "variant": 1, "update_path": "baselines/t/test_a.png", "ignored": null,
 "actual": "t/test_a.actual.png", "baseline_copy": "t/test_a.baseline.png",
 "diff": "t/test_a.diff.png", "filled": "t/test_a.filled.png", "heat": null, "mask": null,
 "actual_sha256": "00", "model": "resnet50", "model_seconds": 0.5, "claimed": true,
 "markers": ["slow"], "message": ""}
],
"orphans": ["baselines/t/old.png"],
"partial": "",
"environment": {"python": "3.12.1"},
"share": {"template": "{name}", "scope": [""], "ran": ["t.py::test_a"], "left_out": [],
          "unfinished": []}
}
"""


def test_schema_1(bench: Bench) -> None:
    """Results of the first release are read; their regions have no cosine, weight and reason."""
    folder = folder_of(bench)
    folder.folder.mkdir()
    (folder.folder / "results.json").write_text(SCHEMA_1)
    results, root = folder.read()
    assert root == bench.root.resolve()
    [record] = results.records
    assert (record.verdict, record.score, record.markers) == (Verdict.FAILED, -0.25, ("slow",))
    assert record.regions == (RegionScore(8, 16, 30, 40, -0.25, "text changed"),)
    assert results.orphans == ["baselines/t/old.png"]
    assert results.share == Share(ran=("t.py::test_a",))
    assert results.environment == {"python": "3.12.1"}


def test_schema_2(bench: Bench) -> None:
    """Regions carry the cosine, the weight and its reason, or the rule that set the score."""
    regions = (
        RegionScore(1, 2, 3, 4, 0.5, cosine=0.9375, weight=2.5, reason="same renderer"),
        RegionScore(5, 6, 1, 16, 0.99, reason="text caret"),
    )
    results = Results([a_record(regions=regions)])
    folder = write(bench, results)
    content = json.loads((folder.folder / "results.json").read_text())
    assert content["schema"] == 2
    keys = ("score", "cosine", "weight", "reason")
    assert [[region[key] for key in keys] for region in content["records"][0]["regions"]] == [
        [0.5, 0.9375, 2.5, "same renderer"],
        [0.99, None, None, "text caret"],
    ]
    assert folder.read()[0].records == results.records


def test_results_in_a_linked_folder(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rootdir is found again where the results folder is a link to another disk."""
    (bench.root / "imgsim-results").symlink_to(tmp_path_factory.mktemp("disk"))
    assert write(bench, Results([a_record()])).read()[1] == bench.root.resolve()


def test_no_results(bench: Bench) -> None:
    """Without a run there is nothing to read, and the message says what to do."""
    with pytest.raises(ResultsError, match="no results here; run pytest first"):
        folder_of(bench).read()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 3}, "expected schema 1 or 2, got 3; run pytest again, or use the version"),
        ({"schema": 0}, "expected schema 1 or 2, got 0"),
        ({"schema": "2"}, "expected schema 1 or 2, got '2'"),
        ({"schema": ...}, "expected schema 1 or 2, got None"),
        ({"records": None}, "not in the form"),
        (
            {"records": [{}]},
            r"not in the form that pytest-imgsim writes \(records: 0: test: missing\)",
        ),
        ({"records": [{"verdict": "x"}]}, "not in the form"),
        (
            {"baselines": ...},
            r"not in the form that pytest-imgsim writes \(baselines: missing\)",
        ),
        ({"root": ...}, "not in the form"),
        ({"environment": []}, "not in the form"),
        ({"environment": {"python": 3}}, "not in the form .*environment: python: expected a text"),
        ({"environment": {"python": None}}, "not in the form .*environment: python: expected"),
        ({"orphans": [7]}, r"not in the form .*\(orphans: 0: expected a text, got 7\)"),
        ({"orphans": ["a\0b"]}, "not in the form .*expected a path"),
        ({"orphans": {"a.png": 1}}, "not in the form .*orphans: expected a list"),
        ({"baselines": "a" * 5000}, "not in the form .*expected a path, got 'aaa"),
        ({"partial": None}, "not in the form"),
        ({"share": {"template": 5, "scope": [], "ran": [], "left_out": [], "unfinished": []}}, "n"),
        ({"share": {"scope": ["", 5]}}, r"not in the form .*share: scope: 1: expected a text"),
        ({"root": 5}, r"not in the form .*\(root: expected a text, got 5\)"),
        ({"root": "a\0b"}, r"not in the form .*expected a path, got 'a\\x00b'"),
        ({"schema": True}, "expected schema 1 or 2, got True"),
        ({"schema": 2.0}, "expected schema 1 or 2, got 2.0"),
    ],
)
def test_results_of_another_form(bench: Bench, change: dict[str, Any], message: str) -> None:
    """Results of another schema or form are refused, with the rule that they break."""
    path = write(bench, Results([a_record()])).folder / "results.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), **change}
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not ...}))
    with pytest.raises(ResultsError, match=f"results.json: {message}"):
        folder_of(bench).read()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("name", None),
        ("name", "half a letter \ud800"),
        ("verdict", ["failed"]),
        ("baseline", "a\0b"),
        ("update_path", None),
        ("actual", 5),
        ("actual", ["x.png"]),
        ("heat", "x" * 5000),
        ("threshold", "0.6"),
        ("threshold", True),
        ("threshold", math.nan),
        ("threshold", 10**400),
        ("score", [[[]]]),
        ("score", 10**400),
        ("score", math.inf),
        ("variant", 1.5),
        ("variant", 10**20),
        ("claimed", 1),
        ("actual_size", [80]),
        ("actual_size", [80, None]),
        ("actual_size", [80, "2"]),
        ("actual_size", {"a": 1, "b": 2}),
        ("markers", "slow"),
        ("markers", [None]),
        ("regions", 7),
        ("regions", "text"),
        ("regions", [{"x": 1}]),
        ("regions", [{"x": 1, "y": 2, "width": 3, "height": "4", "score": 0.5}]),
        ("regions", [{"x": 1, "y": 2, "width": 3, "height": 4, "score": math.nan}]),
        ("regions", [{"x": 0, "y": 0, "width": 1, "height": 1, "score": 1, "evil": 1}]),
        ("unknown", 1),
    ],
)
def test_records_of_another_form(bench: Bench, field: str, value: Any) -> None:
    """A record has the types of its fields, and no other fields."""
    path = write(bench, Results([a_record()])).folder / "results.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["records"][0][field] = value
    path.write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=r"not in the form that pytest-imgsim|no number of JSON"):
        folder_of(bench).read()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": 2, "records": NaN}', "NaN is no number"),
        (b'{"schema": -Infinity}', "-Infinity is no number"),
        (b"9" * 10_000, "cannot be read"),
        (b"{", "cannot be read"),
        (b"", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[]", "schema"),
    ],
)
def test_broken_results(bench: Bench, data: bytes, message: str) -> None:
    """A file that is no JSON object is refused."""
    folder = folder_of(bench)
    folder.folder.mkdir()
    (folder.folder / "results.json").write_bytes(data)
    with pytest.raises(ResultsError, match=f"{message}.*run pytest again"):
        folder.read()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_results_that_are_no_file(bench: Bench) -> None:
    """A named pipe is refused at once, though nobody will ever write into it."""
    folder = folder_of(bench)
    folder.folder.mkdir()
    os.mkfifo(folder.folder / "results.json")
    with pytest.raises(ResultsError, match="not a regular file.*run pytest again"):
        folder.read()


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

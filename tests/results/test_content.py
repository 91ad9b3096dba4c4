"""What results.json holds, and how it is read."""

from __future__ import annotations

import json
import math
import os
from typing import Any

import pytest
from fakes import Bench, a_record
from kept import folder_of, kept, write

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.record import RegionScore, Verdict
from pytest_imgsim.results.content import Results, Share


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

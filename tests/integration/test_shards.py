"""A suite run in shards, merged on the command line: as if it had run in one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from suite import Suite

from pytest_imgsim.cli import main

THREE = """
def test_a(assert_similar): assert_similar(picture())
def test_b(assert_similar): assert_similar(picture((40, 40)))
def test_c(assert_similar): assert_similar(picture((80, 40)))
def test_plain(): pass
"""
#: A plugin that leaves every test but some to other shards, as several on the market do.
SPLIT = """
def pytest_addoption(parser):
    parser.addoption("--only", default="")

def pytest_collection_modifyitems(config, items):
    only = config.getoption("--only")
    left = [item for item in items if only and item.name[5:6] not in only]
    items[:] = [item for item in items if item not in left]
    {report}
"""
REPORTING = {"reported": "left and config.hook.pytest_deselected(items=left)", "silent": ""}


@pytest.fixture
def here(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Give a suite with a baseline for each test, as the current folder."""
    monkeypatch.chdir(suite.path)
    suite.pytester.makeconftest(SPLIT.format(report=REPORTING["reported"]))
    suite.write(THREE)
    suite.run("--update-baselines")
    shutil.rmtree("imgsim-results")
    return suite


def shard(suite: Suite, number: int, *arguments: str) -> str:
    """Run a part of the suite and return its results folder."""
    folder = f"shards/{number}/imgsim-results"
    suite.run(f"--imgsim-report={folder}", *arguments)
    # As if fetched from another machine, where it lay in the checkout.
    path = Path(folder, "results.json")
    path.write_text(path.read_text().replace('"root": "../../.."', '"root": ".."'))
    return folder


@pytest.mark.parametrize("report", REPORTING)
def test_merged_shards_know_what_is_unused(
    here: Suite, mode: tuple[str, ...], report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No shard knows unused baselines alone; together they do, and trim deletes the right one."""
    here.pytester.makeconftest(SPLIT.format(report=REPORTING[report]))
    here.write(THREE.replace("def test_c", "def test_d").replace("(80, 40)", "(80, 60)"))
    folders = [shard(here, n, f"--only={only}", *mode) for n, only in enumerate(["a", "bd"])]
    for folder in folders:
        assert main(["trim", "--delete", "--report", folder]) == 2
        assert "partial (tests were deselected)" in capsys.readouterr().err
    assert main(["merge", *folders, "--expect", "2"]) == 0
    out = capsys.readouterr().out
    assert "merged 2 into imgsim-results: imgsim: 3 compared, 1 missing, 2 equal\n" in out
    assert "accept test_page/test_d\n" in out
    assert "partial" not in out
    assert main(["trim", "--delete"]) == 0
    assert list(here.baselines()) == ["test_page/test_a.png", "test_page/test_b.png"]
    assert main(["accept", "test_d"]) == 0
    assert list(here.baselines()) == [f"test_page/test_{name}.png" for name in "abd"]


def test_shards_by_files(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """Files on the command line are shards as well; baselines of other files are left alone."""
    here.write("def test_x(assert_similar): assert_similar(picture())", "test_more")
    here.write("def test_y(assert_similar): assert_similar(picture())", "test_other")
    here.run("--update-baselines")
    here.write(THREE.replace("def test_a", "def gone"))
    here.write("def gone(assert_similar): assert_similar(picture())", "test_other")
    here.write("def test_z(assert_similar): assert_similar(picture())", "test_more")
    folders = [shard(here, n, f"test_{name}.py") for n, name in enumerate(["page", "more"])]
    assert main(["merge", *folders]) == 0
    assert here.results()["partial"] == ""
    assert here.results()["orphans"] == [
        "baselines/test_more/test_x.png",
        "baselines/test_page/test_a.png",
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--only=a"], "no shard ran test_page.py::test_b and 1 more"),
        (["-x"], "shards/1/imgsim-results: --maxfail was given"),
        (["test_page.py::test_b"], "shards/1/imgsim-results: single tests were named"),
    ],
)
def test_shards_that_know_too_little(
    here: Suite, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost shard, or one that may have missed tests, is named, and trim then refuses."""
    folders = [shard(here, 0, "--only=a"), shard(here, 1, *arguments)]
    assert main(["merge", *folders]) == 0
    assert f"partial, so trim cannot tell what is unused: {reason}\n" in capsys.readouterr().out
    assert main(["trim"]) == 2


def test_only_visual_tests_count(here: Suite, mode: tuple[str, ...]) -> None:
    """Deselected tests without a picture, here in both shards, do not matter."""
    folders = [shard(here, n, f"--only={only}", *mode) for n, only in enumerate(["ab", "c"])]
    assert main(["merge", *folders]) == 0
    assert here.results()["partial"] == ""
    assert here.results()["share"] == {
        "template": "{name}",
        "scope": [""],
        "ran": [f"test_page.py::test_{name}" for name in "abc"],
        "left_out": [],
        "unfinished": [],
    }


def test_a_skipped_test_is_unfinished(here: Suite, mode: tuple[str, ...]) -> None:
    """What a shard skipped keeps its baseline."""
    here.write(THREE.replace("def test_b", "@pytest.mark.skip\ndef test_b"))
    folders = [shard(here, n, f"--only={only}", *mode) for n, only in enumerate(["ab", "c"])]
    assert main(["merge", *folders]) == 0
    assert here.results()["share"]["unfinished"] == ["test_page/test_b"]
    assert here.results()["orphans"] == []


def test_errors_end_with_2(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing shard, a collision and a bad folder are errors, and nothing is written."""
    folders = [shard(here, 0, "--only=ab")]
    here.write(THREE.replace("(40, 40)", "(48, 40)"))
    folders.append(shard(here, 1, "--only=bc"))
    for arguments, error in (
        ([folders[0], "--expect=2"], "--expect 2: expected as many shards, got 1"),
        (folders, "test_page.py::test_b in shards/0/imgsim-results and by test_page.py::test_b"),
        (["nowhere"], "nowhere/results.json: no results here"),
        ([*folders, "--report", folders[0]], "expected a folder apart from those"),
    ):
        assert main(["merge", *arguments]) == 2
        assert error in capsys.readouterr().err
    assert not Path("imgsim-results").exists()


def test_page_has_the_right_command(here: Suite) -> None:
    """The merged page names the merged folder in its command."""
    here.write(THREE.replace("(40, 40)", "(48, 40)"))
    assert main(["merge", shard(here, 0), "--report", "out/all"]) == 0
    page = Path("out/all/report.html").read_text(encoding="utf-8")
    assert '"accept": "python -m pytest_imgsim accept --report out/all"' in page

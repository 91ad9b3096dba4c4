"""A whole run: workers, crashes, orphans, the terminal summary and results.json."""

from __future__ import annotations

import json
import platform

import pytest
from suite import Suite

THREE = """
def test_a(assert_similar): assert_similar(picture())
def test_b(assert_similar): assert_similar(picture((40, 40)))
def test_c(assert_similar): assert_similar(picture((80, 40)))
"""


def made(suite: Suite, text: str = THREE) -> Suite:
    """Return the suite with baselines for `text`."""
    suite.write(text)
    suite.run("--update-baselines")
    return suite


def test_summary_worst_first(suite: Suite, mode: tuple[str, ...]) -> None:
    """The summary has a heading with counts and a table with the worst score first."""
    made(suite)
    suite.write(THREE.replace("(80, 40)", "(80, 60)").replace("def test_a", "def test_new"))
    result = suite.run(*mode)
    result.stdout.re_match_lines(
        [
            r"=+ imgsim: 3 compared, 1 missing, 1 failed, 1 equal =+",
            r"score +needs +verdict +test +baseline +worst region",
            r"- +0\.6 +missing +test_new +test_page/test_new",
            r"-?\d\.\d+ +0\.6 +failed +test_c +test_page/test_c +\d+x\d+ at \(80, \d+\)",
            r"1\.0000 +0\.6 +equal +test_b +test_page/test_b",
            r"review: imgsim-results/report\.html",
            r"pictures of 2 mismatches in imgsim-results/; accept:",
            r"1 unused baseline \(python -m pytest_imgsim trim lists and deletes them\):",
            r"  baselines/test_page/test_a\.png",
            r"model fake: \d+\.\d s",
        ]
    )


def test_nothing_compared_nothing_said(suite: Suite, mode: tuple[str, ...]) -> None:
    """A run without a comparison has no heading and writes no file."""
    suite.write("def test_a(): pass")
    result = suite.run(*mode)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*imgsim:*")
    assert not (suite.path / "imgsim-results").exists()


def test_an_unrelated_run_keeps_the_candidates(suite: Suite) -> None:
    """Running other tests keeps the pictures that can be accepted."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.write("def test_b(): pass", "test_other")
    suite.run("test_page.py")
    suite.run("test_other.py")
    assert (suite.path / "imgsim-results/test_page/test_a.actual.png").is_file()


@pytest.mark.parametrize("flag", ["-q", "-v", "--color=yes"])
def test_verbosity_and_colour(suite: Suite, flag: str) -> None:
    """-q shows what failed alone, -v all, and colours come only where they are wanted."""
    many = (
        "@pytest.mark.parametrize('n', range(25))\n"
        "def test_p(assert_similar, n): assert_similar(picture((4 * n, 40)))\n"
    )
    made(suite, many + THREE)
    suite.write(many + THREE.replace("(80, 40)", "(80, 60)"))
    result = suite.run(flag)
    rows = [line for line in result.outlines if " equal " in line and "test_page/" in line]
    assert len(rows) == {"-q": 0, "-v": 27, "--color=yes": 20}[flag]
    red = [line for line in result.outlines if "\x1b[31m" in line and "failed" in line]
    assert bool(red) == (flag == "--color=yes")
    if flag == "--color=yes":
        result.stdout.fnmatch_lines(["... and 7 more that passed; -v shows all"])


def test_a_crashed_worker_loses_nothing(suite: Suite) -> None:
    """Records of a worker that crashes later are still in the summary."""
    pytest.importorskip("xdist")
    made(suite)
    suite.write(THREE + "import os\ndef test_d(): os._exit(1)\n")
    result = suite.run("-n1", "--max-worker-restart=0")
    result.stdout.fnmatch_lines(["*imgsim: 3 compared, 3 equal*"])
    assert suite.results()["partial"] != ""
    assert suite.results()["orphans"] == []


def test_one_baseline_from_two_workers_fails_the_run(suite: Suite) -> None:
    """Two tests with one file, which no single worker can see, fail the run."""
    for name in ("test_one", "test_One"):
        suite.write("def test_a(assert_similar): assert_similar(picture())", name)
    result = suite.run("--update-baselines", "-n2", "--dist=loadfile")
    if len(suite.records()) < 2 or "claimed twice" in str(result.stdout):
        pytest.skip("both files went to one worker, which reported it")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR: baseline *was used by two tests*"])


def test_errors_before_any_baseline_share_none(suite: Suite) -> None:
    """Two tests that fail before they have a baseline are not said to share one."""
    suite.write(
        """
def test_a(assert_similar): assert_similar(picture(), 5)
def test_b(assert_similar): assert_similar(picture(), 5)
"""
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    assert "used by two tests" not in str(result.stdout)


@pytest.mark.parametrize(
    ("arguments", "partial"),
    [
        (["-k", "test_a"], True),
        (["test_page.py::test_a"], True),
        (["--deselect=test_page.py::test_b"], True),
        (["--lf"], True),
        (["-x"], True),
        (["test_page.py"], False),
        ([], False),
    ],
)
def test_orphans_only_after_a_whole_run(
    suite: Suite, mode: tuple[str, ...], arguments: list[str], partial: bool
) -> None:
    """Orphans are listed after a whole run, and never after a part of one."""
    made(suite)
    suite.write(THREE.replace("def test_c", "def later"))
    suite.run(*arguments, *mode)
    assert bool(suite.results()["partial"]) == partial
    orphans = [] if partial else ["baselines/test_page/test_c.png"]
    assert suite.results()["orphans"] == orphans


def test_baselines_of_skipped_and_failed_tests_are_no_orphans(
    suite: Suite, mode: tuple[str, ...]
) -> None:
    """A test that did not reach its comparisons keeps its baselines."""
    made(suite, THREE + "def test_d(assert_similar):\n    assert_similar(picture(), 'later')\n")
    suite.write(
        """
        @pytest.mark.skip(reason="today")
        def test_a(assert_similar): assert_similar(picture())
        def test_b(assert_similar): raise RuntimeError("before the picture")
        @pytest.mark.xfail
        def test_c(assert_similar): assert False
        def test_d(assert_similar): assert_similar(picture((1, 1)))
        """
    )
    suite.write("def test_z(assert_similar): assert_similar(picture(), 'x')", "test_z")
    suite.run(*mode)
    assert suite.results()["partial"] == ""
    assert suite.results()["orphans"] == []


def test_orphans_in_a_folder_with_a_dot(suite: Suite) -> None:
    """A run of one folder finds the orphans of that folder, whatever its name."""
    suite.pytester.syspathinsert()
    (suite.path / "v1.2").mkdir()
    suite.write(THREE, "v1.2/test_page")
    suite.run("--update-baselines", "v1.2")
    suite.write(THREE.replace("def test_c", "def later"), "v1.2/test_page")
    suite.run("v1.2")
    assert suite.results()["orphans"] == ["baselines/v1.2/test_page/test_c.png"]


def test_results_schema(suite: Suite) -> None:
    """results.json has what the documentation names, with paths that begin at rootdir."""
    made(suite)
    suite.run()
    results = suite.results()
    assert results["schema"] == 2
    assert results["root"] == ".."
    assert results["baselines"] == "baselines"
    record = suite.records()["test_page/test_b"]
    assert record["test"] == "test_page.py::test_b"
    assert record["baseline"] == "baselines/test_page/test_b.png"
    assert str(suite.path) not in str(results)


def test_pictures_of_earlier_runs_go(suite: Suite) -> None:
    """The results folder shows the last run only, and other files in it stay."""
    made(suite)
    suite.write(THREE.replace("(80, 40)", "(80, 60)"))
    suite.run()
    note = suite.path / "imgsim-results/note.txt"
    note.write_text("mine")
    assert (suite.path / "imgsim-results/test_page/test_c.diff.png").is_file()
    suite.write(THREE)
    suite.run()
    assert not (suite.path / "imgsim-results/test_page").exists()
    assert note.read_text() == "mine"


def test_a_changed_model(suite: Suite) -> None:
    """When the model differs from the last run's, the summary says so."""
    made(suite)
    suite.write(THREE.replace("(80, 40)", "(80, 60)"))
    suite.run()
    path = suite.path / "imgsim-results/results.json"
    path.write_text(path.read_text().replace('"fake"', '"older"'))
    suite.run().stdout.fnmatch_lines(["*the model changed from older to fake*"])


def test_review_page(suite: Suite, mode: tuple[str, ...]) -> None:
    """A run with a comparison writes report.html, unless that is disabled."""
    made(suite)
    page = suite.path / "imgsim-results/report.html"
    page.unlink()
    suite.run("--imgsim-html=no", *mode)
    assert not page.exists()
    suite.write(THREE.replace("(80, 40)", "(80, 60)"))
    suite.run(*mode)
    assert '"name": "test_page/test_c"' in page.read_text()
    suite.pytester.makeini("[pytest]\nimgsim_html = no")
    page.unlink()
    result = suite.run(*mode)
    assert not page.exists()
    result.stdout.no_fnmatch_line("review:*")


def test_github_step_summary(
    suite: Suite, mode: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In GitHub Actions the scores are added to the job's summary page, once."""
    target = suite.path / "summary.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    made(suite, THREE.replace("test_c", "test_c_d"))
    target.write_text("before\n")
    suite.write(THREE.replace("test_c", "test_c_d").replace("(80, 40)", "(80, 60)"))
    suite.run(*mode)
    lines = target.read_text().splitlines()
    assert lines[:2] == ["before", "### imgsim: 3 compared, 1 failed, 2 equal"]
    assert lines[3] == "| score | needs | verdict | test | baseline | worst region |"
    assert next(line for line in lines if "failed |" in line).count(r"test\_c\_d") == 2
    assert len(lines) == 6


def test_environment(suite: Suite, mode: tuple[str, ...]) -> None:
    """results.json and the page show where the run was made."""
    made(suite)
    suite.run(*mode)
    environment = suite.results()["environment"]
    assert list(environment) == ["python", "platform", "pytest", "pytest-imgsim"]
    assert environment["python"] == platform.python_version()
    assert environment["pytest"] == pytest.__version__
    page = (suite.path / "imgsim-results/report.html").read_text()
    assert json.dumps(environment)[1:-1] in page


@pytest.mark.parametrize("damage", [b"[" * 100_000, b'{"schema": 2, "records": [[]]}', None])
def test_what_an_earlier_run_left_is_damaged(suite: Suite, damage: bytes | None) -> None:
    """It counts as if it were not there: the run ends as it should, with a note on each file."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run()
    for name in ("history.json", "results.json"):
        path = suite.path / "imgsim-results" / name
        path.unlink(missing_ok=True)
        if damage is None:
            path.mkdir()
        else:
            path.write_bytes(damage)
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*history.json: the history of earlier runs is ignored: *"])
    result.stdout.fnmatch_lines(["*results of the last run are ignored: *results.json*"])
    if damage is not None:
        assert suite.verdicts() == {"test_page/test_a": "missing"}


def test_a_missing_leftover_is_not_noted(suite: Suite) -> None:
    """A first run says nothing of earlier ones."""
    made(suite).run().stdout.no_fnmatch_line("*ignored*")

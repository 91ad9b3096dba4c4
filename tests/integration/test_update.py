"""Updating baselines: which files are written, when, and what the user sees."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from suite import TWO, Suite

TEN = """
@pytest.mark.parametrize("n", range(10))
def test_p(assert_similar, n):
    assert_similar(picture((8 * n, 40) if n not in {changed} else (8 * n, 70)))
"""


def test_three_of_ten(suite: Suite, mode: tuple[str, ...]) -> None:
    """--update-baselines rewrites exactly what changed."""
    suite.write(TEN.format(changed="()"))
    suite.run("--update-baselines").assert_outcomes(passed=10)
    before = {path: path.stat().st_mtime_ns for path in suite.path.glob("baselines/**/*.png")}
    suite.write(TEN.format(changed="(2, 3, 7)"))
    result = suite.run("--update-baselines", *mode)
    result.assert_outcomes(passed=10)
    rewritten = {path.name for path, time_ in before.items() if path.stat().st_mtime_ns != time_}
    assert rewritten == {"test_p[2].png", "test_p[3].png", "test_p[7].png"}
    result.stdout.fnmatch_lines(["*wrote 3 baselines:", "  baselines/test_page/test_p*"])
    suite.run().assert_outcomes(passed=10)


@pytest.mark.parametrize(
    ("update", "outcome", "written"),
    [
        ("none", {"passed": 2, "failed": 2}, set()),
        ("missing", {"passed": 3, "failed": 1}, {"test_new"}),
        ("changed", {"passed": 4}, {"test_new", "test_other"}),
        ("all", {"passed": 4}, {"test_new", "test_other", "test_near"}),
    ],
)
def test_modes(suite: Suite, update: str, outcome: dict[str, int], written: set[str]) -> None:
    """Each mode writes what its name says; an equal picture is never written."""
    suite.write(
        """
        def test_same(assert_similar): assert_similar(picture())
        def test_near(assert_similar): assert_similar(picture(colour=(255, 255, 255)))
        def test_other(assert_similar): assert_similar(picture())
        """
    )
    suite.run("--update-baselines")
    before = suite.baselines()
    suite.write(
        """
        def test_same(assert_similar): assert_similar(picture())
        def test_near(assert_similar): assert_similar(picture(colour=(255, 255, 254)))
        def test_other(assert_similar): assert_similar(picture((50, 50)))
        def test_new(assert_similar): assert_similar(picture())
        """
    )
    suite.run(f"--imgsim-update={update}").assert_outcomes(**outcome)
    after = suite.baselines()
    changed = {name for name, data in after.items() if before.get(name) != data}
    assert changed == {f"test_page/{name}.png" for name in written}


def test_rerun_does_not_heal_a_missing_baseline(suite: Suite) -> None:
    """With reruns a missing baseline stays missing, and the numbering starts anew."""
    suite.write(
        """
        def test_a(assert_similar):
            assert_similar(picture())
            assert_similar(picture((20, 40)))
        """
    )
    suite.run("--reruns=2", "-p", "no:xdist").assert_outcomes(failed=1)
    assert list(suite.verdicts()) == ["test_page/test_a"]
    suite.run("--update-baselines")
    suite.write(
        """
        attempts = []
        def test_a(assert_similar):
            attempts.append(1)
            assert_similar(picture())
            assert_similar(picture((20, 40) if len(attempts) > 1 else (90, 60)))
        """
    )
    result = suite.run("--reruns=2")
    assert result.ret == 0
    assert suite.verdicts() == {"test_page/test_a": "equal", "test_page/test_a/2": "equal"}
    assert not list(suite.path.glob("imgsim-results/**/*.png"))


def test_two_tests_do_not_update_one_file(suite: Suite) -> None:
    """Two tests with different pictures do not overwrite one baseline in turn."""
    suite.write(
        """
        def test_a(assert_similar): assert_similar(picture(), "shared.png")
        def test_b(assert_similar): assert_similar(picture((50, 50)), "shared.png")
        """
    )
    result = suite.run("--update-baselines")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*shared.png is updated by two tests, *test_a and *test_b*"])


def test_no_write_outside_rootdir(suite: Suite) -> None:
    """An update does not follow a path out of rootdir."""
    suite.write('def test_a(assert_similar): assert_similar(picture(), "../outside.png")')
    suite.run("--update-baselines").assert_outcomes(failed=1)
    assert not (suite.path.parent / "outside.png").exists()


def test_header_says_what_is_not_checked(suite: Suite) -> None:
    """An updating run says so in pytest's header, also in CI."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    result = suite.run("--update-baselines")
    result.stdout.fnmatch_lines(["imgsim: update mode 'changed'*what it writes is not checked"])


def test_conftest_with_an_option_of_that_name(suite: Suite, mode: tuple[str, ...]) -> None:
    """Where the user's conftest has --update-baselines, pytest starts, and ours is named."""
    suite.pytester.makeconftest(
        'def pytest_addoption(parser): parser.addoption("--update-baselines", action="store_true")'
    )
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    result = suite.run("--update-baselines", *mode)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["imgsim: --update-baselines belongs to one of your conftests*"])
    suite.run("--imgsim-update=changed", *mode).assert_outcomes(passed=1)


def test_platform_template_falls_back_to_the_shared_file(suite: Suite) -> None:
    """A variant is compared where it exists, else the shared file; updates write the variant."""
    suite.pytester.makeini("[pytest]\nimgsim_template = {platform}/{name}")
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines", "--imgsim-template={name}").assert_outcomes(passed=1)
    suite.run().assert_outcomes(passed=1)
    suite.write("def test_a(assert_similar): assert_similar(picture((50, 50)))")
    suite.run("--update-baselines").assert_outcomes(passed=1)
    names = list(suite.baselines())
    assert len(names) == 2
    assert names[1] == "test_page/test_a.png" or names[0] == "test_page/test_a.png"
    suite.run().assert_outcomes(passed=1)
    assert suite.results()["orphans"] == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_sigkill_leaves_whole_files(suite: Suite) -> None:
    """Killing pytest in the middle of an update leaves only whole baselines."""
    text = """
        @pytest.mark.parametrize("n", range(400))
        def test_p(assert_similar, n):
            noise = np.random.default_rng(n + {seed}).integers(0, 256, (200, 300, 3), np.uint8)
            assert_similar(noise)
        """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "fake_plugin",
        "-p",
        "no:xdist",
        "--update-baselines",
        "-q",
    ]
    for seed in range(3):
        suite.write(text.format(seed=1000 * seed))
        process = subprocess.Popen(command, cwd=suite.path, stdout=subprocess.DEVNULL)
        _wait_for(suite.path / "baselines", seconds=300)
        time.sleep(0.2 + 0.3 * seed)
        process.send_signal(signal.SIGKILL)
        process.wait()
        files = [path for path in suite.path.glob("baselines/**/*") if path.is_file()]
        assert files
        for path in files:
            assert path.suffix == ".png"
            with Image.open(path) as image:
                image.load()


def _wait_for(folder: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not list(folder.glob("**/*.png")):
        assert time.monotonic() < deadline, "no baseline was written"
        time.sleep(0.02)


def test_a_damaged_baseline(suite: Suite, mode: tuple[str, ...]) -> None:
    """It fails its test alone, with the next step, and an update replaces it."""
    suite.write(TWO)
    suite.run("--update-baselines")
    whole = suite.baselines()
    (suite.path / "baselines/test_page/test_a.png").write_bytes(b"<html>")
    result = suite.run(*mode)
    result.assert_outcomes(passed=1, failed=1)
    assert suite.verdicts() == {"test_page/test_a": "damaged", "test_page/test_b": "equal"}
    result.stdout.fnmatch_lines(
        [
            "test_page/test_a: the baseline is damaged",
            "  damage     baseline 'baselines/test_page/test_a.png': expected a whole picture *",
            "  next step  restore the file from version control, or look at *",
            "  accept it  * accept test_page/test_a",
        ]
    )
    result = suite.run("--update-baselines", *mode)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_page/test_a: a damaged baseline was replaced"])
    assert suite.baselines() == whole

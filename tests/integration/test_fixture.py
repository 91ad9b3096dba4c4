"""The fixture, the marker and the verdicts, as a test suite sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from suite import Suite


def test_update_then_equal(suite: Suite, mode: tuple[str, ...]) -> None:
    """After --update-baselines the same suite passes with equal pictures."""
    suite.write(
        """
        def test_a(assert_similar): assert_similar(picture())
        class TestB:
            def test_c(self, assert_similar): assert_similar(picture((50, 50)))
        """
    )
    suite.run("--update-baselines", *mode).assert_outcomes(passed=2)
    assert list(suite.baselines()) == ["test_page/TestB.test_c.png", "test_page/test_a.png"]
    suite.run(*mode).assert_outcomes(passed=2)
    assert set(suite.verdicts().values()) == {"equal"}


def test_names_and_numbers(suite: Suite) -> None:
    """Unnamed calls are numbered, named ones are below the test's name, parameters differ."""
    suite.write(
        """
        def test_a(assert_similar):
            assert_similar(picture())
            assert_similar(picture((20, 40)))
            assert_similar(picture((60, 40)), "form/open")
        @pytest.mark.parametrize("p", ["a/b", "a:b", "X", "x"])
        def test_p(assert_similar, p):
            assert_similar(picture((ord(p[-1]) % 90, 30)))
        """
    )
    suite.run("--update-baselines").assert_outcomes(passed=5)
    assert sorted(suite.baselines()) == [
        "test_page/test_a.png",
        "test_page/test_a/2.png",
        "test_page/test_a/form/open.png",
        "test_page/test_p[!x].png",
        "test_page/test_p[a%2Fb].png",
        "test_page/test_p[a%3Ab].png",
        "test_page/test_p[x].png",
    ]
    suite.run().assert_outcomes(passed=5)


def test_path_as_baseline(suite: Suite, picture: Callable[..., Any]) -> None:
    """A path is compared as it is, and refreshed on update."""
    suite.put("baselines/report.png", picture())
    suite.write(
        'def test_a(assert_similar): assert_similar(picture((9, 40)), "baselines/report.png")'
    )
    suite.run().assert_outcomes(failed=1)
    before = suite.baselines()["report.png"]
    suite.run("--update-baselines").assert_outcomes(passed=1)
    assert suite.baselines()["report.png"] != before
    suite.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "argument", "line", "ini", "origin"),
    [
        ("0.5", "0.4", "0.3", "0.2", "assert_similar(threshold=...)"),
        ("0.5", None, "0.3", "0.2", "@pytest.mark.imgsim(threshold=...)"),
        (None, None, "0.3", "0.2", "--imgsim-threshold"),
        (None, None, None, "0.2", "ini imgsim_threshold"),
        (None, None, None, None, "default"),
    ],
)
def test_threshold_precedence(
    suite: Suite,
    marker: str | None,
    argument: str | None,
    line: str | None,
    ini: str | None,
    origin: str,
) -> None:
    """Argument > marker > command line > ini > default, and the record says which it was."""
    if ini:
        suite.pytester.makeini(f"[pytest]\nimgsim_threshold = {ini}")
    decorator = f"@pytest.mark.imgsim(threshold={marker})\n" if marker else ""
    call = f"picture(), threshold={argument}" if argument else "picture()"
    suite.write(f"{decorator}def test_a(assert_similar): assert_similar({call})")
    suite.run(*([f"--imgsim-threshold={line}"] if line else []))
    record = suite.records()["test_page/test_a"]
    given = [value for value in (argument, marker, line, ini) if value]
    assert record["threshold"] == (float(given[0]) if given else 0.6)
    assert record["threshold_from"] == origin


def test_nearest_marker_wins_and_masks_add_up(suite: Suite) -> None:
    """Markers of module, class and test are layered; what each ignores is ignored."""
    text = """
        from pytest_imgsim import Box
        pytestmark = pytest.mark.imgsim(threshold=0.1, ignore=Box(0, 0, 8, 8))
        @pytest.mark.imgsim(threshold=0.2, ignore=[(100, 40, 20, 20)])
        class TestC:
            def test_class(self, assert_similar): check(assert_similar)
            @pytest.mark.imgsim(threshold=1.0)
            def test_own(self, assert_similar): check(assert_similar)
        def test_module(assert_similar): assert_similar(picture())
        def check(assert_similar):
            page = picture({mark})
            page[0:8, 0:8] = {corner}
            assert_similar(page, ignore=Box.fraction(0.5, 0.9, 0.5, 0.1))
        """
    suite.write(text.format(mark="(102, 42)", corner=9))
    suite.run("--update-baselines")
    suite.write(text.format(mark="(103, 43)", corner=200))
    suite.run().assert_outcomes(passed=3)
    thresholds = {name: record["threshold"] for name, record in suite.records().items()}
    assert thresholds == {
        "test_page/TestC.test_class": 0.2,
        "test_page/TestC.test_own": 1.0,
        "test_page/test_module": 0.1,
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("assert_similar(picture(), threshold=2)", "expected a score from 0 to 1"),
        ("assert_similar(object())", "TypeError|SourceError.*a Playwright page"),
        ("assert_similar('gone.png')", "cannot be read"),
        ("assert_similar(picture(), '../up')", "without '..'"),
        ("assert_similar(picture(), ignore=[(500, 0, 9, 9)])", "covers no pixel"),
        ("assert_similar(picture(), ignore=[(0, 0, 160, 96)])", "hide the whole"),
    ],
)
def test_bad_input_fails_that_test_alone(suite: Suite, call: str, message: str) -> None:
    """A mistake fails its test with a clear error and harms no other test or file."""
    suite.write(
        "def test_bad(assert_similar): assert_similar(picture())\n"
        "def test_good(assert_similar): assert_similar(picture())"
    )
    suite.run("--update-baselines")
    before = suite.baselines()
    suite.write(
        f"def test_bad(assert_similar):\n    picture((50, 50))\n    {call}\n".replace(
            "picture(),", "picture((50, 50)),"
        )
        + "def test_good(assert_similar): assert_similar(picture())"
    )
    result = suite.run()
    result.assert_outcomes(failed=1, passed=1)
    assert re.search(message, str(result.stdout))
    assert "pytest_imgsim/checks/" not in str(result.stdout)
    assert suite.baselines() == before
    assert "error" in suite.verdicts().values() or "threshold" in call


def test_bad_marker_names_what_is_known(suite: Suite) -> None:
    """An unknown or positional marker argument is an error of the test that has it."""
    suite.write(
        """
        @pytest.mark.imgsim(treshold=0.9)
        def test_a(assert_similar): assert_similar(picture())
        @pytest.mark.imgsim(0.9)
        def test_b(assert_similar): assert_similar(picture())
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*treshold*unknown setting; known: *threshold*"])
    result.stdout.fnmatch_lines(["*expected keywords*threshold=0.98*"])


def test_two_tests_with_one_name_fail_loudly(suite: Suite) -> None:
    """Names that differ only in case would be one file on some systems: an error."""
    suite.write(
        """
        def test_a(assert_similar): assert_similar(picture())
        def test_A(assert_similar): assert_similar(picture())
        def test_twice(assert_similar):
            assert_similar(picture(), "x")
            assert_similar(picture(), "x")
        """
    )
    result = suite.run("--update-baselines")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["*'test_page/test_A' is claimed twice, by *test_a and by *test_A*"]
    )
    result.stdout.fnmatch_lines(["*'test_page/test_twice/x' is claimed twice*"])


def test_record_is_returned(suite: Suite) -> None:
    """assert_similar returns the record, for assertions of one's own."""
    suite.write(
        """
        def test_a(assert_similar):
            record = assert_similar(picture())
            assert record.passed and record.name == "test_page/test_a"
            assert record.verdict.value == "equal" and record.score == 1.0
        """
    )
    suite.run("--update-baselines")
    suite.run().assert_outcomes(passed=1)


def test_scores_reach_junit_as_strings(suite: Suite, mode: tuple[str, ...]) -> None:
    """The JUnit file has the verdict, score and threshold of each comparison as properties."""
    suite.write("def test_a(assert_similar): assert_similar(picture(), 'x')")
    suite.run("--update-baselines")
    suite.run("--junitxml=out.xml", *mode).assert_outcomes(passed=1)
    xml = (suite.path / "out.xml").read_text()
    assert '<property name="imgsim.test_page/test_a/x.score" value="1.0000"' in xml
    assert '<property name="imgsim.test_page/test_a/x.verdict" value="equal"' in xml
    assert "{" not in xml


def test_markers_are_noted(suite: Suite, mode: tuple[str, ...]) -> None:
    """A record has the names of its test's markers, but not of those that configure it."""
    suite.pytester.makeini("[pytest]\nmarkers =\n  slow\n  smoke")
    suite.write(
        """
        pytestmark = pytest.mark.smoke
        @pytest.mark.slow
        class TestA:
            @pytest.mark.imgsim(threshold=0.5)
            @pytest.mark.parametrize("n", [1])
            @pytest.mark.slow
            def test_a(self, assert_similar, n): assert_similar(picture())
        """
    )
    suite.run(*mode)
    assert suite.records()["test_page/TestA.test_a[1]"]["markers"] == ["slow", "smoke"]

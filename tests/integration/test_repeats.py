"""Plugins that repeat tests: all repeats of a test have the baselines of the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from suite import Suite

#: Each plugin's own option, and what it does to the name of a test.
PLUGINS = {
    "repeat": ("--count=3",),
    "flakefinder": ("--flake-finder", "--flake-runs=3"),
    "both": ("--count=2", "--flake-finder", "--flake-runs=2"),
}
TESTS = """
def test_a(assert_similar):
    assert_similar(picture())
    assert_similar(picture((40, 40)), "form")

@pytest.mark.parametrize("x, y", [(8, 40), (80, 40)])
@pytest.mark.parametrize("theme", ["on-off"], indirect=True)
def test_b(assert_similar, theme, x, y): assert_similar(picture((x, y)))

@pytest.fixture
def theme(): pass

class TestC:
    @pytest.mark.parametrize("n", [1])
    def test_c(self, assert_similar, n): assert_similar(picture(), "p/c.png")
"""
#: Each repeat shows another picture.
EACH_OTHER = """
def test_a(assert_similar, request):
    digits = [int(digit) for digit in request.node.name if digit.isdigit()]
    place = sum(digit * 8 * 4**index for index, digit in enumerate(digits[:2]))
    assert_similar(picture((place, 40)))
"""
NAMES = {
    "test_page/test_a.png",
    "test_page/test_a/form.png",
    "test_page/test_b[on-off-8-40].png",
    "test_page/test_b[on-off-80-40].png",
}


@pytest.fixture(params=PLUGINS)
def repeated(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The options of a plugin."""
    return PLUGINS[request.param]


def test_repeats_share_baselines(
    suite: Suite, mode: tuple[str, ...], repeated: tuple[str, ...]
) -> None:
    """What the test made alone is equal to what its repeats show, and none of it is unused."""
    suite.write(TESTS)
    suite.run("--update-baselines").assert_outcomes(passed=4)
    before = suite.baselines()
    assert before.keys() == NAMES
    times = 4 if len(repeated) == 3 else 3
    result = suite.run("--update-baselines", *repeated, *mode)
    result.assert_outcomes(passed=4 * times)
    assert result.ret == 0
    assert suite.baselines() == before
    records = suite.results()["records"]
    assert [record["verdict"] for record in records] == ["equal"] * 5 * times
    assert suite.results()["orphans"] == []


def test_repeats_make_one_baseline(suite: Suite, repeated: tuple[str, ...]) -> None:
    """The first one writes it, and the others find it equal, also where all is written anew."""
    suite.write(TESTS)
    assert suite.run("--imgsim-update=all", "-p", "no:xdist", *repeated).ret == 0
    assert suite.baselines().keys() == NAMES
    assert suite.run("--imgsim-update=all", "-p", "no:xdist", *repeated).ret == 0


def test_a_repeat_that_differs(
    suite: Suite, picture: Callable[..., Any], mode: tuple[str, ...], repeated: tuple[str, ...]
) -> None:
    """Each repeat that fails is reported with its own pictures."""
    suite.put("baselines/test_page/test_a.png", picture())
    suite.write(EACH_OTHER)
    suite.run(*repeated, *mode)
    records = suite.results()["records"]
    actual = {(suite.path / "imgsim-results" / record["actual"]).read_bytes() for record in records}
    assert len(actual) == len(records) == (4 if len(repeated) == 3 else 3)
    assert {record["name"] for record in records} == {"test_page/test_a"}


def test_repeats_that_do_not_agree_on_a_baseline(suite: Suite, repeated: tuple[str, ...]) -> None:
    """An update does not take the picture of whichever came last."""
    suite.write(EACH_OTHER)
    result = suite.run("--update-baselines", "-p", "no:xdist", *repeated)
    assert result.parseoutcomes()["passed"] == 1
    result.stdout.fnmatch_lines(
        ["*test_a.png is updated by a test that is repeated, *without rep*"]
    )


def test_names_that_are_claimed_twice(suite: Suite, repeated: tuple[str, ...]) -> None:
    """Within one repeat, and by other tests, a name is still claimed once."""
    suite.write(
        """
        def test_a(assert_similar):
            assert_similar(picture(), "x")
            with pytest.raises(Exception, match="claimed twice"):
                assert_similar(picture(), "x")
        def test_A(assert_similar):
            with pytest.raises(Exception, match="claimed twice"):
                assert_similar(picture(), "x")
        """
    )
    suite.run("--update-baselines", "-p", "no:xdist", *repeated).assert_outcomes(
        passed=2 * (4 if len(repeated) == 3 else 3)
    )

"""Scores in pytest's cache folder: found again, disabled, cleared and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite import Suite

from pytest_imgsim.plugin import finish

CHANGED = """
@pytest.mark.parametrize("x", [40, 60, 80])
def test_a(assert_similar, x): assert_similar(picture((x + 2, 40)), threshold=0)
"""


@pytest.fixture
def changed(suite: Suite) -> Suite:
    """A suite whose pictures pass with a score below 1."""
    suite.write(CHANGED.replace("x + 2", "x"))
    suite.run("--update-baselines")
    suite.write(CHANGED)
    return suite


def scores(suite: Suite) -> Path:
    return suite.path / ".pytest_cache/d/imgsim"


def seconds(suite: Suite) -> set[float]:
    """Return the seconds that the comparisons of the last run spent in the model."""
    assert set(suite.verdicts().values()) == {"passed"}
    return {record["model_seconds"] for record in suite.records().values()}


def test_the_second_run_needs_no_model(changed: Suite, mode: tuple[str, ...]) -> None:
    """The same pictures have the same records, which spent nothing in the model."""
    changed.run(*mode)
    assert seconds(changed) == {1.0}
    first = changed.records()
    changed.run(*mode)
    assert seconds(changed) == {0.0}
    assert changed.records() == {
        name: {**record, "model_seconds": 0.0} for name, record in first.items()
    }


def test_cleared_with_the_cache(changed: Suite, mode: tuple[str, ...]) -> None:
    """--cache-clear makes a run compare everything."""
    changed.run(*mode)
    changed.run("--cache-clear", *mode)
    assert seconds(changed) == {1.0}
    changed.run(*mode)
    assert seconds(changed) == {0.0}


def test_disabled_with_the_cache(changed: Suite, mode: tuple[str, ...]) -> None:
    """Without pytest's cache no score is kept."""
    for _ in range(2):
        changed.run("-p", "no:cacheprovider", *mode)
        assert seconds(changed) == {1.0}
    assert not scores(changed).exists()


def test_a_cache_that_cannot_be_written(changed: Suite, mode: tuple[str, ...]) -> None:
    """The run works without one."""
    folder = changed.path / ".pytest_cache/d"
    folder.parent.mkdir(exist_ok=True)
    folder.write_bytes(b"")
    for _ in range(2):
        changed.run(*mode).assert_outcomes(passed=3)
        assert seconds(changed) == {1.0}


def test_equal_pictures_touch_nothing(suite: Suite, mode: tuple[str, ...]) -> None:
    """A run in which all is equal does not make the folder."""
    suite.write(CHANGED)
    suite.run("--update-baselines")
    suite.run(*mode)
    assert set(suite.verdicts().values()) == {"equal"}
    assert not scores(suite).exists()


def test_the_least_recently_used_go(
    changed: Suite, mode: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of a run no more are kept than fit."""
    changed.run(*mode)
    assert len(list(scores(changed).iterdir())) == 3
    monkeypatch.setattr(finish, "MAX_CACHED_SCORES", 2)
    changed.write("def test_a(): pass")
    changed.run(*mode)  # nothing compared, nothing to do
    assert len(list(scores(changed).iterdir())) == 3
    changed.write(CHANGED)
    changed.run(*mode)
    assert len(list(scores(changed).iterdir())) == 2

"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from suite import MODES, PICTURES, Suite

# pytester forgets the modules that an inner run imports, and numpy cannot be imported twice.
import pytest_imgsim.resnet
import pytest_imgsim.session  # noqa: F401


@pytest.fixture(autouse=True)
def _no_job_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep inner runs off the summary page of the CI job that runs these tests."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The arguments for one way of running a suite."""
    return MODES[request.param]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """An empty test suite."""
    folders = (str(Path(__file__).parent), str(pytester.path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(folders))
    return Suite(pytester)


@pytest.fixture
def picture() -> Callable[..., Any]:
    """The function `picture` of inner suites."""
    space: dict[str, Any] = {}
    exec(PICTURES, space)
    function: Callable[..., Any] = space["picture"]
    return function

"""A pytest plugin that puts a model of a few lines in the place of the ResNet50.

Inner test suites load it with ``-p fake_plugin``; it reaches xdist's workers too.
"""

from __future__ import annotations

import pytest
from fakes import FakeModel

from pytest_imgsim.plugin.state import STATE


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[STATE]._model = FakeModel()  # type: ignore[assignment]

"""A pytest plugin that puts a model of a few lines in the place of the ResNet50.

Inner test suites load it with ``-p fake_plugin``; it reaches xdist's workers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from fakes import FakeModel

from pytest_imgsim.plugin.state import STATE

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    model = cast("ResNet50", FakeModel())
    config.stash[STATE].model = lambda: model

"""A pytest plugin that puts a model of a few lines in xdist's controller alone.

What it answers then shows that a worker has asked it. It notes each question in a file, and does
as the file ``how`` says.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from fakes import FakeModel, Pixels

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.plugin.state import STATE
from pytest_imgsim.scoring.cosine import CosineMap

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50


class LentModel(FakeModel):
    """Answers, at once or not, or ends in an error."""

    def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
        """Return the cosines of the mean colours."""
        how = Path("how").read_text() if Path("how").exists() else ""
        with Path("asked").open("a") as stream:
            stream.write("x")
        if how == "bad weights":
            raise WeightsError("weights 'mine.h5': expected others; get them")
        if how == "slow":
            time.sleep(2)
        return super().cosines(a, b)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        model = cast("ResNet50", LentModel())
        config.stash[STATE].model = lambda: model

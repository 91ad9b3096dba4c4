"""A pytest plugin that puts a fake model in xdist's controller alone.

Its replies show that a worker has sent a request. It counts requests in the file ``requests``, and
behaves as the file ``behaviour`` says.
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


class ServedModel(FakeModel):
    """Replies at once, late, or with an error."""

    def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
        """Return the cosines of the mean colours."""
        path = Path("behaviour")
        behaviour = path.read_text() if path.exists() else ""
        with Path("requests").open("a") as stream:
            stream.write("x")
        if behaviour == "bad weights":
            raise WeightsError("weights 'mine.h5': expected others; get them")
        if behaviour == "slow":
            time.sleep(2)
        return super().cosines(a, b)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        model = cast("ResNet50", ServedModel())
        config.stash[STATE].model = lambda: model

"""A baseline's name, where its file is, and which pictures are accepted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.baselines.naming import TestId
else:
    __getattr__ = lazy_names(__name__, TestId="naming")

__all__ = ["TestId"]

"""From two pictures of one size to a score: `formula` says how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.scoring.cache import ScoreCache
else:
    __getattr__ = lazy_names(__name__, ScoreCache="cache")

__all__ = ["ScoreCache"]

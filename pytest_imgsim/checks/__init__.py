"""The comparisons of one run, without pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.checks.pipeline import CheckPipeline
    from pytest_imgsim.checks.session import Session
else:
    __getattr__ = lazy_names(__name__, CheckPipeline="pipeline", Session="session")

__all__ = ["CheckPipeline", "Session"]

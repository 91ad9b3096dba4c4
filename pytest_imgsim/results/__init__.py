"""The results folder, and what is done with it: history, merging, accepting, finding orphans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.results.folder import ResultsFolder
else:
    __getattr__ = lazy_names(__name__, ResultsFolder="folder")

__all__ = ["ResultsFolder"]

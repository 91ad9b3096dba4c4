"""Visual regression testing for pytest, scored by the cosine similarity of ResNet50 features."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_imgsim._version import __version__
from pytest_imgsim.errors import (
    BaselineError,
    ImgsimError,
    MaskError,
    PictureError,
    ResultsError,
    SettingsError,
    SourceError,
    UnstableError,
    WeightsError,
)

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.pictures.boxes import Box, Polygon
    from pytest_imgsim.pictures.masks import MaskImage
    from pytest_imgsim.plugin.fixtures import AssertSimilar
    from pytest_imgsim.record import Record, RegionScore, Verdict

__all__ = [
    "AssertSimilar",
    "BaselineError",
    "Box",
    "ImgsimError",
    "MaskError",
    "MaskImage",
    "PictureError",
    "Polygon",
    "Record",
    "RegionScore",
    "ResNet50",
    "ResultsError",
    "SettingsError",
    "SourceError",
    "UnstableError",
    "Verdict",
    "WeightsError",
    "__version__",
]

#: Names that a run without a visual test must not pay for; most need numpy and Pillow.
_LAZY = {
    "AssertSimilar": "pytest_imgsim.plugin.fixtures",
    "Box": "pytest_imgsim.pictures.boxes",
    "MaskImage": "pytest_imgsim.pictures.masks",
    "Polygon": "pytest_imgsim.pictures.boxes",
    "Record": "pytest_imgsim.record",
    "RegionScore": "pytest_imgsim.record",
    "ResNet50": "pytest_imgsim.model.resnet50",
    "Verdict": "pytest_imgsim.record",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)

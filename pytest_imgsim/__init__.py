"""Visual regression testing for pytest, scored by the cosine similarity of ResNet50 features."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    from pytest_imgsim.fixture import AssertSimilar
    from pytest_imgsim.record import Record, RegionScore, Verdict
    from pytest_imgsim.regions import Box, MaskImage, Polygon
    from pytest_imgsim.resnet import ResNet50

__version__ = "0.1.0"

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
]

#: Names that a run without a visual test must not pay for; most need numpy and Pillow.
_LAZY = {
    "AssertSimilar": "pytest_imgsim.fixture",
    "Box": "pytest_imgsim.regions",
    "MaskImage": "pytest_imgsim.regions",
    "Polygon": "pytest_imgsim.regions",
    "Record": "pytest_imgsim.record",
    "RegionScore": "pytest_imgsim.record",
    "ResNet50": "pytest_imgsim.resnet",
    "Verdict": "pytest_imgsim.record",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)

"""Visual regression testing for pytest, scored by the cosine similarity of ResNet50 features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names
from pytest_imgsim._version import __version__
from pytest_imgsim.errors import (
    BaselineError,
    DamagedError,
    ImgsimError,
    MaskError,
    PictureError,
    ResultsError,
    SettingsError,
    SourceError,
    UnreportedError,
    UnstableError,
    WeightsError,
)

# Most of these need numpy and Pillow, which a run without a visual test must not pay for.
if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.pictures.boxes import Box, Polygon
    from pytest_imgsim.pictures.masks import MaskImage
    from pytest_imgsim.plugin.fixtures import AssertSimilar
    from pytest_imgsim.record import Record, RegionScore, Verdict
else:
    __getattr__ = lazy_names(
        __name__,
        AssertSimilar="plugin.fixtures",
        Box="pictures.boxes",
        MaskImage="pictures.masks",
        Polygon="pictures.boxes",
        Record="record",
        RegionScore="record",
        ResNet50="model.resnet50",
        Verdict="record",
    )

__all__ = [
    "AssertSimilar",
    "BaselineError",
    "Box",
    "DamagedError",
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
    "UnreportedError",
    "UnstableError",
    "Verdict",
    "WeightsError",
    "__version__",
]

"""The ResNet50: its weights, and what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.model.remote import RemoteResNet50
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.model.server import ModelServer
else:
    __getattr__ = lazy_names(
        __name__, ModelServer="server", RemoteResNet50="remote", ResNet50="resnet50"
    )

__all__ = ["ModelServer", "RemoteResNet50", "ResNet50"]

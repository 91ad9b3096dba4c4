"""Xdist's workers: which process this is, its share of the CPUs, and the model that they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_imgsim import model
from pytest_imgsim.model.host import usable_cpus
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50

#: Under this name a worker gets the channel that leads to the controller's model.
CHANNEL = "imgsim_model"


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is one of xdist's workers."""
    return hasattr(config, "workerinput")


def worker_threads(config: pytest.Config) -> int:
    """Return this worker's share of the CPUs, or 0 (all of them) where it is alone."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    return 0 if workers <= 1 else max(1, usable_cpus() // int(workers))


def load_model(config: pytest.Config, settings: Settings) -> ResNet50:
    """Return the ResNet50 of this process: for a worker the controller's, where it offers one.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    settings : Settings
        The settings of the run.
    """
    channel = getattr(config, "workerinput", {}).get(CHANNEL)
    kind = partial(model.RemoteResNet50, channel) if channel else model.ResNet50
    return kind(
        settings.weights,
        root=config.rootpath,
        runtime=settings.runtime,
        threads=worker_threads(config),
        max_pixels=settings.max_pixels,
    )


class ModelSharing:
    """Lets workers use the controller's model, so that a machine loads one and not many.

    Parameters
    ----------
    config : pytest.Config
        The controller's configuration.
    model : callable
        Returns the model.
    """

    def __init__(self, config: pytest.Config, model: Callable[[], ResNet50]) -> None:
        self._config = config
        self._model = model

    def serve(self, node: Any) -> None:
        """Give a worker that starts a channel to the model, if it runs on this machine.

        Parameters
        ----------
        node : xdist.workermanage.WorkerController
            The worker.
        """
        gateway = node.gateway
        if not gateway.spec.popen or gateway.spec.via:
            return
        node.workerinput[CHANNEL] = channel = gateway.newchannel()
        self._server.serve(channel)

    @cached_property
    def _server(self) -> model.ModelServer:
        server = model.ModelServer(self._model)
        self._config.add_cleanup(server.close)
        return server

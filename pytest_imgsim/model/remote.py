"""How xdist's workers use one ResNet50: the client in each worker, and the handler of requests.

Requests go over an execnet channel, xdist's own pipe between two processes: it needs no address
and no key, and closes when either process ends. Pixels go one way and cosines come back; features,
97 MB for a page, stay where they are computed.

The channel belongs to the worker. A child that a test forks has a local model: the answers to its
questions would be the worker's to read.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.processes import PerProcess
from pytest_imgsim.scoring.cosine import CosineMap

#: The methods that a request may name, besides the property "model_id".
METHODS = ("cosines", "vector")
#: Seconds that a reply may take, with the requests of other workers before it and a model to load.
REPLY_TIMEOUT = 120.0


def handle_request(model: Callable[[], ResNet50], request: bytes) -> bytes:
    """Return the reply of a model to a request: a value, or the error that was raised.

    Parameters
    ----------
    model : callable
        Returns the model.
    request : bytes
        As `RemoteResNet50` sends it.
    """
    reply: Any
    try:
        method, arguments = pickle.loads(request)
        reply = getattr(model(), method)(*arguments) if method in METHODS else model().model_id
    except Exception as error:
        # Errors of others may not even pickle.
        reply = error if isinstance(error, ImgsimError) else RuntimeError(repr(error))
    return pickle.dumps(reply)


@dataclass
class _Line:
    """What a process has to ask another one with.

    Parameters
    ----------
    channel : execnet.Channel or None
        Where requests go; None for a process that has, or needs, a local model.
    lock : Lock
        Held from a request to its reply.
    """

    channel: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class RemoteResNet50(ResNet50):
    """The ResNet50 of another process; a local one if that process does not answer.

    Parameters
    ----------
    channel : execnet.Channel
        Connects this process to a `pytest_imgsim.model.server.ModelServer`.
    weights : str
        The weights of both.
    **options : object
        Those of `ResNet50`, for a local one.
    """

    def __init__(self, channel: Any, weights: str, **options: Any) -> None:
        super().__init__(weights, **options)
        self._line = PerProcess(_Line)
        self._line().channel = channel

    @property
    def model_id(self) -> str:
        """Architecture, weights, their digest and the version of the preprocessing."""
        if self._is_bundled:
            return super().model_id
        reply = self._request("model_id")
        return super().model_id if reply is None else str(reply)

    def cosines(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> CosineMap:
        """Return the local cosines of two pictures, as `ResNet50` does."""
        reply: CosineMap | None = self._request("cosines", a, b)
        return super().cosines(a, b) if reply is None else reply

    def vector(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the mean of the last stage, as `ResNet50` does."""
        reply: NDArray[np.float32] | None = self._request("vector", rgb)
        return super().vector(rgb) if reply is None else reply

    def _request(self, method: str, *arguments: Any) -> Any:
        """Return what the other process replies, or None if a local model has to do it.

        Raises
        ------
        ImgsimError
            If the model of the other process has raised it.
        """
        line = self._line()
        if line.channel is None:
            return None
        with line.lock, self._timed():
            reply = _exchange(line, pickle.dumps((method, arguments)))
        if isinstance(reply, ImgsimError):
            raise reply
        if isinstance(reply, Exception):
            line.channel = reply = None
        return reply


def _exchange(line: _Line, request: bytes) -> Any:
    """Return the reply to a request, or the exception that stands for one."""
    if line.channel is None:  # since another thread has had no reply
        return None
    request_id = os.urandom(16)
    try:
        line.channel.send((request_id, request))
        reply_id, reply = line.channel.receive(REPLY_TIMEOUT)
        while reply_id != request_id:  # a late reply, to a test that timed out
            reply_id, reply = line.channel.receive(REPLY_TIMEOUT)
        return pickle.loads(reply)
    except Exception as error:  # the other process has ended, hangs, or runs another Python
        return error

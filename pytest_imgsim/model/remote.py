"""How xdist's workers use one ResNet50: the client in each worker, and the handler of requests.

Requests go over an execnet channel, xdist's own pipe between two processes: it needs no address
and no key, and closes when either process ends. Pixels go one way and cosines come back; features,
97 MB for a page, stay where they are computed.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.scoring.cosine import CosineMap

#: The methods that a request may name, besides the property "model_id".
METHODS = ("cosines", "vector")


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


class RemoteResNet50(ResNet50):
    """The ResNet50 of another process; a local one if that process does not answer.

    Parameters
    ----------
    channel : execnet.Channel
        Connects to a `pytest_imgsim.model.server.ModelServer`.
    weights : str
        The weights of both.
    **options : object
        Those of `ResNet50`, for a local one.
    """

    def __init__(self, channel: Any, weights: str, **options: Any) -> None:
        super().__init__(weights, **options)
        self._channel = channel
        self._last_id = 0
        self._lock = threading.Lock()

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
        with self._lock, self._timed():
            reply = self._exchange(pickle.dumps((method, arguments)))
        if isinstance(reply, ImgsimError):
            raise reply
        if isinstance(reply, Exception):
            self._channel = reply = None
        return reply

    def _exchange(self, request: bytes) -> Any:
        if self._channel is None:
            return None
        self._last_id += 1
        try:
            self._channel.send((self._last_id, request))
            request_id, reply = self._channel.receive()
            while request_id != self._last_id:  # a late reply, to a test that timed out
                request_id, reply = self._channel.receive()
            return pickle.loads(reply)
        except Exception as error:  # the other process has ended, or runs another Python
            return error

"""The one model that all of xdist's workers on a machine use, served by xdist's controller."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50

#: Seconds that a request in progress gets to finish when the run ends.
CLOSE_TIMEOUT = 10.0


class ModelServer:
    """Handles the requests of workers to one model, one request after the other.

    Nothing is imported, and no thread started, before the first request.

    Parameters
    ----------
    model : callable
        Returns the model.
    """

    def __init__(self, model: Callable[[], ResNet50]) -> None:
        self._model = model
        self._channels: list[Any] = []
        self._requests: queue.SimpleQueue[tuple[Any, bytes, bytes] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def serve(self, channel: Any) -> None:
        """Handle the requests that arrive over an execnet channel."""
        self._channels.append(channel)
        channel.setcallback(lambda message: self._enqueue(channel, *message))

    def close(self) -> None:
        """Handle no more requests, and close the channels: workers that wait go on alone."""
        with self._lock:
            self._closed = True
        for channel in self._channels:
            with suppress(OSError):
                channel.close()
        self._requests.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT)

    def _enqueue(self, channel: Any, request_id: bytes, request: bytes) -> None:
        """Queue a request; runs in the thread that xdist receives its workers' messages in."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="imgsim", daemon=True)
                self._thread.start()
        self._requests.put((channel, request_id, request))

    def _run(self) -> None:
        from pytest_imgsim.model.remote import handle_request  # imports numpy

        while (item := self._requests.get()) is not None and not self._closed:
            channel, request_id, request = item
            if channel.isclosed():  # its worker has crashed
                continue
            reply = handle_request(self._model, request)
            with suppress(OSError):
                channel.send((request_id, reply))

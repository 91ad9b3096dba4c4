"""The controller's side of the one model that all of xdist's workers on a machine use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50

#: Seconds that a model which is at work gets to come to an end when the run does.
PATIENCE = 10.0


class ModelServer:
    """Answers what workers ask of one model, one question after the other.

    Nothing is imported, and no thread started, before the first question.

    Parameters
    ----------
    model : callable
        Returns the model.
    """

    def __init__(self, model: Callable[[], ResNet50]) -> None:
        self._model = model
        self._channels: list[Any] = []
        self._questions: queue.SimpleQueue[tuple[Any, int, bytes] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def lend(self, channel: Any) -> None:
        """Answer what comes over a channel of execnet."""
        self._channels.append(channel)
        channel.setcallback(lambda question: self._take(channel, *question))

    def close(self) -> None:
        """Answer nothing more; who still waits is told so."""
        with self._lock:
            self._closed = True
        for channel in self._channels:
            with suppress(OSError):
                channel.close()
        self._questions.put(None)
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _take(self, channel: Any, number: int, question: bytes) -> None:
        """Note a question; runs in the thread by which xdist hears of its worker."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="imgsim", daemon=True)
                self._thread.start()
        self._questions.put((channel, number, question))

    def _work(self) -> None:
        from pytest_imgsim.model.remote import answer

        while (asked := self._questions.get()) is not None and not self._closed:
            channel, number, question = asked
            if channel.isclosed():  # its worker has crashed
                continue
            said = answer(self._model, question)
            with suppress(OSError):
                channel.send((number, said))

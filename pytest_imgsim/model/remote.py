"""One ResNet50 for all of xdist's workers on a machine: what they ask, and what they are told.

Questions go over a channel of execnet, which is xdist's own pipe between two processes: it needs no
address and no key, and is gone when either of them is. Pixels go one way and cosines come back;
features, of which a page has 97 MB, stay where they are made.
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

#: What may be asked for, beside the model's id.
METHODS = ("cosines", "vector")


def answer(model: Callable[[], ResNet50], question: bytes) -> bytes:
    """Return what a model says to a question, or the error that it ends in.

    Parameters
    ----------
    model : callable
        Returns the model.
    question : bytes
        As `RemoteResNet50` asks it.
    """
    said: Any
    try:
        what, arguments = pickle.loads(question)
        said = getattr(model(), what)(*arguments) if what in METHODS else model().model_id
    except Exception as error:
        # Of others not even sure is that they can be sent.
        said = error if isinstance(error, ImgsimError) else RuntimeError(repr(error))
    return pickle.dumps(said)


class RemoteResNet50(ResNet50):
    """The ResNet50 of another process; one of its own where that one does not answer.

    Parameters
    ----------
    channel : execnet.Channel
        Leads to a `pytest_imgsim.model.server.ModelServer`.
    weights : str
        The weights of both.
    **options : object
        Those of `ResNet50`, for one of its own.
    """

    def __init__(self, channel: Any, weights: str, **options: Any) -> None:
        super().__init__(weights, **options)
        self._channel = channel
        self._asked = 0
        self._lock = threading.Lock()

    @property
    def model_id(self) -> str:
        """Architecture, weights, their digest and the preprocessing's number."""
        if self.is_known:
            return super().model_id
        said = self._ask("model_id")
        return super().model_id if said is None else str(said)

    def cosines(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> CosineMap:
        """Return the local cosines of two cuts, as `ResNet50` does."""
        said: CosineMap | None = self._ask("cosines", a, b)
        return super().cosines(a, b) if said is None else said

    def vector(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the mean of the last stage, as `ResNet50` does."""
        said: NDArray[np.float32] | None = self._ask("vector", rgb)
        return super().vector(rgb) if said is None else said

    def _ask(self, what: str, *arguments: Any) -> Any:
        """Return what the other process says, or None where it says nothing of use.

        Raises
        ------
        ImgsimError
            If the model there has ended in one.
        """
        with self._lock, self._working():
            said = self._said(pickle.dumps((what, arguments)))
        if isinstance(said, ImgsimError):
            raise said
        if isinstance(said, Exception):
            self._channel = said = None
        return said

    def _said(self, question: bytes) -> Any:
        if self._channel is None:
            return None
        self._asked += 1
        try:
            self._channel.send((self._asked, question))
            number, content = self._channel.receive()
            while number != self._asked:  # of a question whose test was timed out
                number, content = self._channel.receive()
            return pickle.loads(content)
        except Exception as error:  # the other process is gone, or is another Python
            return error

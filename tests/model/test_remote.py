"""One model for several processes: requests, replies, errors, and processes that end early."""

from __future__ import annotations

import os
import pickle
import queue
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakes import FakeModel, Pixels, in_child, noise

from pytest_imgsim.errors import SourceError, WeightsError
from pytest_imgsim.model.remote import RemoteResNet50, handle_request
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.model.server import ModelServer
from pytest_imgsim.plugin.workers import CHANNEL, ModelSharing
from pytest_imgsim.scoring.cosine import CosineMap

A, B = noise(16, 24), noise(16, 24, 1)
OWN = CosineMap(4, np.full((4, 6), 0.25))


class End:
    """One end of a channel, as execnet has it."""

    def __init__(self) -> None:
        self.peer = self
        self.callback: Any = None
        self.items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.closed = False
        self.waited: float | None = None

    def setcallback(self, callback: Any) -> None:
        """Have each item passed to a function."""
        self.callback = callback

    def isclosed(self) -> bool:
        """Return whether the channel is closed."""
        return self.closed

    def send(self, item: Any) -> None:
        """Send to the other end."""
        if self.closed:
            raise OSError("cannot send")
        self.peer.callback(item) if self.peer.callback else self.peer.items.put(item)

    def receive(self, timeout: float) -> Any:
        """Wait for what the other end sends."""
        self.waited = timeout
        item = self.items.get(timeout=min(timeout, 60))
        if item is None:
            raise EOFError
        return item

    def close(self) -> None:
        """Close both ends."""
        self.closed = self.peer.closed = True
        self.peer.items.put(None)


def channel() -> tuple[End, End]:
    """Return the controller's and the worker's end of a channel."""
    here, there = End(), End()
    here.peer, there.peer = there, here
    return here, there


class Broken(FakeModel):
    """Raises an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
        """Raise the error."""
        self.calls += 1
        raise self.error


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recognise a worker's local model by its replies."""
    monkeypatch.setattr(ResNet50, "cosines", lambda *_: OWN)
    monkeypatch.setattr(ResNet50, "vector", lambda *_: np.zeros(3, np.float32))


@pytest.fixture
def served() -> Iterator[SimpleNamespace]:
    """A server of `models[0]`, and what connects a client to it."""
    models: list[Any] = [FakeModel()]
    server = ModelServer(lambda: models[0])

    def connect(weights: str = "bundled") -> tuple[End, RemoteResNet50]:
        here, there = channel()
        server.serve(here)
        return here, RemoteResNet50(there, weights)

    yield SimpleNamespace(models=models, server=server, connect=connect)
    server.close()
    assert not threads()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "imgsim"]


def test_replies_are_those_of_the_served_model(served: SimpleNamespace) -> None:
    """Cosines, pooled vectors and the id come from the other process, and count as time."""
    _, model = served.connect("mine.h5")
    assert threads() == []
    cells = model.cosines(A, B)
    expected = FakeModel().cosines(A, B)
    assert cells.stride == expected.stride
    assert np.array_equal(cells.values, expected.values)
    assert np.array_equal(model.vector(A), FakeModel().vector(A))
    assert model.features(A).shape == (6,)
    assert model.model_id == "fake"
    assert model.seconds > 0
    assert len(threads()) == 1


def test_the_id_of_the_bundled_weights_takes_no_request(served: SimpleNamespace) -> None:
    """What is known already is not requested."""
    _, model = served.connect()
    assert model.model_id == ResNet50().model_id
    assert threads() == []


def test_errors_of_the_model_are_raised_in_the_worker(served: SimpleNamespace) -> None:
    """An error of ours arrives as the same error, each time, and the next request is sent."""
    served.models[0] = Broken(WeightsError("weights 'x.h5': get others"))
    _, model = served.connect()
    for _ in range(2):
        with pytest.raises(WeightsError, match=r"^weights 'x.h5': get others$"):
            model.cosines(A, B)
    served.models[0] = FakeModel()
    assert model.cosines(A, B) is not OWN


@pytest.mark.parametrize("error", [MemoryError(), ImportError("no numpy"), SourceError("x")])
def test_any_error_becomes_a_reply(error: Exception) -> None:
    """An error is sent whatever it holds, and so is one about the request itself."""
    model: Any = Broken(error)
    reply = pickle.loads(handle_request(lambda: model, pickle.dumps(("cosines", (A, B)))))
    assert type(reply) is (SourceError if isinstance(error, SourceError) else RuntimeError)
    assert isinstance(pickle.loads(handle_request(ResNet50, b"no request")), RuntimeError)


def test_other_errors_lead_to_a_local_model(served: SimpleNamespace) -> None:
    """If the other process fails, this one uses a local model, and sends no more requests."""
    served.models[0] = broken = Broken(MemoryError())
    _, model = served.connect()
    assert model.cosines(A, B) is OWN
    assert model.cosines(A, B) is OWN
    assert np.array_equal(model.vector(A), np.zeros(3))
    assert broken.calls == 1


def test_a_closed_channel_leads_to_a_local_model(served: SimpleNamespace) -> None:
    """If the other process has ended, before or during a request, this one uses a local model."""
    _, model = served.connect()
    served.server.close()
    assert model.cosines(A, B) is OWN
    here, there = channel()
    here.setcallback(lambda _: here.close())
    assert RemoteResNet50(there, "bundled").cosines(A, B) is OWN


def test_a_late_reply_is_dropped(served: SimpleNamespace) -> None:
    """The reply to a test that was interrupted is not taken for that to the next request.

    No id of a request is used again, not even by a child process that was forked before it.
    """
    here, model = served.connect()
    for request_id in (0, 1, b"", bytes(16)):
        here.send((request_id, pickle.dumps(OWN)))
    assert model.cosines(A, B).values.shape == (2, 3)


def test_no_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the other process hangs, this one waits for a limited time, and uses a local model."""
    _, there = channel()
    there.peer.setcallback(lambda _: None)
    monkeypatch.setattr("pytest_imgsim.model.remote.REPLY_TIMEOUT", 0.01)
    assert RemoteResNet50(there, "bundled").cosines(A, B) is OWN
    assert there.waited == 0.01


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_a_model_of_its_own(served: SimpleNamespace) -> None:
    """It sends nothing over its parent's channel, even while a thread of the parent uses it."""
    _, model = served.connect()
    with model._line().lock:
        assert in_child(lambda: model.cosines(A, B) is OWN)
    assert threads() == []
    assert model.cosines(A, B) is not OWN


def test_a_crashed_worker_does_not_stop_the_others(served: SimpleNamespace) -> None:
    """Requests of workers that have ended are skipped, and replies to them are dropped."""
    begun, going = threading.Event(), threading.Event()
    gone, first = served.connect()
    _, second = served.connect()

    class Slow(FakeModel):
        def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
            begun.set()
            going.wait(60)
            return super().cosines(a, b)

    served.models[0] = Slow()
    first._line().channel.send((b"1", pickle.dumps(("cosines", (A, B)))))  # in progress
    first._line().channel.send((b"2", pickle.dumps(("cosines", (A, B)))))  # queued
    assert begun.wait(60)
    gone.closed = True
    going.set()
    assert second.cosines(A, B) is not OWN
    assert served.models[0].calls == 4  # pictures: one pair is left


@pytest.mark.parametrize(
    ("spec", "serves"),
    [
        ({"popen": True, "via": None}, True),
        ({"popen": True, "via": "master"}, False),
        ({"popen": None, "via": None, "ssh": "host"}, False),
    ],
)
def test_workers_on_other_machines_have_local_models(spec: dict[str, Any], serves: bool) -> None:
    """Only processes on the same machine are served."""
    gateway = SimpleNamespace(spec=SimpleNamespace(**spec), newchannel=End)
    node = SimpleNamespace(gateway=gateway, workerinput={})
    cleanups: list[Any] = []
    config: Any = SimpleNamespace(add_cleanup=cleanups.append)
    ModelSharing(config, ResNet50).serve(node)
    assert (CHANNEL in node.workerinput) == bool(cleanups) == serves

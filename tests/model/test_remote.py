"""One model for several processes: questions, answers, errors, and ends that come early."""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakes import FakeModel, Pixels, noise

from pytest_imgsim.errors import SourceError, WeightsError
from pytest_imgsim.model.remote import RemoteResNet50, answer
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

    def setcallback(self, callback: Any) -> None:
        """Have each item handed over."""
        self.callback = callback

    def isclosed(self) -> bool:
        """Return whether nothing goes through any more."""
        return self.closed

    def send(self, item: Any) -> None:
        """Send to the other end."""
        if self.closed:
            raise OSError("cannot send")
        self.peer.callback(item) if self.peer.callback else self.peer.items.put(item)

    def receive(self) -> Any:
        """Wait for what the other end sends."""
        item = self.items.get(timeout=60)
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
    """Ends in an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
        """Raise the error."""
        self.calls += 1
        raise self.error


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell a worker's own model by its answers."""
    monkeypatch.setattr(ResNet50, "cosines", lambda *_: OWN)
    monkeypatch.setattr(ResNet50, "vector", lambda *_: np.zeros(3, np.float32))


@pytest.fixture
def lent() -> Iterator[SimpleNamespace]:
    """A lender, and what makes a model that asks it."""
    models: list[Any] = [FakeModel()]
    lender = ModelServer(lambda: models[0])

    def borrow(weights: str = "bundled") -> tuple[End, RemoteResNet50]:
        here, there = channel()
        lender.lend(here)
        return here, RemoteResNet50(there, weights)

    yield SimpleNamespace(models=models, lender=lender, borrow=borrow)
    lender.close()
    assert not threads()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "imgsim"]


def test_the_answers_are_those_of_the_lent_model(lent: SimpleNamespace) -> None:
    """Cosines, pooled vectors and the id come from the other process, and count as time."""
    _, model = lent.borrow("mine.h5")
    assert threads() == []
    cells = model.cosines(A, B)
    expected = FakeModel().cosines(A, B)
    assert cells.stride == expected.stride
    assert np.array_equal(cells.values, expected.values)
    assert np.array_equal(model.vector(A), FakeModel().vector(A))
    assert model.features(A).shape == (3,)
    assert model.model_id == "fake"
    assert model.seconds > 0
    assert len(threads()) == 1


def test_the_id_of_the_bundled_weights_is_not_asked_for(lent: SimpleNamespace) -> None:
    """What is known already costs no question."""
    _, model = lent.borrow()
    assert model.model_id == ResNet50().model_id
    assert threads() == []


def test_errors_of_the_model_are_raised_where_it_was_asked(lent: SimpleNamespace) -> None:
    """An error with a cure is the same error, each time; the model is asked again."""
    lent.models[0] = Broken(WeightsError("weights 'x.h5': get others"))
    _, model = lent.borrow()
    for _ in range(2):
        with pytest.raises(WeightsError, match=r"^weights 'x.h5': get others$"):
            model.cosines(A, B)
    lent.models[0] = FakeModel()
    assert model.cosines(A, B) is not OWN


@pytest.mark.parametrize("error", [MemoryError(), ImportError("no numpy"), SourceError("x")])
def test_any_error_can_be_told(error: Exception) -> None:
    """Errors travel, whatever they hold."""
    question = pickle.dumps(("cosines", (A, B)))
    told = pickle.loads(answer(lambda: Broken(error), question))  # type: ignore[arg-type, return-value]
    assert type(told) is (SourceError if isinstance(error, SourceError) else RuntimeError)
    assert isinstance(pickle.loads(answer(lambda: ResNet50(), b"no question")), RuntimeError)


def test_other_errors_lead_to_a_model_of_ones_own(lent: SimpleNamespace) -> None:
    """Where the other process cannot work, this one does, and asks no more."""
    lent.models[0] = broken = Broken(MemoryError())
    _, model = lent.borrow()
    assert model.cosines(A, B) is OWN
    assert model.cosines(A, B) is OWN
    assert np.array_equal(model.vector(A), np.zeros(3))
    assert broken.calls == 1


def test_a_closed_channel_leads_to_a_model_of_ones_own(lent: SimpleNamespace) -> None:
    """Where the other process has gone, before or during a question, this one works alone."""
    _, model = lent.borrow()
    lent.lender.close()
    assert model.cosines(A, B) is OWN
    here, there = channel()
    here.setcallback(lambda _: here.close())
    assert RemoteResNet50(there, "bundled").cosines(A, B) is OWN


def test_a_late_answer_is_not_taken_for_another(lent: SimpleNamespace) -> None:
    """What a test was interrupted waiting for does not answer the next question."""
    here, model = lent.borrow()
    here.send((0, pickle.dumps(OWN)))
    assert model.cosines(A, B).values.shape == (2, 3)


def test_a_crashed_worker_does_not_stop_the_others(lent: SimpleNamespace) -> None:
    """Questions of those that have gone are left, and answers to them are dropped."""
    begun, going = threading.Event(), threading.Event()
    gone, first = lent.borrow()
    _, second = lent.borrow()

    class Slow(FakeModel):
        def cosines(self, a: Pixels, b: Pixels) -> CosineMap:
            begun.set()
            going.wait(60)
            return super().cosines(a, b)

    lent.models[0] = Slow()
    first._channel.send((1, pickle.dumps(("cosines", (A, B)))))  # at work
    first._channel.send((2, pickle.dumps(("cosines", (A, B)))))  # waits
    assert begun.wait(60)
    gone.closed = True
    going.set()
    assert second.cosines(A, B) is not OWN
    assert lent.models[0].calls == 4  # pictures: one pair is left


@pytest.mark.parametrize(
    ("spec", "lends"),
    [
        ({"popen": True, "via": None}, True),
        ({"popen": True, "via": "master"}, False),
        ({"popen": None, "via": None, "ssh": "host"}, False),
    ],
)
def test_workers_of_other_machines_have_models_of_their_own(
    spec: dict[str, Any], lends: bool
) -> None:
    """Only local processes are lent one."""
    gateway = SimpleNamespace(spec=SimpleNamespace(**spec), newchannel=End)
    node = SimpleNamespace(gateway=gateway, workerinput={})
    cleanups: list[Any] = []
    config: Any = SimpleNamespace(add_cleanup=cleanups.append)
    ModelSharing(config, ResNet50).serve(node)
    assert (CHANNEL in node.workerinput) == bool(cleanups) == lends

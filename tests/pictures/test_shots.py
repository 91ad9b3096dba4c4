"""Captures of a page, until two in a row show the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakes import Page, encoded, noise, png, replay
from matplotlib.figure import Figure
from PIL import Image

from pytest_imgsim.errors import UnstableError
from pytest_imgsim.pictures import shots
from pytest_imgsim.pictures.shots import Shot, capture_until_stable
from pytest_imgsim.pictures.sources import open_source

RGB = noise(6, 9)
DATA = png(RGB)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses so far, on a clock that only they move."""
    pauses: list[float] = []
    monkeypatch.setattr(shots, "PAUSES", (0.0, 0.1, 0.25, 0.5))
    monkeypatch.setattr(shots, "LAST_PAUSE", 1.0)
    monkeypatch.setattr(
        shots, "System", SimpleNamespace(sleep=pauses.append, clock=lambda: sum(pauses))
    )
    return pauses


def settled(given: Any, timeout: float) -> Any:
    """Return the capture that a source stands still with."""
    source = open_source(given)
    return capture_until_stable(Shot(source, source.capture()), timeout).raw


FRAMES = [png(noise(4, 4, seed)) for seed in range(4)]


def test_settles_when_two_captures_agree(slept: list[float]) -> None:
    """The first capture that shows what the one before showed is taken."""
    assert settled(replay(*FRAMES[:3], FRAMES[2], FRAMES[3]), 5) == FRAMES[2]
    assert slept == [0.0, 0.1, 0.25]


def test_settles_on_pixels_not_on_bytes(slept: list[float]) -> None:
    """The same pixels in other bytes agree."""
    other = encoded(Image.fromarray(noise(4, 4, 0)), "PNG", compress_level=9)
    assert other != FRAMES[0]
    assert settled(replay(FRAMES[0], other, FRAMES[1]), 5) == other


@pytest.mark.parametrize(("timeout", "count"), [(0.01, 2), (1.0, 5), (5.0, 9)])
def test_never_settles(slept: list[float], timeout: float, count: int) -> None:
    """A source that keeps moving is told with the number of captures and the time allowed."""
    taken: list[int] = []

    def moving() -> Any:
        taken.append(1)
        return np.full((2, 2), len(taken), np.uint8)

    text = rf"never became stable: no two of {count} captures .* within {timeout:g} s.*stable-"
    with pytest.raises(UnstableError, match=text):
        settled(moving, timeout)
    assert len(taken) == count
    assert sum(slept) <= timeout


def test_a_buffer_that_is_drawn_over_moves(slept: list[float]) -> None:
    """A function that gives the same array again, redrawn, does not stand still."""
    buffer = np.zeros((2, 2), np.uint8)

    def redrawn() -> Any:
        buffer[:] += 1
        return buffer

    with pytest.raises(UnstableError, match="never became stable"):
        settled(redrawn, 1.0)


def test_timeout_0_takes_the_first(slept: list[float]) -> None:
    """Without time to settle, the first capture counts."""
    assert settled(replay(*FRAMES), 0) == FRAMES[0]
    assert slept == []


def test_what_is_not_live_is_captured_once(slept: list[float]) -> None:
    """A file, bytes or an array cannot change."""
    for source in (DATA, RGB, Image.fromarray(RGB), Figure(figsize=(1, 1))):
        first = Shot(open_source(source), open_source(source).capture())
        assert capture_until_stable(first, 5) is first
    assert slept == []


def test_settling_keeps_the_full_page(slept: list[float]) -> None:
    """Each further capture is asked for as the first one was."""
    page = Page(DATA)
    capture_until_stable(Shot(open_source(page, full_page=True), DATA), 5)
    assert [asked.get("full_page") for asked in page.asked] == [True]

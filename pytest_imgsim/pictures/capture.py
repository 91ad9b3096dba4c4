"""From a capture to a picture, and from a page that moves to a capture that stands still."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

from PIL import Image

from pytest_imgsim.errors import UnstableError
from pytest_imgsim.pictures.decode import decode, from_array, from_pil
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.pictures.sources import Capture, capture, describe, is_live

#: Pauses before a live source is captured again, in seconds; the last one repeats.
PAUSES = (0.1, 0.25, 0.5)
LAST_PAUSE = 1.0


def as_picture(source: Any, *, max_pixels: int = 80_000_000) -> Picture:
    """Capture `source` once and decode it.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image, numpy array, or live source
        See :data:`pytest_imgsim.pictures.sources.ACCEPTED`.
    max_pixels : int
        Largest picture that is decoded.

    Raises
    ------
    SourceError
        If `source` is none of what is accepted.
    PictureError
        If it does not hold one picture.
    """
    return to_picture(capture(source), what=describe(source), max_pixels=max_pixels)


def to_picture(raw: Capture, *, what: str, max_pixels: int) -> Picture:
    """Decode one capture.

    Raises
    ------
    PictureError
        If `raw` does not hold one picture of at most `max_pixels` pixels.
    """
    if isinstance(raw, bytes):
        return decode(raw, what=what, max_pixels=max_pixels)
    if isinstance(raw, Image.Image):
        return from_pil(raw, what=what, max_pixels=max_pixels)
    return from_array(raw, what=what, max_pixels=max_pixels)


def _as_it_is(picture: Picture) -> Picture:
    return picture


def capture_until_stable(
    source: Any,
    first: Capture,
    *,
    timeout: float,
    max_pixels: int,
    full_page: bool = False,
    seen: Callable[[Picture], Picture] = _as_it_is,
) -> Capture:
    """Capture a live source until two captures in a row show the same pixels.

    Parameters
    ----------
    source : object
        What `first` was captured from; where it is not live, `first` is returned.
    first : bytes, PIL image or ndarray
        The capture that was taken already.
    timeout : float
        Seconds that it may take; 0 takes the first capture as it is.
    max_pixels : int
        Largest picture that is decoded.
    full_page : bool
        Whether a Playwright page is captured to its full height.
    seen : callable
        Returns what counts of a capture: the picture with its masks on.

    Raises
    ------
    UnstableError
        If no two captures in a row agree within `timeout`.
    """
    if timeout == 0 or not is_live(source):
        return first
    what = describe(source)
    started, last = time.monotonic(), first
    for count, pause in enumerate(chain(PAUSES, repeat(LAST_PAUSE)), start=1):
        if count > 1 and time.monotonic() - started + pause > timeout:
            raise UnstableError(
                f"{what} never stood still: no two of {count} captures in a row were the same "
                f"within {timeout:g} s. Stop what moves (animations, clocks, loading), ignore it "
                "with ignore=, or allow more time with --imgsim-stable-timeout"
            )
        time.sleep(min(pause, timeout))
        current = capture(source, full_page=full_page)
        if isinstance(current, bytes) and current == last:
            return current
        before, now = (to_picture(raw, what=what, max_pixels=max_pixels) for raw in (last, current))
        if seen(before).same_pixels(seen(now)):
            return current
        last = current
    raise AssertionError("unreachable: the pauses never end")

"""Captures of a page, until two in a row show the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, repeat
from typing import Any

from pytest_imgsim.errors import MaskError, UnstableError
from pytest_imgsim.files.system import System
from pytest_imgsim.pictures.capture import to_picture
from pytest_imgsim.pictures.elements import areas
from pytest_imgsim.pictures.masks import apply_mask, union_mask
from pytest_imgsim.pictures.picture import Mask, Picture
from pytest_imgsim.pictures.sources import Capture, Source

#: Pauses before a live source is captured again, in seconds; the last one repeats.
PAUSES = (0.1, 0.25, 0.5)
LAST_PAUSE = 1.0


@dataclass(frozen=True, eq=False)
class Shot:
    """One capture of a source, decoded and masked once, when that is needed.

    Parameters
    ----------
    source : Source
        What was captured.
    raw : bytes, PIL image or ndarray
        The capture.
    ignore : tuple
        The areas to mask, as a test gives them.
    max_pixels : int
        Largest picture that is decoded.
    """

    source: Source
    raw: Capture
    ignore: tuple[Any, ...] = ()
    max_pixels: int = 80_000_000

    def again(self) -> Shot:
        """Capture the source again."""
        return replace(self, raw=self.source.capture())

    @cached_property
    def picture(self) -> Picture:
        """The whole picture."""
        return to_picture(self.raw, what=str(self.source), max_pixels=self.max_pixels)

    @cached_property
    def mask(self) -> Mask | None:
        """The ignored pixels, (H, W) bool; None without any.

        Raises
        ------
        MaskError
            If an area is nowhere on the picture, or all areas hide all of it.
        """
        size = self.picture.size
        return union_mask(areas(self.ignore, self.source, size), size)

    @cached_property
    def masked(self) -> Picture:
        """The picture with its mask applied.

        Raises
        ------
        MaskError
            As `mask` does.
        """
        return apply_mask(self.picture, self.mask)

    def shows_what(self, other: Shot) -> bool:
        """Return whether two shots show the same pixels where nothing is masked."""
        if isinstance(self.raw, bytes) and self.raw == other.raw:
            return True
        return self._compared.same_pixels(other._compared)

    @property
    def _compared(self) -> Picture:
        try:
            return self.masked
        except MaskError:  # raised once the page is stable, if its size is right
            return self.picture


def capture_until_stable(first: Shot, timeout: float) -> Shot:
    """Capture a live source until two captures in a row show the same pixels.

    Parameters
    ----------
    first : Shot
        The capture that was taken already; returned where its source is not live.
    timeout : float
        Seconds that it may take; 0 takes the first capture as it is.

    Raises
    ------
    UnstableError
        If no two captures in a row agree within `timeout`.
    """
    if timeout == 0 or not first.source.kind.live:
        return first
    started, last = System.clock(), first
    for count, pause in enumerate(chain(PAUSES, repeat(LAST_PAUSE)), start=1):
        if count > 1 and System.clock() - started + pause > timeout:
            raise UnstableError(
                f"{first.source} never became stable: no two of {count} captures in a row were the "
                f"same within {timeout:g} s. Stop what moves (animations, clocks, loading), ignore "
                "it with ignore=, or allow more time with --imgsim-stable-timeout"
            )
        System.sleep(min(pause, timeout))
        current = last.again()
        if current.shows_what(last):
            return current
        last = current
    raise AssertionError("unreachable: the pauses never end")

"""An actual picture and its baseline, as they are compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pytest_imgsim.pictures.changed import changed_boxes, changed_pixels
from pytest_imgsim.pictures.picture import Mask, Picture
from pytest_imgsim.rect import Rect


@dataclass(frozen=True, eq=False)
class PicturePair:
    """Two pictures of one size, with masks applied to both.

    Parameters
    ----------
    actual : Picture
        The picture under test.
    baseline : Picture
        What it should look like.

    Raises
    ------
    ValueError
        If the sizes differ.
    """

    actual: Picture
    baseline: Picture

    def __post_init__(self) -> None:
        if self.actual.size != self.baseline.size:
            raise ValueError(f"expected one size, got {self.actual.size} and {self.baseline.size}")

    @cached_property
    def changed(self) -> Mask:
        """The pixels that differ in any channel, opacity included, (H, W) bool."""
        return changed_pixels(self.actual, self.baseline)

    @cached_property
    def equal(self) -> bool:
        """Whether no pixel differs."""
        return not self.changed.any()

    @cached_property
    def boxes(self) -> list[Rect]:
        """The boxes of connected changed areas, in reading order."""
        return changed_boxes(self.changed)

    @property
    def opaque(self) -> bool:
        """Whether colours are all there is to see, in both pictures."""
        return self.actual.alpha is None and self.baseline.alpha is None

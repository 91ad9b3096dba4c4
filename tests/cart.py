"""What tests of a session share: pictures of one baseline, and what is kept of it."""

from __future__ import annotations

from fakes import Bench, flat

from pytest_imgsim.record import Record

#: What a results folder has from the start.
MADE = ("imgsim-results/.gitignore", "imgsim-results/.pytest-imgsim")
NAME = "tests/test_shop/test_cart"
STORED = f"baselines/{NAME}.png"
OLD = flat(64, 64)
SPOT = OLD.copy()
SPOT[8:16, 8:16] = (255, 0, 0)
TALL = flat(80, 64)


def kept(*kinds: str) -> set[str]:
    """Return the files of the results folder with these kinds of pictures."""
    return {*MADE, *(f"imgsim-results/{NAME}.{kind}.png" for kind in kinds)}


def actual_of(bench: Bench, record: Record) -> bytes:
    """Return the actual picture that a record names."""
    return (bench.root / "imgsim-results" / str(record.actual)).read_bytes()

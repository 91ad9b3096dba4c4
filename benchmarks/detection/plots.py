"""Make labelled pairs of plots, drawn by matplotlib as several machines would draw them.

Figures of sixteen kinds, plain and with one regression of twenty kinds; the pairs are scored like
all others::

    .venv/bin/python benchmarks/detection/plots.py --work DIR
    .venv/bin/python benchmarks/detection/score.py DIR/plots.jsonl --split test

Pairs whose figure or regression came later are marked "added".
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import command_line
import matplotlib
import numpy as np
from machines import PLAIN
from matplotlib.figure import Figure
from pairs import Album, Record, half_of, write_lines
from pictures import Box, Pixels, changed_box
from PIL import Image
from plot_changes import ADDED_REGRESSIONS, PLAIN_DPI, REGRESSIONS, Change
from plot_figures import ADDED_FIGURES, FIGURES, Draw
from templates import TEST, TRAIN, VALIDATION
from treatments import recoded

#: Nothing may be chosen on the plots of the test seeds.
SEEDS = {TRAIN: (3, 4), VALIDATION: (2,), TEST: (0, 1)}
SIZE = WIDTH, HEIGHT = 640, 480
KINDS = tuple(change.__name__ for change in (*REGRESSIONS, *ADDED_REGRESSIONS))


@dataclass(frozen=True)
class Machine:
    """One way in which another machine draws the same figure.

    Parameters
    ----------
    settings : dict
        matplotlib's own, by name.
    scale : int
        Device pixels for one; the picture is scaled down to its size.
    offset : tuple of float
        How far everything is moved right and down, in pixels.
    quality : int
        Of a JPEG file that the picture has been through; 0 for none.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    scale: int = 1
    offset: tuple[float, float] = (0.0, 0.0)
    quality: int = 0


MACHINES = {
    PLAIN.name: Machine(),
    "hinting none": Machine({"text.hinting": "none"}),
    "scale 2": Machine(scale=2),
    "scale 3": Machine(scale=3),
    "offset 0.3": Machine(offset=(0.3, 0.3)),
    "jpeg 90": Machine(quality=90),
}


class NothingToChange(LookupError):
    """A figure has nothing that a regression could change."""


def drawn(figure: Draw, seed: int, machine: Machine, change: Change | None = None) -> Pixels:
    """Return a figure's pixels, (480, 640, 3).

    Raises
    ------
    NothingToChange
        If the change has nothing to work on.
    """
    with matplotlib.rc_context(machine.settings):
        canvas = _canvas(machine)
        axes = canvas.subplots()
        figure(axes, np.random.default_rng(seed))
        axes.set(title="Weekly report of all sites", xlabel="week", ylabel="amount")
        draw = random.Random(f"{figure.__name__} {seed} {change and change.__name__}")
        if change and not change(axes, draw):
            raise NothingToChange
        out = io.BytesIO()
        canvas.savefig(out, format="png")
    shot = Image.open(out).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    pixels = np.asarray(shot)
    return recoded("JPEG", machine.quality)(pixels) if machine.quality else pixels


def _canvas(machine: Machine) -> Figure:
    """Return an empty figure with matplotlib's margins, moved by the machine's offset."""
    canvas = Figure((WIDTH / PLAIN_DPI, HEIGHT / PLAIN_DPI), dpi=PLAIN_DPI * machine.scale)
    right, down = machine.offset[0] / WIDTH, machine.offset[1] / HEIGHT
    canvas.subplots_adjust(0.125 + right, 0.11 - down, 0.9 + right, 0.88 - down)
    return canvas


Shots = dict[str, Pixels]


def pairs_of(work: Path, figure: Draw, seed: int, split: str) -> list[Record]:
    """Draw a figure in all ways and return its pairs."""
    name = f"{figure.__name__}-{seed}"
    shots = {key: drawn(figure, seed, machine) for key, machine in MACHINES.items()}
    album = Album(work, f"plots/{name}", shots[PLAIN.name], template=name, split=split)
    added = figure in ADDED_FIGURES
    pairs = []
    for key, pixels in shots.items():
        pairs += album.benign(pixels, key, key, half=half_of(key, list(MACHINES)), added=added)
    for change in (*REGRESSIONS, *ADDED_REGRESSIONS):
        kind = change.__name__
        more = {"half": half_of(kind, KINDS), "added": added or change in ADDED_REGRESSIONS}
        for key, pixels, box in _changed(figure, seed, change, shots):
            found = {"kind": kind, "machine": key, "box": box, **more}
            pairs.append(album.regression(pixels, f"{key}-{kind}", **found))
    return pairs


def _changed(
    figure: Draw, seed: int, change: Change, shots: Shots
) -> Iterator[tuple[str, Pixels, Box]]:
    """Yield a regression as the plain machine and another one draw it, where it shows."""
    name = f"{figure.__name__}-{seed} {change.__name__}"
    for key in (PLAIN.name, random.Random(name).choice(list(MACHINES)[1:])):
        try:
            pixels = drawn(figure, seed, MACHINES[key], change)
        except NothingToChange:
            return
        if box := changed_box(pixels, shots[key]):
            yield key, pixels, box


def main() -> None:
    """Write the pictures and ``plots.jsonl``."""
    given = command_line.read(__doc__)
    found = [
        pair
        for split in given.splits
        for figure in (*FIGURES, *ADDED_FIGURES)
        for seed in SEEDS[split]
        for pair in pairs_of(given.work, figure, seed, split)
    ]
    write_lines(given.work / "plots.jsonl", found)


if __name__ == "__main__":
    main()

"""Make labelled pairs of plots, drawn by matplotlib as several machines would draw them.

Figures of twelve kinds, plain and with one regression of twelve kinds; the pairs are scored like
all others::

    .venv/bin/python benchmarks/detection/plots.py --work DIR
    .venv/bin/python benchmarks/detection/score.py DIR/plots.jsonl

Nothing was chosen or learnt on them.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from machines import PLAIN
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pairs import Record
from PIL import Image

Pixels = NDArray[np.uint8]
Axes = Any  # matplotlib's classes tell mypy nothing
Numbers = np.random.Generator
SEEDS = (0, 1)
WIDTH, HEIGHT, DPI = 640, 480, 100
#: A regression shows if this many pixels of one machine's pictures differ by so many levels.
PIXELS, LEVELS = 5, 12


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
        How far all lies aside, right and down, in pixels.
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


# --- figures -------------------------------------------------------------------------------


def lines(axes: Axes, numbers: Numbers) -> None:
    """Draw three lines with a legend."""
    for name in ("north", "south", "west"):
        axes.plot(np.cumsum(numbers.normal(size=40)), label=name)
    axes.legend()


def markers(axes: Axes, numbers: Numbers) -> None:
    """Draw lines of few values, one with markers."""
    axes.plot(range(2016, 2026), numbers.uniform(3, 9, 10), marker="o", label="measured")
    axes.plot(range(2016, 2026), numbers.uniform(3, 9, 10), "--", label="expected")
    axes.legend()


def points(axes: Axes, numbers: Numbers) -> None:
    """Draw three clouds of points."""
    for name in ("first", "second", "third"):
        axes.scatter(*numbers.normal(numbers.uniform(-3, 3, 2), 1, (40, 2)).T, label=name)
    axes.legend()


def bars(axes: Axes, numbers: Numbers) -> None:
    """Draw bars of two groups."""
    places = np.arange(6)
    axes.bar(places - 0.2, numbers.uniform(10, 50, 6), 0.4, label="2025")
    axes.bar(places + 0.2, numbers.uniform(10, 50, 6), 0.4, label="2026")
    axes.set_xticks(places, ["Bonn", "Graz", "Kiel", "Linz", "Mainz", "Ulm"])
    axes.legend()


def histogram(axes: Axes, numbers: Numbers) -> None:
    """Draw a histogram."""
    axes.hist(numbers.normal(100, 15, 500), bins=30, edgecolor="white")


def image(axes: Axes, numbers: Numbers) -> None:
    """Draw a matrix in colours, with a number in each cell."""
    values = numbers.integers(0, 100, (6, 6))
    axes.imshow(values)
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, value, ha="center", va="center", color="white")


def contours(axes: Axes, numbers: Numbers) -> None:
    """Draw filled contours."""
    x, y = np.meshgrid(np.linspace(-3, 3, 80), np.linspace(-2, 2, 80))
    a, b = numbers.uniform(0.5, 2, 2)
    axes.contourf(x, y, np.sin(a * x) * np.cos(b * y))


def errors(axes: Axes, numbers: Numbers) -> None:
    """Draw values with error bars."""
    axes.errorbar(
        range(12), numbers.uniform(1, 5, 12), yerr=numbers.uniform(0.2, 0.8, 12), fmt="s", capsize=3
    )
    axes.grid(True)


def areas(axes: Axes, numbers: Numbers) -> None:
    """Draw a band around a line."""
    middle = np.cumsum(numbers.normal(size=60))
    axes.plot(middle)
    axes.fill_between(range(60), middle - 2, middle + 2, alpha=0.3)
    axes.grid(True)


def boxes(axes: Axes, numbers: Numbers) -> None:
    """Draw box plots."""
    axes.boxplot([numbers.normal(mean, 1, 80) for mean in numbers.uniform(0, 4, 5)])


def pie(axes: Axes, numbers: Numbers) -> None:
    """Draw a pie with shares."""
    axes.pie(numbers.uniform(1, 4, 5), labels=list("ABCDE"), autopct="%1.1f%%")


def decades(axes: Axes, numbers: Numbers) -> None:
    """Draw decays on a logarithmic axis."""
    for rate in numbers.uniform(0.05, 0.3, 3):
        axes.semilogy(np.exp(-rate * np.arange(50)), label=f"rate {rate:.3f}")
    axes.grid(True, which="both", alpha=0.4)
    axes.legend()


FIGURES = (
    lines,
    markers,
    points,
    bars,
    histogram,
    image,
    contours,
    errors,
    areas,
    boxes,
    pie,
    decades,
)


# --- regressions: each returns whether it found something to change --------------------------


def _data(axes: Axes) -> list[Any]:
    """Return what stands for data, in the order of drawing."""
    return [*axes.lines, *axes.patches, *axes.collections, *axes.images]


def _text(text: Any, draw: random.Random) -> bool:
    """Change one letter or digit of a text."""
    written = text.get_text()
    places = [i for i, character in enumerate(written) if character.isalnum()]
    if not places:
        return False
    place = draw.choice(places)
    others = "0123456789" if written[place].isdigit() else "abdefghkmnorstuvxyz"
    other = draw.choice(others.replace(written[place].lower(), ""))
    text.set_text(written[:place] + other + written[place + 1 :])
    return True


def value(axes: Axes, draw: random.Random) -> bool:
    """Change one value by a tenth of the axis."""
    by = 0.1 * np.ptp(axes.get_ylim())
    limits = axes.get_xlim(), axes.get_ylim()
    if axes.lines:
        line = draw.choice(list(axes.lines))
        y = np.array(line.get_ydata(), dtype=float)
        y[draw.randrange(len(y))] += by
        line.set_ydata(y)
    elif axes.patches and hasattr(axes.patches[0], "set_height"):
        bar = draw.choice(list(axes.patches))
        bar.set_height(bar.get_height() - by)
    else:
        return False
    axes.set(xlim=limits[0], ylim=limits[1])
    return True


def hidden(axes: Axes, draw: random.Random) -> bool:
    """Hide a line, bar, wedge or set of points."""
    draw.choice(_data(axes)).set_visible(False)
    return True


def colour(axes: Axes, draw: random.Random) -> bool:
    """Give a line, bar, wedge or set of points another colour."""
    found = [artist for artist in _data(axes) if hasattr(artist, "set_color")]
    if not found:
        return False
    draw.choice(found).set_color(draw.choice(["tab:red", "tab:purple", "tab:brown", "tab:pink"]))
    return True


def opacity(axes: Axes, draw: random.Random) -> bool:
    """Make something half transparent."""
    draw.choice(_data(axes)).set_alpha(0.5)
    return True


def thickness(axes: Axes, draw: random.Random) -> bool:
    """Make a line twice as thick."""
    if not axes.lines:
        return False
    line = draw.choice(list(axes.lines))
    line.set_linewidth(2 * line.get_linewidth())
    return True


def style(axes: Axes, draw: random.Random) -> bool:
    """Make a line dotted."""
    if not axes.lines:
        return False
    draw.choice(list(axes.lines)).set_linestyle(":")
    return True


def title(axes: Axes, draw: random.Random) -> bool:
    """Change a letter of the title."""
    return _text(axes.title, draw)


def label(axes: Axes, draw: random.Random) -> bool:
    """Leave out the name of an axis."""
    draw.choice([axes.xaxis, axes.yaxis]).label.set_text("")
    return True


def tick(axes: Axes, draw: random.Random) -> bool:
    """Change a letter or digit at a tick."""
    axes.figure.canvas.draw()
    axis = draw.choice([axes.xaxis, axes.yaxis])
    low, high = sorted(axis.get_view_interval())
    shown = [
        (place, text)
        for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        if low <= place <= high and "$" not in text.get_text()
    ]
    if not shown or not _text(draw.choice(shown)[1], draw):
        return False
    axis.set_ticks([place for place, _ in shown], [text.get_text() for _, text in shown])
    return True


def limits(axes: Axes, draw: random.Random) -> bool:
    """Let an axis reach a twentieth further."""
    name = draw.choice("xy")
    low, high = getattr(axes, f"get_{name}lim")()
    axes.set(**{f"{name}lim": (low, high + 0.05 * (high - low))})
    return True


def legend(axes: Axes, _: random.Random) -> bool:
    """Leave out the legend."""
    found = axes.get_legend()
    if found is None:
        return False
    found.set_visible(False)
    return True


def grid(axes: Axes, _: random.Random) -> bool:
    """Add a grid, or leave it out."""
    present = axes.xaxis.get_gridlines()
    if not present:
        return False
    axes.grid(visible=not present[0].get_visible())
    return True


REGRESSIONS: tuple[Callable[[Axes, random.Random], bool], ...] = (
    value,
    hidden,
    colour,
    opacity,
    thickness,
    style,
    title,
    label,
    tick,
    limits,
    legend,
    grid,
)


# --- pairs ---------------------------------------------------------------------------------


def drawn(
    figure: Callable[[Axes, Numbers], None],
    seed: int,
    machine: Machine,
    change: Callable[[Axes, random.Random], bool] | None = None,
) -> Pixels | None:
    """Return a figure's pixels, (480, 640, 3); None if there was nothing to change."""
    with matplotlib.rc_context(machine.settings):
        canvas = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI * machine.scale)
        right, down = machine.offset
        canvas.subplots_adjust(
            0.125 + right / WIDTH, 0.11 - down / HEIGHT, 0.9 + right / WIDTH, 0.88 - down / HEIGHT
        )
        axes = canvas.subplots()
        figure(axes, np.random.default_rng(seed))
        axes.set(title="Weekly report of all sites", xlabel="week", ylabel="amount")
        draw = random.Random(f"{figure.__name__} {seed} {change and change.__name__}")
        if change and not change(axes, draw):
            return None
        out = io.BytesIO()
        canvas.savefig(out, format="png")
    shot = Image.open(out).convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    if machine.quality:
        shot.save(out := io.BytesIO(), "JPEG", quality=machine.quality)
        shot = Image.open(out)
    return np.asarray(shot)


def changed_box(a: Pixels, b: Pixels) -> list[int] | None:
    """Return (left, top, width, height) of what differs; None if hardly anything does."""
    changed = np.abs(a.astype(np.int16) - b).max(axis=2) >= LEVELS
    if changed.sum() < PIXELS:
        return None
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return [left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top]


def pairs_of(work: Path, figure: Callable[[Axes, Numbers], None], seed: int) -> Iterator[Record]:
    """Draw a figure in all ways and yield its pairs."""
    name = f"{figure.__name__}-{seed}"

    def kept(pixels: Pixels, stem: str) -> str:
        file = Path("plots") / name / f"{stem.replace(' ', '-')}.png"
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(work / file)
        return str(file)

    shots = {key: drawn(figure, seed, machine) for key, machine in MACHINES.items()}
    plain = shots[PLAIN.name]
    common = {"baseline": kept(plain, PLAIN.name), "template": name, "split": "plots"}
    for key, pixels in shots.items():
        if not np.array_equal(pixels, plain):
            file = kept(pixels, key)
            yield {**common, "actual": file, "label": "benign", "kind": key, "box": None}
    for change in REGRESSIONS:
        other = random.Random(f"{name} {change.__name__}").choice(list(MACHINES)[1:])
        for key in (PLAIN.name, other):
            pixels = drawn(figure, seed, MACHINES[key], change)
            if pixels is not None and (box := changed_box(pixels, shots[key])):
                file = kept(pixels, f"{key}-{change.__name__}")
                found = {"label": "regression", "kind": change.__name__, "box": box, "machine": key}
                yield {**common, "actual": file, **found}


def main() -> None:
    """Write the pictures and ``plots.jsonl``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all data")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    found = [pair for f in FIGURES for seed in SEEDS for pair in pairs_of(given.work, f, seed)]
    text = "".join(json.dumps(pair) + "\n" for pair in found)
    (given.work / "plots.jsonl").write_text(text)
    print(f"{given.work / 'plots.jsonl'}: {len(found)} pairs")


if __name__ == "__main__":
    main()

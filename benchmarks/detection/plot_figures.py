"""The plots of the benchmark: each function draws one onto axes, from random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Axes = Any  # matplotlib's classes tell mypy nothing
Numbers = np.random.Generator
Draw = Callable[[Axes, Numbers], None]


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


FIGURES: tuple[Draw, ...] = (
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


# Figures that came later, so that there are hatches, dashes and symbols to change.


def hatched(axes: Axes, numbers: Numbers) -> None:
    """Draw stacked bars with hatches."""
    below = numbers.uniform(5, 20, 7)
    axes.bar(range(7), below, hatch="//", edgecolor="black", label="kept")
    axes.bar(range(7), numbers.uniform(3, 12, 7), bottom=below, hatch="..", label="returned")
    axes.legend()


def dashed(axes: Axes, numbers: Numbers) -> None:
    """Draw four lines that only dashes and widths tell apart in print."""
    for name, dashes, width in (("a", "-", 1), ("b", "--", 1.5), ("c", "-.", 2), ("d", ":", 2.5)):
        axes.plot(np.cumsum(numbers.normal(size=25)), dashes, color="0.2", lw=width, label=name)
    axes.legend()


def symbols(axes: Axes, numbers: Numbers) -> None:
    """Draw small symbols that overlap, half transparent and outlined."""
    for marker in "os^":
        x, y = numbers.normal(numbers.uniform(-1, 1, 2), 1, (60, 2)).T
        axes.scatter(x, y, s=25, marker=marker, alpha=0.7, edgecolors="black", linewidths=0.5)


def steps(axes: Axes, numbers: Numbers) -> None:
    """Draw steps, with a span and a limit behind them."""
    axes.axhspan(0.3, 0.6, color="tab:green", alpha=0.15)
    axes.axhline(0.8, color="tab:red", linestyle="--", linewidth=1)
    axes.step(range(30), numbers.uniform(0, 1, 30), where="mid", marker=".")


ADDED_FIGURES: tuple[Draw, ...] = (hatched, dashed, symbols, steps)

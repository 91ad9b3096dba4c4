"""Draw what comparisons cost, from results.json: docs/images/speed.png.

Run it after ``run.py``, which took the times::

    python benchmarks/speed/plot.py DIR/results.json docs/images/speed.png
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE, DPI = (10.5, 3.6), 110


def by_count(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Draw the time of a suite over its number of equal screenshots, a line for each tool."""
    for name in dict.fromkeys(row["name"] for row in rows):
        points = [(row["count"], row["seconds"]) for row in rows if row["name"] == name]
        thick = 3.0 if name == "pytest-imgsim" else 1.3
        axes.plot(*zip(*points, strict=True), label=name, linewidth=thick, marker="o")
    axes.set(xlabel="screenshots, all equal", ylabel="seconds of the whole run", yscale="log")
    axes.legend(fontsize=7)


def by_x(axes: Axes, rows: list[dict[str, Any]], parts: dict[str, str], label: str) -> None:
    """Draw the time of one comparison over what changes between them."""
    for part, name in parts.items():
        points = [(row["x"], row["ms"]) for row in rows if row["part"] == part]
        axes.plot(*zip(*points, strict=True), label=name, marker="o")
    axes.set(xlabel=label, ylabel="ms a comparison", ylim=(0, None))
    if len(parts) > 1:
        axes.legend(fontsize=7)


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    results = json.loads(given.results.read_text())
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    by_count(left, results["equal bytes"])
    by_x(middle, results["pictures"], {"area": "one rectangle"}, "changed share of 1280 x 800")
    heights = {"height: button": "a button", "height: text": "all of the text"}
    by_x(right, results["pictures"], heights, "height of the page, px")
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
    given.target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(given.target)


if __name__ == "__main__":
    main()

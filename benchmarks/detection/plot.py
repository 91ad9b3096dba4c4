"""Draw how many regressions each method catches against its false alarms, from results.json.

Run it after ``run.py``, which wrote the scores::

    python benchmarks/detection/plot.py DIR/results.json docs/images/detection.png
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from methods import ANCESTOR, METHODS, OURS, Method
from tables import Row, split_scores
from templates import TEST

#: Methods in the picture, besides ours; the others lie between these.
SHOWN = (
    "largest difference of a 16 px block",
    "smallest local SSIM",
    "Playwright's rule (pixelmatch, 0.2)",
    "pixelmatch 7",
    "looks-same 10",
    "RMS (pytest-mpl)",
    ANCESTOR.name,
)
SIZE, DPI = (7.2, 4.2), 110


def curve(rows: list[Row], method: Method) -> tuple[list[float], list[float]]:
    """Return shares of false alarms, and of regressions caught, for every threshold."""
    benign, regressions = split_scores(rows, method)
    limits = np.unique(np.concatenate([benign, regressions, [np.inf]]))
    wrong = [float((benign < limit).mean()) for limit in limits]
    right = [float((regressions < limit).mean()) for limit in limits]
    return wrong, right


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--split", default=TEST)
    given = parser.parse_args()
    rows = json.loads(given.results.read_text())["pairs"]
    rows = [row for row in rows if row["split"] == given.split and not row["browser"]]
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    for method in METHODS:
        if method is OURS or method.name in SHOWN:
            thick = 3.0 if method is OURS else 1.3
            axes.plot(*curve(rows, method), label=method.name, linewidth=thick)
    axes.set(xlim=(0, 0.3), ylim=(0, 1.02), xlabel="false alarms", ylabel="regressions caught")
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center right")
    given.target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(given.target)


if __name__ == "__main__":
    main()

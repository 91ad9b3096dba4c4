"""``imgsim calibrate``: which threshold the noise of a suite's captures allows."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_imgsim import model
from pytest_imgsim.cli.arguments import add_scoring, scoring_settings
from pytest_imgsim.cli.output import say
from pytest_imgsim.report.calibration import lines
from pytest_imgsim.scoring.calibrate import measure, proposed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folders of pictures, and how to score them."""
    parser.add_argument(
        "folder", nargs="+", help="one folder of pictures for each run, with the same names"
    )
    add_scoring(parser)


def run(options: argparse.Namespace) -> int:
    """Print the scores between the runs and the proposed threshold; return 0."""
    settings = scoring_settings(options)
    samples = measure(list(map(Path, options.folder)), model.ResNet50(settings.weights))
    say("\n".join(lines(samples, proposed(samples), settings.threshold)))
    return 0

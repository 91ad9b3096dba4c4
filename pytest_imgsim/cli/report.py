"""``imgsim report``: the review page as a file, once more."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_imgsim.cli.arguments import DEFAULTS
from pytest_imgsim.cli.output import say
from pytest_imgsim.report.html import page
from pytest_imgsim.results.folder import PAGE, ResultsFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the results to show."""
    parser.add_argument(
        "report",
        nargs="?",
        default=DEFAULTS.report,
        metavar="DIR",
        help=f"results folder of the run (default: {DEFAULTS.report})",
    )


def run(options: argparse.Namespace) -> int:
    """Write the page and name it; return 0."""
    folder = ResultsFolder(Path(options.report))
    results, _ = folder.read()
    folder.write_page(page(results, options.report))
    say(f"wrote {folder.folder / PAGE}")
    return 0

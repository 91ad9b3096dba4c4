"""Arguments that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_imgsim.results.content import Results
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.rootdir import find_rootdir
from pytest_imgsim.settings import RUN_SETTINGS, Settings

DEFAULTS = Settings()


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the results folder to act on."""
    parser.add_argument(
        "--report",
        default=DEFAULTS.report,
        metavar="DIR",
        help=f"results folder of the run (default: {DEFAULTS.report})",
    )


def add_rootdir(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the rootdir of results from elsewhere."""
    parser.add_argument(
        "--rootdir",
        type=Path,
        metavar="DIR",
        help="rootdir that the results belong to, where they were moved",
    )


def read_results(options: argparse.Namespace) -> tuple[ResultsFolder, Results, Path]:
    """Return the results folder that `options` name, what is in it, and rootdir.

    Raises
    ------
    ResultsError
        If there are no results, or this machine does not know the rootdir that they name.
    """
    folder = ResultsFolder(Path(options.report))
    results, named = folder.read()
    return folder, results, find_rootdir([folder.folder], named, options.rootdir)


def add_scoring(parser: argparse.ArgumentParser) -> None:
    """Add the options that a score and its verdict depend on."""
    for key in ("threshold", "weights"):
        setting = RUN_SETTINGS[key]
        parser.add_argument(f"--{key}", metavar=setting.metavar, help=setting.help)


def scoring_settings(options: argparse.Namespace) -> Settings:
    """Return the defaults, overridden by those options.

    Raises
    ------
    SettingsError
        If a value is not what its setting expects.
    """
    given = {"threshold": options.threshold, "weights": options.weights}
    return DEFAULTS.override("--{key}", given)

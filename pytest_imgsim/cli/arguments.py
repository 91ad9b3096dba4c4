"""Arguments that several commands have."""

from __future__ import annotations

import argparse

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

"""``imgsim compare``: two picture files, without a test."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_imgsim import checks, model
from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.cli.arguments import add_scoring, scoring_settings
from pytest_imgsim.cli.output import say
from pytest_imgsim.errors import BaselineError, PictureError
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.message import pair_lines
from pytest_imgsim.results.folder import ResultsFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to compare, how, and where to keep the pictures."""
    parser.add_argument("actual", help="a picture file")
    parser.add_argument("baseline", help="the picture that it should look like")
    add_scoring(parser)
    parser.add_argument("--report", metavar="DIR", help="folder for the pictures of a mismatch")


def run(options: argparse.Namespace) -> int:
    """Print scores and verdict; return 0 if the pictures are similar, 1 if not."""
    if not Path(options.baseline).exists():
        raise BaselineError(f"baseline {options.baseline}: no such file")
    if options.report:
        ResultsFolder(Path(options.report)).check_ours("--report")
    with TemporaryDirectory() as scratch:
        record = _compare(options, options.report or scratch)
    if record.verdict is Verdict.DAMAGED:
        raise PictureError(record.message)
    say("\n".join(pair_lines(record, options.report)))
    return 0 if record.passed else 1


def _compare(options: argparse.Namespace, report: str) -> Record:
    settings = scoring_settings(options).override("--{key}", {"report": report})
    session = checks.Session(settings, Path.cwd(), lambda: model.ResNet50(settings.weights))
    test = TestId("compare", "compare", (), Path(options.actual).stem or "picture")
    return session.check(test, options.actual, Path(options.baseline))

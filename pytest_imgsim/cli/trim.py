"""``imgsim trim``: list and delete unused baselines."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pytest_imgsim.cli.arguments import add_report, add_rootdir, read_results
from pytest_imgsim.cli.output import say
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import relative
from pytest_imgsim.files.writing import delete
from pytest_imgsim.results.orphans import orphans_to_delete
from pytest_imgsim.results.rootdir import check_configured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether to delete, and the results to go by."""
    parser.add_argument("--delete", action="store_true", help="delete what is listed")
    parser.add_argument(
        "--baselines",
        metavar="DIR",
        help="folder to delete from, if the configuration of pytest does not name it",
    )
    add_report(parser)
    add_rootdir(parser)


def run(options: argparse.Namespace) -> int:
    """List unused baselines; return 1 if there are any and they are not to be deleted."""
    _, results, root = read_results(options)
    paths = orphans_to_delete(results, root)
    if not paths:
        say("every baseline is used")
        return 0
    if options.delete:
        check_configured(root, results.baselines, options.baselines)
        _delete(paths, root, root / results.baselines)
        return 0
    for path in paths:
        say(relative(path, root))
    say(f"{len(paths)} unused; delete them with --delete")
    return 1


def _delete(paths: Sequence[Path], root: Path, folder: Path) -> None:
    for number, path in enumerate(paths):
        try:
            delete([path], folder)
        except OSError as error:
            left = "".join(f"\n  {relative(path, root)}" for path in paths[number:])
            raise ResultsError(f"{error}; what is not deleted:{left}") from None
        say(relative(path, root))
    say(f"deleted {len(paths)}")

"""``imgsim trim``: list and delete unused baselines."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_imgsim.cli.arguments import add_report
from pytest_imgsim.files import delete
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.orphans import orphans_to_delete


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether to delete, and the results to go by."""
    parser.add_argument("--delete", action="store_true", help="delete what is listed")
    add_report(parser)


def run(options: argparse.Namespace) -> int:
    """List unused baselines; return 1 if there are any and they are not to be deleted."""
    results, root = ResultsFolder(Path(options.report)).read()
    paths = orphans_to_delete(results, root)
    for path in paths:
        print(path.relative_to(root).as_posix() if path.is_relative_to(root) else path)
    if not paths:
        print("every baseline is used")
        return 0
    if not options.delete:
        print(f"{len(paths)} unused; delete them with --delete")
        return 1
    delete(paths, root / results.baselines)
    print(f"deleted {len(paths)}")
    return 0

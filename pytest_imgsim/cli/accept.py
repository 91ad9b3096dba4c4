"""``imgsim accept``: pictures that the last run kept become baselines."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pytest_imgsim.cli.arguments import add_report, add_rootdir, read_results
from pytest_imgsim.cli.output import say
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.record import Record
from pytest_imgsim.results.accept import Acceptance, apply, candidates, matching, plan
from pytest_imgsim.results.printable import printable
from pytest_imgsim.results.rootdir import baselines_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which pictures to accept, and how."""
    parser.add_argument(
        "name", nargs="*", help="baseline name or test id as the summary shows it, or a glob"
    )
    parser.add_argument("--all", action="store_true", help="accept all that failed")
    parser.add_argument(
        "--variant",
        action="store_true",
        help="add the pictures as variants: the present baselines stay accepted too",
    )
    add_report(parser)
    add_rootdir(parser)


def run(options: argparse.Namespace) -> int:
    """Write the baselines and name them; return 0."""
    folder, results, root = read_results(options)
    chosen = _chosen(options, candidates(results.records))
    baselines = baselines_folder(root, results.baselines)
    acceptances = plan(folder, chosen, root, baselines, as_variants=options.variant)
    apply(acceptances, folder, _tell)
    if not acceptances:
        say("nothing to accept")
    return 0


def _tell(acceptance: Acceptance) -> None:
    say(f"accepted {acceptance.shown}")


def _chosen(options: argparse.Namespace, kept: Sequence[Record]) -> Sequence[Record]:
    """Return the comparisons to accept, of those whose pictures were kept."""
    if options.all:
        return [record for record in kept if not record.passed]
    if not options.name:
        known = "".join(f"\n  {printable(record.name)}" for record in kept) or " nothing"
        raise ResultsError(f"name what to accept, or pass --all; there is:{known}")
    return matching(kept, options.name)

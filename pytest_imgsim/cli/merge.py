"""``imgsim merge``: one results folder of several shards'."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_imgsim._version import __version__
from pytest_imgsim.cli.arguments import DEFAULTS, add_rootdir
from pytest_imgsim.cli.output import say
from pytest_imgsim.report.html import page
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.terminal import View, summary
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.merge import merge
from pytest_imgsim.results.shards import model_notes, read_shards


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folders to merge, how many to expect, and where to write."""
    parser.add_argument("folder", nargs="+", metavar="DIR", help="results folder of one shard")
    parser.add_argument("--expect", type=int, metavar="N", help="how many shards there have to be")
    parser.add_argument(
        "--report",
        default=DEFAULTS.report,
        metavar="DIR",
        help=f"folder for the merged results (default: {DEFAULTS.report})",
    )
    add_rootdir(parser)


def run(options: argparse.Namespace) -> int:
    """Write the merged results and their page, and print a summary; return 0."""
    out = Path(options.report)
    folder = ResultsFolder(out)
    folder.check_ours("--report")
    shards = read_shards([Path(name) for name in options.folder], out, expect=options.expect)
    results = merge(shards, folder, version=__version__, rootdir=options.rootdir)
    folder.write_page(page(results, folder.folder.as_posix()))
    say(f"merged {len(shards)} into {out}: {headline(results.records)}")
    for line in summary(results, View(verbosity=-1, report=out.as_posix())):
        say(line.text)
    if results.partial:
        say(f"partial, so trim cannot tell what is unused: {results.partial}")
    for note in model_notes(shards):
        say(note)
    return 0

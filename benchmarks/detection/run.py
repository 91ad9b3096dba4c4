"""Fetch the templates, render them, make labelled pairs and score every method on them.

One command, from the repository::

    python benchmarks/detection/run.py --work DIR

`DIR` keeps packages, pictures, ``pairs.jsonl`` and ``results.json``; what is there already is
used again. See README.md beside this file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from browsers import runnable
from pairs import read_pairs, write_pairs
from render import render_all
from score import add_options, chosen, score_and_print
from templates import SPLITS, TEMPLATES, TEST, TRAIN, VALIDATION, fetch, served


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all data")
    parser.add_argument(
        "--split", action="append", choices=SPLITS, help="render and score only this split"
    )
    parser.add_argument("--render-only", action="store_true", help="stop after pairs.jsonl")
    parser.add_argument("--workers", type=int, default=2, help="browsers at once")
    add_options(parser)
    return parser.parse_args()


def main() -> None:
    """Run all steps."""
    given = arguments()
    work = given.work.resolve()
    fetch(work)
    splits = given.split or SPLITS
    names = [template.name for template in TEMPLATES if template.split in splits]
    # The train split is seen in the installed browser alone.
    browsers = runnable(work) if set(splits) != {TRAIN} else []
    with served(work) as url:
        records = render_all(work, url, names, given.workers, browsers)
    write_pairs(work, records)
    if given.render_only:
        return
    # The train split is there to be learnt from: a score on it would say nothing.
    wanted = given.split or [VALIDATION, TEST]
    pairs = chosen(read_pairs(work / "pairs.jsonl"), wanted, given.limit)
    score_and_print(pairs, work, given)


if __name__ == "__main__":
    main()

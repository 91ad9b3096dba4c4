"""Score labelled pairs by every method, and print how well each tells noise from regressions.

Any set of pairs will do: a ``pairs.jsonl`` whose lines have "baseline", "actual", "label"
("benign" or "regression") and "kind"::

    python benchmarks/detection/score.py PAIRS.jsonl --weights my.weights.h5
    python benchmarks/detection/score.py ELSEWHERE/pairs.jsonl --work DIR --limit 100

What else a pair says of itself, such as "domain" or "half", groups the pairs of a table; see
`read_pairs` and `tables.GROUPS`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from methods import by_blazediff, by_node, by_pixels, ours
from pairs import Record as Pair
from pairs import read_pairs
from pictures import Pixels, load
from tables import (
    Row,
    browsers_table,
    groups_table,
    kinds_table,
    region_share,
    table,
    through_noise,
)


def score_pairs(pairs: list[Pair], work: Path, weights: str, *, rivals: bool = True) -> list[Row]:
    """Return the pairs, each with its "scores" by method.

    Parameters
    ----------
    pairs : list of dict
        As `read_pairs` gives them.
    work : Path
        Where Node's packages are installed.
    weights : str
        What ``--imgsim-weights`` takes.
    rivals : bool
        Whether the other methods are scored too.
    """
    own = ours(weights, threads=2, ancestor=rivals)
    others: list[Row] = [{} for _ in pairs]
    if rivals:
        with ThreadPoolExecutor(2) as pool:
            pixels = list(pool.map(lambda pair: by_pixels(*_pictures(pair)), pairs))
        node = by_node(work, pairs)
        others = [
            {**a, **b, **by_blazediff(pair)} for pair, a, b in zip(pairs, pixels, node, strict=True)
        ]
    rows = []
    for number, (pair, scores) in enumerate(zip(pairs, others, strict=True)):
        rows.append({**pair, "scores": {**own(*_pictures(pair)), **scores}})
        if number % 50 == 49:
            print(f"{number + 1} of {len(pairs)} pairs", file=sys.stderr, flush=True)
    return rows


def _pictures(pair: Pair) -> tuple[Pixels, Pixels]:
    return load(pair["baseline"]), load(pair["actual"])


def report(rows: list[Row]) -> str:
    """Return everything there is to say about a set of scored pairs, as Markdown."""
    parts = []
    for split in dict.fromkeys(row["split"] for row in rows):
        there = [row for row in rows if row["split"] == split]
        here = [row for row in there if not row["browser"]]
        benign = sum(row["label"] == "benign" for row in here)
        head = f"### {split}: {benign} benign pairs, {len(here) - benign} regressions"
        if benign in (0, len(here)):
            parts.append(f"{head}\n\nBoth labels are needed for a table.")
            continue
        lines = [head, "", *_tables(here), *browsers_table(there)]
        parts.append("\n".join(lines).rstrip())
    return "\n\n".join(parts) + "\n"


def _tables(rows: list[Row]) -> list[str]:
    """Return the tables of a split, and sentences between them where there is what they tell."""
    lines = table(rows)
    kept = [row for row in rows if not row["drift"]]
    if len(kept) < len(rows):
        lines += ["", "Without text of other widths:", "", *table(kept)]
    region = region_share(rows)
    overlap = region is not None and (
        f"The worst region named by ours overlaps the true change in {region:.0%} of what it "
        "catches at 5 % false alarms."
    )
    sentences = [sentence for sentence in (through_noise(rows), overlap) if sentence]
    blocks = [lines, sentences, groups_table(rows), kinds_table(rows)]
    return [line for block in blocks if block for line in (*block, "")]


def chosen(pairs: list[Pair], splits: list[str], limit: int) -> list[Pair]:
    """Return the pairs of some splits, at most `limit` of each label in each, from a seed.

    Those of other browsers are all kept: there are few.
    """
    kept = []
    draw = random.Random(0)
    for split in dict.fromkeys(pair["split"] for pair in pairs):
        if splits and split not in splits:
            continue
        for label in ("benign", "regression"):
            there = [pair for pair in pairs if (pair["split"], pair["label"]) == (split, label)]
            here = [pair for pair in there if not pair["browser"]]
            if 0 < limit < len(here):
                here = draw.sample(here, limit)
            here += [pair for pair in there if pair["browser"]]
            # Neighbours share their baseline, whose features are then kept.
            kept += sorted(here, key=lambda pair: pair["baseline"])
    return kept


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that scoring takes."""
    parser.add_argument("--weights", default="bundled", help="as --imgsim-weights takes them")
    parser.add_argument("--limit", type=int, default=0, help="pairs of each label in each split")
    parser.add_argument("--no-rivals", action="store_true", help="score with our method only")
    parser.add_argument("--results", type=Path, help="file for every score, as JSON")


def score_and_print(pairs: list[Pair], work: Path, given: argparse.Namespace) -> None:
    """Score pairs, print the report and write the results."""
    rows = score_pairs(pairs, work, given.weights, rivals=not given.no_rivals)
    target = given.results or work / "results.json"
    target.write_text(json.dumps({"weights": given.weights, "pairs": rows}, indent=1))
    print(report(rows))


def main() -> None:
    """Score the pairs named on the command line."""
    parser = argparse.ArgumentParser(description="Score labelled pairs of pictures.")
    parser.add_argument("pairs", type=Path, nargs="+", help="pairs.jsonl files")
    parser.add_argument("--split", action="append", default=[], help="only this split")
    parser.add_argument(
        "--work", type=Path, help="folder for results.json and Node's packages; the pairs' own"
    )
    add_options(parser)
    given = parser.parse_args()
    pairs = [pair for path in given.pairs for pair in read_pairs(path)]
    work = given.work or given.pairs[0].parent
    score_and_print(chosen(pairs, given.split, given.limit), work, given)


if __name__ == "__main__":
    main()

"""Score labelled pairs by every method, and print how well each tells noise from regressions.

Any set of pairs will do: a ``pairs.jsonl`` whose lines have "baseline", "actual", "label"
("benign" or "regression") and "kind"::

    python benchmarks/detection/score.py PAIRS.jsonl --weights my.weights.h5
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from machines import PLAIN
from methods import METHODS, OURS, Method, by_blazediff, by_node, by_pixels, ours
from numpy.typing import NDArray
from pairs import Record as Pair
from pairs import read_pairs
from PIL import Image

Row = dict[str, Any]
Numbers = NDArray[np.float64]


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
    own = ours(weights, threads=2)
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


def _pictures(pair: Pair) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    a, b = (_pixels(pair[side]) for side in ("baseline", "actual"))
    return a, b


def _pixels(path: str) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def split_scores(rows: list[Row], method: Method) -> tuple[Numbers, Numbers]:
    """Return the scores of benign pairs and of regressions."""
    both = (
        [row["scores"][method.name] for row in rows if row["label"] == label]
        for label in ("benign", "regression")
    )
    benign, regressions = (np.asarray(values, dtype=np.float64) for values in both)
    return benign, regressions


def auc(benign: Numbers, regressions: Numbers) -> float:
    """Return the chance that a regression scores below a benign pair; ties count half.

    Examples
    --------
    >>> auc(np.array([0.9, 0.8]), np.array([0.8, 0.1]))
    0.875
    """
    below = (regressions[:, None] < benign[None]).mean()
    ties = (regressions[:, None] == benign[None]).mean()
    return float(below + ties / 2)


def limit_at(benign: Numbers, share: float) -> float:
    """Return the highest threshold at which at most `share` of the benign pairs fail."""
    return float(np.sort(benign)[int(share * len(benign))])


def caught(regressions: Numbers, below: float) -> float:
    """Return the share of regressions that score below a threshold."""
    return float((regressions < below).mean())


def table(rows: list[Row]) -> list[str]:
    """Return a Markdown table with a line for every method that has scores."""
    lines = [
        "| method | AUC | caught at 0 % | at 1 % | at 5 % false alarms | by its default rule |",
        "|---|---|---|---|---|---|",
    ]
    known = [m for m in METHODS if all(m.name in row["scores"] for row in rows)]
    return lines + [_line(method, *split_scores(rows, method)) for method in known]


def _line(method: Method, benign: Numbers, regressions: Numbers) -> str:
    shares = [caught(regressions, limit_at(benign, share)) for share in (0.0, 0.01, 0.05)]
    numbers = " | ".join(f"{share:.0%}" for share in shares)
    rule = _by_rule(method, benign, regressions)
    return f"| {method.name} | {auc(benign, regressions):.3f} | {numbers} | {rule} |"


def _by_rule(method: Method, benign: Numbers, regressions: Numbers) -> str:
    if method.below is None:
        return "-"
    wrong = caught(benign, method.below)
    return f"{caught(regressions, method.below):.0%} caught, {wrong:.0%} false"


def kinds_table(rows: list[Row], method: Method = OURS) -> list[str]:
    """Return a Markdown table of how each kind of pair scores by one method."""
    benign, _ = split_scores(rows, method)
    limit = limit_at(benign, 0.05)
    lines = [
        "| kind | pairs | lowest | median | highest | below the 5 % limit |",
        "|---|---|---|---|---|---|",
    ]
    for label, kind in sorted({(row["label"], row["kind"]) for row in rows}):
        of_kind = [row for row in rows if (row["label"], row["kind"]) == (label, kind)]
        scores = np.asarray([row["scores"][method.name] for row in of_kind])
        low, middle, high = np.quantile(scores, (0.0, 0.5, 1.0))
        lines.append(
            f"| {label}: {kind} | {len(scores)} | {low:.3f} | {middle:.3f} | {high:.3f} "
            f"| {caught(scores, limit):.0%} |"
        )
    return lines


def browsers_table(rows: list[Row], method: Method = OURS) -> list[str]:
    """Return a Markdown table of the pairs of which another browser drew one, or nothing."""
    browsers = sorted({row["browser"] for row in rows} - {""})
    if not browsers:
        return []
    lines = [
        "",
        "| other browser | benign | lowest | median | regressions | AUC | by the default rule |",
        "|---|---|---|---|---|---|---|",
    ]
    for browser in browsers:
        benign, regressions = split_scores([r for r in rows if r["browser"] == browser], method)
        lines.append(
            f"| {browser} | {_noise(benign)} | {_told_apart(method, benign, regressions)} |"
        )
    return lines


def _noise(benign: Numbers) -> str:
    if not len(benign):
        return "0 | - | -"
    return f"{len(benign)} | {benign.min():.3f} | {np.median(benign):.3f}"


def _told_apart(method: Method, benign: Numbers, regressions: Numbers) -> str:
    if not len(benign) or not len(regressions):
        return f"{len(regressions)} | - | -"
    rule = _by_rule(method, benign, regressions)
    return f"{len(regressions)} | {auc(benign, regressions):.3f} | {rule}"


def _through_noise(rows: list[Row]) -> str:
    """Return a sentence on the regressions whose two sides come from different machines."""
    kept = [row for row in rows if row["label"] == "benign" or row["machine"] != PLAIN.name]
    benign, regressions = split_scores(kept, OURS)
    if not len(regressions):
        return ""
    share = caught(regressions, limit_at(benign, 0.05))
    return (
        f"Of the {len(regressions)} regressions seen through another machine's noise, ours "
        f"catches {share:.0%} at 5 % false alarms (AUC {auc(benign, regressions):.3f})."
    )


def region_share(rows: list[Row]) -> float | None:
    """Return the share of caught regressions whose worst region overlaps the true change.

    A regression counts as caught where it is below the limit of 5 % false alarms.
    """
    limit = limit_at(split_scores(rows, OURS)[0], 0.05)
    found = [
        _overlap(row["scores"]["region"], row["box"])
        for row in rows
        if row["box"] and row["label"] == "regression" and row["scores"][OURS.name] < limit
    ]
    return sum(found) / len(found) if found else None


def _overlap(a: list[int] | None, b: list[int]) -> bool:
    if a is None:
        return False
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return across > 0 and down > 0


def report(rows: list[Row]) -> str:
    """Return everything there is to say about a set of scored pairs, as Markdown."""
    parts = []
    for split in dict.fromkeys(row["split"] for row in rows):
        there = [row for row in rows if row["split"] == split]
        here = [row for row in there if not row["browser"]]
        benign = sum(row["label"] == "benign" for row in here)
        head = f"{split}: {benign} benign pairs, {len(here) - benign} regressions"
        if benign in (0, len(here)):
            parts.append(f"### {head}\n\nBoth labels are needed for a table.")
            continue
        region = region_share(here)
        overlap = "-" if region is None else f"{region:.0%}"
        parts.append(
            "\n".join(
                [
                    f"### {head}",
                    "",
                    *table(here),
                    "",
                    _through_noise(here),
                    f"The worst region named by ours overlaps the true change in {overlap} of "
                    "what it catches at 5 % false alarms.",
                    "",
                    *kinds_table(here),
                    *browsers_table(there),
                ]
            )
        )
    return "\n\n".join(parts) + "\n"


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
    add_options(parser)
    given = parser.parse_args()
    pairs = [pair for path in given.pairs for pair in read_pairs(path)]
    score_and_print(chosen(pairs, given.split, given.limit), given.pairs[0].parent, given)


if __name__ == "__main__":
    main()

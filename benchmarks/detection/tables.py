"""What scores of labelled pairs come to, as Markdown: by method, kind, group and other browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from machines import PLAIN
from methods import METHODS, OURS, Method
from numpy.typing import NDArray

Row = dict[str, Any]
Numbers = NDArray[np.float64]


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
    right = [f"{caught(regressions, method.below):.0%} caught"] if len(regressions) else []
    wrong = [f"{caught(benign, method.below):.1%} false"] if len(benign) else []
    return ", ".join(right + wrong)


def kinds_table(rows: list[Row], method: Method = OURS) -> list[str]:
    """Return a Markdown table of how each kind of pair scores by one method."""
    benign, _ = split_scores(rows, method)
    limit = limit_at(benign, 0.05)
    lines = [
        "| kind | pairs | lowest | median | highest | below the 5 % limit "
        f"| below {method.below} |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, kind in sorted({(row["label"], row["kind"]) for row in rows}):
        of_kind = [row for row in rows if (row["label"], row["kind"]) == (label, kind)]
        scores = np.asarray([row["scores"][method.name] for row in of_kind])
        low, middle, high = np.quantile(scores, (0.0, 0.5, 1.0))
        lines.append(
            f"| {label}: {kind} | {len(scores)} | {low:.3f} | {middle:.3f} | {high:.3f} "
            f"| {caught(scores, limit):.0%} | {caught(scores, method.below or 0.0):.0%} |"
        )
    return lines


#: Ways to group pairs, by what each pair says of itself; a benign pair that does not say belongs
#: to every group.
GROUPS: dict[str, Callable[[Row], Any]] = {
    "text widths": lambda row: "of another machine" if row["drift"] else "kept",
    "from": lambda row: row.get("source"),
    "domain": lambda row: row.get("domain"),
    "re-rasterised": lambda row: {True: "yes", False: "no"}.get(row.get("noisy", "")),
    "two browsers": lambda row: "yes" if row.get("cross") else "no",
    "pages": lambda row: row.get("pages"),
    "form": lambda row: row.get("form"),
    "step of colour": lambda row: row.get("step"),
    "half of the kinds": lambda row: row.get("half"),
    "came later": lambda row: {True: "yes", False: "no"}.get(row.get("added", "")),
    "machine": lambda row: row["machine"],
}


def groups_table(rows: list[Row], method: Method = OURS) -> list[str]:
    """Return a Markdown table with a line for every group that not all pairs are in."""
    lines = [
        "| group | benign | lowest | median | regressions | AUC | caught at 1 % "
        "| by the default rule |",
        "|---|---|---|---|---|---|---|---|",
        f"| all | {_group(rows, method)} |",
    ]
    for name, value_of in GROUPS.items():
        values = {value_of(row) for row in rows} - {None}
        if len(values) < 2:
            continue
        for value in sorted(values, key=str):
            here = [
                row
                for row in rows
                if (own := value_of(row)) == value or (own is None and row["label"] == "benign")
            ]
            lines.append(f"| {name}: {value} | {_group(here, method)} |")
    return lines


def _group(rows: list[Row], method: Method) -> str:
    benign, regressions = split_scores(rows, method)
    both = len(benign) and len(regressions)
    limit = f"{caught(regressions, limit_at(benign, 0.01)):.0%}" if both else "-"
    area = f"{auc(benign, regressions):.3f}" if both else "-"
    rule = _by_rule(method, benign, regressions)
    return f"{_noise(benign)} | {len(regressions)} | {area} | {limit} | {rule}"


def browsers_table(rows: list[Row], method: Method = OURS) -> list[str]:
    """Return a Markdown table of the pairs of which another browser drew one, or nothing."""
    browsers = sorted({row["browser"] for row in rows} - {""})
    if not browsers:
        return []
    lines = [
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


def through_noise(rows: list[Row]) -> str:
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

"""From rendered pictures to the labelled pairs of ``pairs.jsonl``."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from layout import MAX_SHIFT
from machines import OTHER_BROWSERS, PLAIN
from pictures import Pixels, keep, load
from templates import SPLITS
from treatments import TREATMENTS, with_caret

TREATED = 3
SEED = 7
Record = dict[str, Any]


def write_pairs(work: Path, records: list[Record]) -> list[Record]:
    """Write ``pairs.jsonl`` into `work` and return its lines."""
    states: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        states[record["state"]].append(record)
    pairs = [pair for name in sorted(states) for pair in _pairs_of(work, name, states[name])]
    pairs.sort(key=lambda pair: SPLITS.index(pair["split"]))
    write_lines(work / "pairs.jsonl", pairs)
    return pairs


def write_lines(path: Path, pairs: Sequence[Record]) -> None:
    """Write pairs as a file that `read_pairs` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    benign = sum(pair["label"] == "benign" for pair in pairs)
    print(f"{path}: {benign} benign pairs, {len(pairs) - benign} regressions", flush=True)


class Album:
    """The pairs that share a baseline, and the folder of their pictures.

    Parameters
    ----------
    work : Path
        The folder for all data.
    folder : str
        Where the pictures go within it.
    plain : ndarray of shape (H, W, 3), uint8
        The baseline.
    **common
        What all the pairs have in common, such as "template" and "split".
    """

    def __init__(self, work: Path, folder: str, plain: Pixels, **common: object) -> None:
        self._work, self._folder, self._plain = work, folder, plain
        self._common = {"baseline": keep(work, f"{folder}/{PLAIN.name}.png", plain), **common}

    def benign(self, pixels: Pixels, stem: str, kind: str, **more: object) -> list[Record]:
        """Keep a picture and return its pair; none if it is the baseline's to the pixel."""
        if np.array_equal(pixels, self._plain):
            return []
        return [self._pair(pixels, stem, label="benign", kind=kind, machine=kind, **more)]

    def regression(self, pixels: Pixels, stem: str, **more: object) -> Record:
        """Keep a picture with a regression and return its pair."""
        return self._pair(pixels, stem, label="regression", **more)

    def _pair(self, pixels: Pixels, stem: str, **more: object) -> Record:
        file = f"{self._folder}/{stem.replace(' ', '-')}.png"
        return {**self._common, "actual": keep(self._work, file, pixels), **more}


def half_of(kind: str, kinds: Sequence[str]) -> int:
    """Return 1 or 2: who learns from one half of the kinds can be tested on the other.

    Examples
    --------
    >>> [half_of(kind, ("digit", "word", "letter")) for kind in ("digit", "word", "letter")]
    [1, 2, 1]
    """
    return 1 + kinds.index(kind) % 2


def _pairs_of(work: Path, state: str, records: list[Record]) -> Iterator[Record]:
    plain = {record["machine"]: record for record in records if "kind" not in record}
    base = plain.get(PLAIN.name)
    if base is None:
        return
    near = {name for name, shot in plain.items() if shot["layout_shift"] <= MAX_SHIFT}
    others = sorted(near - {PLAIN.name})
    noisy = [name for name in others if _differ(work, base["file"], plain[name]["file"])]
    for name in noisy:
        pair = _pair(base, plain[name]["file"], "benign", name)
        yield {**pair, "machine": name, "browser": _browser(name)}
    # A browser that draws the page to the pixel as it is would only repeat the plain regression.
    near -= {name for name in others if _browser(name)} - set(noisy)
    for name, file in _treated(work, state, base):
        if _differ(work, base["file"], file):
            yield {**_pair(base, file, "benign", name), "machine": name}
    for record in records:
        if "kind" in record and record["machine"] in near:
            pair = _pair(base, record["file"], "regression", record["kind"])
            machine = record["machine"]
            yield {**pair, "box": record["box"], "machine": machine, "browser": _browser(machine)}


def _browser(machine: str) -> str:
    """Return the name of a machine with another browser, or ""."""
    return machine if any(machine == other.name for other in OTHER_BROWSERS) else ""


def _treated(work: Path, state: str, base: Record) -> Iterator[tuple[str, str]]:
    """Write the plain picture after some treatments, drawn for this state."""
    draw = random.Random(f"{SEED}-{state}")
    pixels = load(work / base["file"])
    shots = {name: TREATMENTS[name](pixels) for name in draw.sample(sorted(TREATMENTS), TREATED)}
    if base["fields"]:
        shots["caret"] = with_caret(pixels, base["fields"][0])
    for name, shot in shots.items():
        file = Path(base["file"]).with_name(f"treated-{name}.png")
        yield name, keep(work, str(file), shot)


def _differ(work: Path, a: str, b: str) -> bool:
    return not np.array_equal(load(work / a), load(work / b))


def _pair(base: Record, actual: str, label: str, kind: str) -> Record:
    return {
        "baseline": base["file"],
        "actual": actual,
        "label": label,
        "kind": kind,
        "template": base["template"],
        "split": base["split"],
        "machine": PLAIN.name,
        "browser": "",
        "box": None,
    }


#: What a pair says if its file does not.
UNSAID: Record = {"split": "all", "box": None, "machine": PLAIN.name, "browser": ""}
LABELS = {0: "benign", 1: "regression"}


def read_pairs(path: Path) -> list[Record]:
    """Return the pairs of a file; relative picture paths begin beside it.

    Parameters
    ----------
    path : Path
        One JSON object a line with "baseline", "actual", "label" ("benign" or 0, "regression" or
        1) and "kind"; "split", "template", "machine", "browser" and "box" may be missing, and so
        may everything that pairs are grouped by.
    """
    pairs = []
    for line in path.read_text().splitlines():
        pair = {**UNSAID, **json.loads(line)}
        for side in ("baseline", "actual"):
            pair[side] = str((path.parent / pair[side]).resolve())
        pair["label"] = LABELS.get(pair["label"], pair["label"])
        pair.setdefault("drift", "other hinting" in pair["kind"])
        pair.setdefault("source", _source(pair))
        pairs.append(pair)
    return pairs


def _source(pair: Record) -> str | None:
    """Return where a real pair comes from: two runs of a suite, or a project's history."""
    return "a suite" if "setting" in pair else "histories" if "commit" in pair else None

"""Count how often the word for a change is right, on pages that changed in a known way.

One command, from the repository::

    python benchmarks/words/run.py --work DIR

`DIR` is that of ``benchmarks/detection``, which renders the pages; what is there already is used
again, and with ``--as-is`` nothing is rendered at all. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.record import Record
from pytest_imgsim.settings import Settings

DETECTION = Path(__file__).parents[1] / "detection"
#: The word for each kind of change; the other kinds have no word of their own.
TRUTH = {
    "hide": "removed",
    "collapse": "removed",
    "move": "moved",
    "colour": "recoloured",
    "background": "recoloured",
    "opacity": "recoloured",
    "digit": "text changed",
    "letter": "text changed",
    "word": "text changed",
    "truncate": "text changed",
    "locale": "text changed",
    "family": "text changed",
    "weight": "text changed",
    "size": "resized",
    "image": "changed",
    "swap": "changed",
    "icon": "changed",
}
UNSURE = "changed"
BANNER, BELOW = 20, 80
Pixels = NDArray[np.uint8]


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder of benchmarks/detection")
    parser.add_argument("--split", action="append", help="render and look at only this split")
    parser.add_argument("--as-is", action="store_true", help="render nothing")
    return parser.parse_args()


def render(work: Path, splits: list[str]) -> None:
    """Render what is missing."""
    sys.path.insert(0, str(DETECTION))
    from render import render_all
    from templates import TEMPLATES, fetch, served

    fetch(work)
    names = [template.name for template in TEMPLATES if template.split in splits]
    with served(work) as url:
        render_all(work, url, names, 2)


def pictures(work: Path, splits: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what was rendered on the plain machine."""
    for path in sorted((work / "records").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["machine"] == "plain" and record["split"] in splits:
                yield record


class Desk:
    """Compares pictures as a run with the default settings does."""

    def __init__(self, root: Path) -> None:
        model = ResNet50()
        self._session = Session(Settings(report="results"), root, lambda: model)
        self._count = 0

    def check(self, actual: Pixels, baseline: Path) -> Record:
        """Return the record of one comparison."""
        self._count += 1
        name = f"test_{self._count}"
        test = TestId(f"t.py::{name}", "t.py", (), name)
        return self._session.check(test, actual, baseline)


def pixels(path: Path) -> Pixels:
    """Return a picture's pixels."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def by_kind(desk: Desk, work: Path, records: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return how often each word was told for the worst region, by the kind of the change."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        if record.get("kind") in TRUTH:
            path = work / record["file"]
            told = desk.check(pixels(path), path.parent / "plain.png")
            word = told.region.kind if told.region and not told.passed else "passed"
            words[record["kind"]][word] += 1
    return words


def with_banner(rgb: Pixels) -> Pixels:
    """Return a longer page with a banner below the row `BELOW`, whatever is there."""
    banner = Image.new("RGB", (rgb.shape[1], BANNER), "#fff3cd")
    ImageDraw.Draw(banner).text((16, 4), "Scheduled maintenance on Sunday", "#664d03")
    return np.concatenate([rgb[:BELOW], np.asarray(banner), rgb[BELOW:]])


def banners(desk: Desk, work: Path, records: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return what was found of a banner, on screenshots of the same and of another size."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        path = work / record["file"]
        if "kind" in record:
            continue
        longer = with_banner(pixels(path))
        for size, actual in (("same size", longer[:-BANNER]), ("longer", longer)):
            regions = desk.check(actual, path).regions
            right = [r for r in regions if (r.kind, r.dx, r.dy) == ("added", 0, BANNER)]
            word = "one finding" if right and len(regions) == 1 else "among others"
            found[size][word if right else "not found"] += 1
    return found


def table(words: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the rows of a table in Markdown."""
    yield "| change | word | pairs | right | unsure | wrong | told |"
    yield "|---|---|---|---|---|---|---|"
    whole: Counter[str] = Counter()
    for kind, truth in TRUTH.items():
        told = words.get(kind, Counter())
        passed = told.pop("passed", 0)
        right, unsure = told[truth], told[UNSURE] if truth != UNSURE else 0
        wrong = told.total() - right - unsure
        counts = {"pairs": told.total(), "right": right, "unsure": unsure, "wrong": wrong}
        whole.update(counts if truth != UNSURE else {})
        names = ", ".join(f"{word} {count}" for word, count in told.most_common() if count)
        more = f" ({passed} passed)" if passed else ""
        yield (
            f"| {kind} | {truth} | " + " | ".join(map(str, counts.values())) + f" | {names}{more} |"
        )
    shares = (
        f"{100 * whole[key] / max(whole['pairs'], 1):.0f} %" for key in counts if key != "pairs"
    )
    yield f"| all with a word | | {whole['pairs']} | " + " | ".join(shares) + " | |"


def main() -> None:
    """Render, compare, and print."""
    given = arguments()
    work = given.work.resolve()
    splits = given.split or ["test"]
    if not given.as_is:
        render(work, splits)
    records = list(pictures(work, splits))
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        print(*table(by_kind(desk, work, records)), sep="\n")
        for size, found in banners(desk, work, records).items():
            told = ", ".join(f"{word} {count}" for word, count in found.most_common())
            print(f"\nA banner of {BANNER} px, {size}: {told}")


if __name__ == "__main__":
    main()

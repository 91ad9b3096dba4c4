"""Time whole suites and single comparisons, ours beside those of others.

One command, from the repository::

    python benchmarks/speed/run.py --work DIR

It prints the tables of docs/speed.md, and keeps the figures in ``DIR/results.json``, from which
``plot.py`` draws. All figures are of one machine in one run: what counts is their ratios.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from suites import (
    BARE,
    KERAS,
    NONE,
    OURS,
    PEERS,
    SYRUPY,
    TAKEN_NONE,
    TAKEN_OURS,
    Cost,
    Tool,
    change,
    measure,
    page,
    prepare,
    rewrite,
    run,
    write_shots,
)

from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture, encode_png
from pytest_imgsim.scoring.compare import compare

RED = "#dc3214"
Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for suites and results")
    parser.add_argument("--rounds", type=int, default=5, help="runs of which the median counts")
    parser.add_argument("--only", action="append", choices=PARTS, help="run only this part")
    return parser.parse_args()


def median(costs: Iterable[Cost]) -> Cost:
    """Return the median of each figure."""
    costs = list(costs)
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.megabytes for cost in costs),
        statistics.median(cost.together for cost in costs),
    )


def suite(work: Path, tool: Tool, count: int) -> Path:
    """Return the folder of a prepared suite."""
    folder = work / f"{tool.name}-{count}".replace(" ", "-").replace(",", "")
    shutil.rmtree(folder, ignore_errors=True)
    prepare(folder, tool, write_shots(work / "pages", count), count)
    return folder


def in_turns(runs: dict[str, Callable[[], Cost]], rounds: int) -> list[Row]:
    """Return the median cost of each run; they take turns, so that a busy minute hits them all."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, take in runs.items():
            costs[name].append(take())
    return [{"name": name, **vars(median(each))} for name, each in costs.items()]


def equal_bytes(work: Path, rounds: int) -> list[Row]:
    """Suites of screenshots that are equal to the byte."""
    rows = []
    for count in (100, 500):
        folders = {tool.name: (suite(work, tool, count), tool) for tool in PEERS}
        runs = {name: _run(*each) for name, each in folders.items()}
        rows += [{**row, "count": count} for row in in_turns(runs, rounds)]
    return rows


def taken(work: Path, rounds: int) -> list[Row]:
    """500 screenshots that Chromium takes, and that are equal to the byte."""
    runs = {tool.name: _run(suite(work, tool, 500), tool) for tool in (TAKEN_NONE, TAKEN_OURS)}
    return in_turns(runs, rounds)


def _run(folder: Path, tool: Tool, *options: str, failing: bool = False) -> Callable[[], Cost]:
    return lambda: run(folder, tool, *options, failing=failing)


def equal_pixels(work: Path, rounds: int) -> list[Row]:
    """100 screenshots of other bytes with the same pixels, beside decoding them all."""
    tools = [tool for tool in PEERS if tool not in (BARE, SYRUPY)]  # they compare bytes, and fail
    folders = {tool.name: (suite(work, tool, 100), tool) for tool in tools}
    for folder, _ in folders.values():
        rewrite(folder)
    decoded = Tool(
        "decoding both",
        (),
        "from PIL import Image\n@shots\ndef test_page(shot):\n"
        "    for path in (shot, Path('kept') / shot.name):\n"
        "        with Image.open(path) as image: image.convert('RGB').tobytes()",
    )
    folders[decoded.name] = (suite(work, decoded, 100), decoded)
    return in_turns({name: _run(*each) for name, each in folders.items()}, rounds)


def start_up(work: Path, rounds: int) -> list[Row]:
    """Run a suite in which no test compares pictures, with the plugin and without."""
    folder = work / "plain"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test_plain.py").write_text("def test_plain(): pass")
    (folder / "pytest.ini").write_text("[pytest]\n")
    return in_turns(
        {
            "pytest alone": _run(folder, NONE),
            "with pytest-imgsim": _run(folder, OURS),
        },
        4 * rounds,
    )


def cold(work: Path, rounds: int) -> list[Row]:
    """One changed screenshot, from the start of pytest to its end."""
    runs = {}
    for tool in (NONE, OURS, KERAS):
        folder = suite(work, tool, 1)
        change(folder, lambda number: page(number, button=RED))
        runs[tool.name] = _run(folder, tool)
    return in_turns(runs, rounds)


def workers(work: Path, rounds: int) -> list[Row]:
    """40 changed screenshots on two and four workers, and in one process."""
    rows = {}
    for tool in (OURS, KERAS):
        folder = suite(work, tool, 40)
        change(folder, lambda number: page(number, button=RED))
        xdist = Tool(tool.name, ("xdist.plugin", *tool.plugins), tool.body, tool.update)
        rows[f"{tool.name}, one process"] = _run(folder, tool)
        for count in (2, 4):
            rows[f"{tool.name}, -n {count}"] = _run(folder, xdist, f"-n{count}")
    return in_turns(rows, max(1, rounds // 2))


def timed(function: Callable[[], object], rounds: int) -> float:
    """Return the median of the milliseconds that a function takes, once it is warm."""
    function()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        function()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def pictures(rounds: int) -> list[Row]:
    """Single comparisons in a warm process: what changed, and how large the page is."""
    model = ResNet50()
    rows = []

    def add(part: str, x: float, before: Image.Image, after: Image.Image) -> None:
        a, b = (Picture(np.asarray(image)) for image in (before, after))
        rows.append(
            {"part": part, "x": x, "ms": timed(lambda: compare(PicturePair(a, b), model), rounds)}
        )

    plain = page(0)
    data = encode_png(np.asarray(plain))
    rows.append({"part": "decode", "x": 0, "ms": timed(lambda: decode(data), rounds)})
    same = Picture(np.asarray(plain))
    rows.append(
        {
            "part": "equal",
            "x": 0,
            "ms": timed(lambda: compare(PicturePair(same, same), model), rounds),
        }
    )
    add("button", 0, plain, page(0, button=RED))
    add("text", 0, plain, page(0, dx=0.5))
    for side in (10, 40, 100, 200, 400, 600, 800):
        changed = plain.copy()
        changed.paste((200, 60, 20), (0, 0, side * 1280 // 800, side))
        add("area", side * side * 1.6 / 800 / 1280, plain, changed)
    for height in (800, 1600, 3200, 6400, 12000):
        add("height: button", height, page(0, height), page(0, height, button=RED))
        if height <= 3200:
            add("height: text", height, page(0, height), page(0, height, dx=0.5))
    return rows


LONG = """
import resource, sys, time
import numpy as np
sys.path.insert(0, {here!r})
from suites import page
from pytest_imgsim import ResNet50
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.compare import compare
a, b = (Picture(np.asarray(page(0, 12000, dx=dx))) for dx in (0, 0.5))
compare(PicturePair(a, b), ResNet50())
"""


def long_page(work: Path, rounds: int) -> list[Row]:
    """Compare a page of 1280 x 12000 on which every letter has changed, in a process of its own."""
    work.mkdir(parents=True, exist_ok=True)
    script = LONG.format(here=str(Path(__file__).parent))
    take: Callable[[], Cost] = lambda: measure([sys.executable, "-c", script], work)  # noqa: E731
    return in_turns({"1280 x 12000, all text": take}, max(1, rounds // 3))


PARTS: dict[str, Callable[[Path, int], list[Row]]] = {
    "start-up": start_up,
    "equal bytes": equal_bytes,
    "taken": taken,
    "equal pixels": equal_pixels,
    "cold": cold,
    "workers": workers,
    "pictures": lambda _, rounds: pictures(3 * rounds),
    "long page": long_page,
}


def table(name: str, rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table, with ratios to the first of each group."""
    if "ms" in rows[0]:
        head = ["| what | | ms |", "|---|---|---|"]
        body = [f"| {row['part']} | {row['x']:.4g} | {row['ms']:.1f} |" for row in rows]
        return "\n".join([f"### {name}", *head, *body])
    head = [
        "| | pictures | seconds | ratio | MB | MB, all processes |",
        "|---|---|---|---|---|---|",
    ]
    first: dict[Any, float] = {}
    body = []
    for row in rows:
        base = first.setdefault(row.get("count"), row["seconds"])
        body.append(
            f"| {row['name']} | {row.get('count', '')} | {row['seconds']:.2f} "
            f"| {row['seconds'] / base:.2f} | {row['megabytes']:.0f} | {row['together']:.0f} |"
        )
    return "\n".join([f"### {name}", *head, *body])


def main() -> None:
    """Run the parts and print their tables."""
    given = arguments()
    work = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    results = work / "results.json"
    kept: dict[str, list[Row]] = json.loads(results.read_text()) if results.exists() else {}
    for name in given.only or PARTS:
        kept[name] = PARTS[name](work / "suites", given.rounds)
        results.write_text(json.dumps(kept, indent=1))
        print(table(name, kept[name]), end="\n\n", flush=True)


if __name__ == "__main__":
    main()

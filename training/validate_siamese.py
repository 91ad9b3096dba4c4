"""How well a checkpoint tells noise from regressions on the validation pages, by variant.

Every stage alone and in company::

    python training/validate_siamese.py --work DIR --name siamese --limit 60

The benchmark's own command (``benchmarks/detection/score.py --weights``) judges what the
package ships; this one is quicker and tells what the package should do.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from siamese_loss import cosines
from siamese_net import ResNet50, fast
from torch.nn import functional

STRIDES = (4, 8, 16)
Row = dict[str, Any]
Numbers = NDArray[np.float64]


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", default="siamese")
    parser.add_argument("--split", default="validation")
    parser.add_argument("--limit", type=int, default=60, help="pairs of each label")
    parser.add_argument("--worst", type=int, default=12, help="how many failures to list")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def chosen(work: Path, split: str, limit: int) -> list[Row]:
    """Return pairs of the split, the same ones every time."""
    lines = (work / "pairs.jsonl").read_text().splitlines()
    pairs = [pair for pair in map(json.loads, lines) if pair["split"] == split]
    kept: list[Row] = []
    draw = random.Random(0)
    for label in ("benign", "regression"):
        here = [pair for pair in pairs if pair["label"] == label]
        kept += draw.sample(here, min(limit, len(here)))
    return sorted(kept, key=lambda pair: str(pair["baseline"]))


def maps_of(network: Any, path: Path) -> list[Any]:
    """Return the maps of the stages, (1, C, h, w) each."""
    with Image.open(path) as image:
        rgb = np.asarray(image.convert("RGB"))
    height, width = (length // 32 * 32 for length in rgb.shape[:2])
    batch = torch.from_numpy(rgb[:height, :width].copy()).permute(2, 0, 1)[None].float()
    batch = batch.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), fast():
        return list(network(batch))


def score(network: Any, work: Path, pairs: list[Row]) -> dict[str, Numbers]:
    """Return the smallest cosine of every pair for every variant."""
    found: dict[str, list[float]] = defaultdict(list)
    last: tuple[str, list[Any]] = ("", [])
    for pair in pairs:
        if last[0] != pair["baseline"]:
            last = (pair["baseline"], maps_of(network, work / pair["baseline"]))
        actual = maps_of(network, work / pair["actual"])
        with torch.inference_mode():
            cells = [cosines(a, b)[:, None] for a, b in zip(last[1], actual, strict=True)]
        for name, value in variants(cells).items():
            found[name].append(value)
    return {name: np.asarray(values) for name, values in found.items()}


def variants(cells: list[Any]) -> dict[str, float]:
    """Return the smallest cosine of the stages alone and together.

    The mean of stages is the cosine of their features side by side, each of length one.
    """
    maps = dict(zip(STRIDES, cells, strict=True))
    found = {f"{stride}": float(values.min()) for stride, values in maps.items()}
    for together in ((4, 8), (8, 16), (4, 8, 16)):
        found[f"min{together}"] = min(found[f"{stride}"] for stride in together)
        fine = together[0]
        size = maps[fine].shape[2:]
        parts = [functional.interpolate(maps[stride], size) for stride in together]
        found[f"mean{together}"] = float(torch.stack(parts).mean(dim=0).min())
        pooled = functional.avg_pool2d(torch.stack(parts).mean(dim=0), 2, 1)
        found[f"mean{together} 2 x 2"] = float(pooled.min())
    return found


def quality(values: Numbers, regression: NDArray[np.bool_]) -> list[float]:
    """Return the AUC and the shares caught at 0, 1 and 5 % false alarms."""
    benign, changed = np.sort(values[~regression]), values[regression]
    wins = (changed[:, None] < benign[None]).mean() + (changed[:, None] == benign[None]).mean() / 2
    limits = [benign[int(share * len(benign))] for share in (0.0, 0.01, 0.05)]
    return [float(wins), *(float((changed < limit).mean()) for limit in limits)]


def main() -> None:
    """Print a table, and the worst failures of the best variant."""
    given = arguments()
    torch.set_num_threads(given.threads)
    network = ResNet50().to(memory_format=torch.channels_last)
    path = given.work / "checkpoints" / given.name / "last.pt"
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    network.eval()
    pairs = chosen(given.work, given.split, given.limit)
    regression = np.asarray([pair["label"] == "regression" for pair in pairs])
    found = score(network, given.work, pairs)
    print(f"step {state['step']}, {state['seconds'] / 60:.0f} minutes; {len(pairs)} pairs")
    print("| variant | AUC | caught at 0 % | 1 % | 5 % | 5 % limit |")
    print("|---|---|---|---|---|---|")
    ranked = sorted(found.items(), key=lambda item: -quality(item[1], regression)[0])
    for name, values in ranked:
        area, *shares = quality(values, regression)
        cells = " | ".join(f"{share:.0%}" for share in shares)
        limit = np.sort(values[~regression])[int(0.05 * (~regression).sum())]
        print(f"| {name} | {area:.3f} | {cells} | {limit:.3f} |")
    list_failures(pairs, ranked[0][1], regression, given.worst)


def list_failures(
    pairs: list[Row], values: Numbers, regression: NDArray[np.bool_], count: int
) -> None:
    """Print the benign pairs that score lowest and the regressions that score highest."""
    order = np.argsort(values)
    low = [i for i in order if not regression[i]][:count]
    high = [i for i in order[::-1] if regression[i]][:count]
    for i in (*low, *high):
        pair = pairs[i]
        print(f"{values[i]:.3f} {pair['label']} {pair['kind']} {pair['machine']} {pair['actual']}")


if __name__ == "__main__":
    main()

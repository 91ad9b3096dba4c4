"""How well a checkpoint tells noise from regressions on the validation pages, by variant.

Every stage alone and in company, with and without a search among neighbours::

    python training/validate_siamese.py --work DIR --name siamese --limit 60

The benchmark's own command (``benchmarks/detection/score.py --weights``) judges what the
package ships; this one is quicker and tells what the package should do.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from siamese_loss import cosines
from siamese_net import ResNet50

STRIDES = (4, 8, 16)
RADII = (0, 1)
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
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        return list(network(batch))


def score(network: Any, work: Path, pairs: list[Row]) -> dict[tuple[int, int], Numbers]:
    """Return the smallest cosine of every pair for every stride and radius."""
    found: dict[tuple[int, int], list[float]] = {
        key: [] for key in itertools.product(STRIDES, RADII)
    }
    last: tuple[str, list[Any]] = ("", [])
    for pair in pairs:
        if last[0] != pair["baseline"]:
            last = (pair["baseline"], maps_of(network, work / pair["baseline"]))
        actual = maps_of(network, work / pair["actual"])
        for stride, a, b in zip(STRIDES, last[1], actual, strict=True):
            for radius in RADII:
                with torch.inference_mode():
                    found[stride, radius].append(float(cosines(a, b, radius).min()))
    return {key: np.asarray(values) for key, values in found.items()}


def quality(values: Numbers, regression: NDArray[np.bool_]) -> list[float]:
    """Return the AUC and the shares caught at 0, 1 and 5 % false alarms."""
    benign, changed = np.sort(values[~regression]), values[regression]
    wins = (changed[:, None] < benign[None]).mean() + (changed[:, None] == benign[None]).mean() / 2
    limits = [benign[int(share * len(benign))] for share in (0.0, 0.01, 0.05)]
    return [float(wins), *(float((changed < limit).mean()) for limit in limits)]


def variants(scores: dict[tuple[int, int], Numbers]) -> dict[str, Numbers]:
    """Return the stages alone and together."""
    found = {f"{stride} r{radius}": scores[stride, radius] for stride, radius in scores}
    for radius in RADII:
        fine, middle, late = (scores[stride, radius] for stride in STRIDES)
        found[f"min(4, 8) r{radius}"] = np.minimum(fine, middle)
        found[f"min(8, 16) r{radius}"] = np.minimum(middle, late)
        found[f"min(4, 8, 16) r{radius}"] = np.minimum(np.minimum(fine, middle), late)
        found[f"mean(4, 8) r{radius}"] = (fine + middle) / 2
        found[f"mean(4, 8, 16) r{radius}"] = (fine + middle + late) / 3
    return found


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
    found = variants(score(network, given.work, pairs))
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

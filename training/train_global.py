"""Train the last stage of the ResNet50, so that the cosine of whole pictures means something.

Run it after ``train_siamese.py``: the stages before stay as they are. The pooled vectors of one
page on two machines are drawn together, those of different pages are pushed apart::

    python training/train_global.py --work DIR --name siamese --minutes 10

It writes ``whole.pt`` and ``whole.weights.h5`` beside the checkpoint that it began with.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from siamese_data import Pages
from siamese_edits import noisy
from siamese_net import ResNet50, to_keras
from torch.nn import functional

#: Pages in a batch; each is there twice.
STATES = 8
#: Cosines that one page on two machines, and two pages, are driven beyond.
ALIKE, APART, STEEPNESS = 0.95, 0.4, 12.0
#: Shots of one page that are kept, and how many of them as a noisy file.
SHOTS, NOISY = 4, 1


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder of the rendered pages")
    parser.add_argument("--name", default="siamese", help="folder of the checkpoints")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def late_maps(network: Any, pages: Pages, random: np.random.Generator) -> dict[str, list[Any]]:
    """Return conv4's maps of every page on some machines, (1024, h, w) bfloat16 each."""
    network.run = 3
    network.eval()
    maps: dict[str, list[Any]] = {}
    for state in pages.states:
        shots = list(pages.plain[state].values())
        kept = [shots[i] for i in random.permutation(len(shots))[:SHOTS]]
        kept += [noisy(shots[0], random) for _ in range(NOISY)]
        maps[state] = [late_map(network, rgb) for rgb in kept]
    return maps


def late_map(network: Any, rgb: Any) -> Any:
    """Return conv4's map of one page."""
    batch = torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        last = network(batch.contiguous(memory_format=torch.channels_last))[-1]
    return last[0].bfloat16().clone()


def batch(maps: dict[str, list[Any]], random: np.random.Generator) -> Any:
    """Return the same part of some pages, each on two machines, (2 STATES, 1024, h, w)."""
    states = random.choice(sorted(maps), STATES, replace=False)
    height, width = maps[states[0]][0].shape[1:]
    high = int(random.integers(height // 4, height // 2 + 1))
    wide = int(random.integers(width // 4, width // 2 + 1))
    sides: tuple[list[Any], list[Any]] = ([], [])
    for state in states:
        top, left = int(random.integers(height - high + 1)), int(random.integers(width - wide + 1))
        one, two = random.choice(len(maps[state]), 2, replace=False)
        for side, number in zip(sides, (one, two), strict=True):
            side.append(maps[state][number][:, top : top + high, left : left + wide])
    return torch.stack(sides[0] + sides[1]).contiguous(memory_format=torch.channels_last)


def pooled_loss(vectors: Any) -> Any:
    """Return how wrong the cosines between all pooled vectors are, the hardest alone."""
    a, b = functional.normalize(vectors.float(), dim=1).chunk(2)
    cosines = a @ b.T
    own = torch.eye(len(a), dtype=torch.bool)
    alike = functional.softplus(STEEPNESS * (ALIKE - cosines[own])) / STEEPNESS
    apart = functional.softplus(STEEPNESS * (cosines[~own] - APART)) / STEEPNESS
    return alike.mean() + apart.topk(2 * STATES).values.mean()


def train(network: Any, maps: dict[str, list[Any]], given: argparse.Namespace) -> None:
    """Learn for the given minutes."""
    random = np.random.default_rng(given.seed + 1)
    last = network.stages[3]
    last.train()
    for part in last.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 0.05
    optimiser = torch.optim.AdamW(last.parameters(), given.rate, weight_decay=1e-2)
    began, step, recent = time.monotonic(), 0, []
    while (share := (time.monotonic() - began) / (60 * given.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = given.rate * min(1.0, (step + 1) / 30) * (1.02 - share)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = last(batch(maps, random)).mean(dim=(2, 3))
        loss = pooled_loss(vectors)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(last.parameters(), 1.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        if step % 20 == 0:
            print(f"step {step}, loss {np.mean(recent):.4f}", flush=True)
            recent = []


def report(network: Any, maps: dict[str, list[Any]]) -> None:
    """Print how alike one page is on two machines, and how alike two pages are."""
    network.stages[3].eval()
    vectors, names = [], []
    for name, shots in maps.items():
        for shot in shots:
            with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
                found = network.stages[3](shot[None])
            vectors.append(functional.normalize(found.float().mean(dim=(2, 3)), dim=1)[0])
            names.append(name)
    cosines = torch.stack(vectors) @ torch.stack(vectors).T
    one = np.asarray(names)[:, None] == np.asarray(names)[None]
    values = cosines.numpy()
    print(f"one page: at least {values[one].min():.3f}")
    print(f"two: median {np.median(values[~one]):.3f}, at most {values[~one].max():.3f}")
    for i, j in np.argwhere(~one & (values > values[one].min()))[:10]:
        print(f"  {names[i]} and {names[j]}: {values[i, j]:.3f}")


def main() -> None:
    """Train the last stage, and judge it on the validation pages."""
    given = arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    folder = given.work / "checkpoints" / given.name
    network = ResNet50().to(memory_format=torch.channels_last)
    state = torch.load(folder / "last.pt", weights_only=True)
    network.load_state_dict(state["network"])
    random = np.random.default_rng(given.seed)
    maps = late_maps(network, Pages(given.work, "train", patches=False), random)
    train(network, maps, given)
    report(network, late_maps(network, Pages(given.work, "validation", patches=False), random))
    torch.save({**state, "network": network.state_dict()}, folder / "whole.pt")
    to_keras(network, folder / "whole.weights.h5")


if __name__ == "__main__":
    main()

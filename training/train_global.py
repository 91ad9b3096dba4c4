"""Train the last three stages of the ResNet50, for the cosine of whole pictures.

Run it after ``train_siamese.py``: the stage before, which scores, stays as it is. The pooled
vectors of one page on two machines, seen at a glance as the package sees them, are drawn together,
and those of different pages are pushed apart::

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
from numpy.typing import NDArray
from siamese_data import Pages
from siamese_edits import Pixels, noisy
from siamese_net import ResNet50, fast, to_keras
from torch.nn import functional

from pytest_imgsim.compare import at_a_glance

#: Pages in a batch, each there twice, and flat pictures of one colour beside them.
STATES, FLAT = 20, 4
#: Cosines that one page on two machines, and two pages, are driven beyond.
ALIKE, APART, STEEPNESS = 0.97, 0.4, 12.0
#: Share of batches that show whole pages; the others show parts, as of elements.
WHOLE = 0.5
SMALLEST = 96


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


def batch(pages: Pages, random: np.random.Generator) -> Any:
    """Return the same part of some pages, each on two machines, (2 (STATES + FLAT), 3, h, w)."""
    states = random.choice(pages.states, STATES, replace=False)
    height, width = next(iter(pages.plain[states[0]].values())).shape[:2]
    if random.random() > WHOLE:
        height, width = (int(random.integers(SMALLEST, length)) for length in (height, width))
    sides: tuple[list[Pixels], list[Pixels]] = ([], [])
    for state in states:
        shots = pages.plain[state]
        rows, columns = next(iter(shots.values())).shape[:2]
        top, left = (
            int(random.integers(rows - height + 1)),
            int(random.integers(columns - width + 1)),
        )
        for side, machine in zip(
            sides, random.choice(sorted(shots), 2, replace=False), strict=True
        ):
            part = shots[machine][top : top + height, left : left + width]
            side.append(at_a_glance(noisy(part, random)))
    for _ in range(FLAT):
        flat = np.broadcast_to(random.integers(0, 256, 3, dtype=np.uint8), sides[0][0].shape)
        for side in sides:
            side.append(noisy(flat, random))
    return tensor(sides[0] + sides[1])


def tensor(pictures: list[Pixels]) -> Any:
    """Return pictures of one size as (N, 3, H, W) float32."""
    rgb = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float()
    return rgb.contiguous(memory_format=torch.channels_last)


def vectors(network: Any, rgb: Any) -> Any:
    """Return pooled vectors of length one, (N, 2048) float32; only the last stages can learn."""
    with fast():
        with torch.no_grad():
            [found] = network(rgb)
        for stage in network.stages[1:]:
            found = stage(found)
    return functional.normalize(found.float().mean(dim=(2, 3)), dim=1)


def pooled_loss(found: Any) -> Any:
    """Return how wrong the cosines between all pooled vectors are, the hardest alone."""
    a, b = found.chunk(2)
    cosines = a @ b.T
    own = torch.eye(len(a), dtype=torch.bool)
    alike = functional.softplus(STEEPNESS * (ALIKE - cosines[own])) / STEEPNESS
    apart = functional.softplus(STEEPNESS * (cosines[~own] - APART)) / STEEPNESS
    return alike.mean() + alike.max() + apart.topk(2 * STATES).values.mean()


def train(network: Any, pages: Pages, given: argparse.Namespace) -> None:
    """Learn for the given minutes."""
    random = np.random.default_rng(given.seed + 1)
    network.eval()
    learning = network.stages[1:]
    learning.train()
    for part in learning.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 0.05
    optimiser = torch.optim.AdamW(learning.parameters(), given.rate, weight_decay=1e-2)
    began, step, recent = time.monotonic(), 0, []
    while (share := (time.monotonic() - began) / (60 * given.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = given.rate * min(1.0, (step + 1) / 30) * (1.02 - share)
        loss = pooled_loss(vectors(network, batch(pages, random)))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        if step % 20 == 0:
            print(f"step {step}, loss {np.mean(recent):.4f}", flush=True)
            recent = []


def report(network: Any, pages: Pages) -> None:
    """Print how alike one page is on two machines, and how alike two pages are."""
    network.eval()
    found, names = [], []
    for state in pages.states:
        shots = [at_a_glance(rgb) for rgb in pages.plain[state].values()]
        with torch.inference_mode():
            found.append(vectors(network, tensor(shots)))
        names += [state] * len(shots)
    values: NDArray[np.float32] = (torch.cat(found) @ torch.cat(found).T).numpy()
    one = np.asarray(names)[:, None] == np.asarray(names)[None]
    print(f"one page: at least {values[one].min():.3f}")
    print(f"two: median {np.median(values[~one]):.3f}, at most {values[~one].max():.3f}")
    for i, j in np.argwhere(~one & (values > values[one].min()))[:10]:
        print(f"  {names[i]} and {names[j]}: {values[i, j]:.3f}")


def main() -> None:
    """Train the later stages, and judge them on the validation pages."""
    given = arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    folder = given.work / "checkpoints" / given.name
    network = ResNet50(1).to(memory_format=torch.channels_last)
    state = torch.load(folder / "last.pt", weights_only=True)
    network.load_state_dict(state["network"])
    train(network, Pages(given.work, "train", patches=False), given)
    report(network, Pages(given.work, "validation", patches=False))
    torch.save({**state, "network": network.state_dict()}, folder / "whole.pt")
    to_keras(network, folder / "whole.weights.h5")


if __name__ == "__main__":
    main()

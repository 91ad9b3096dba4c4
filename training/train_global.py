"""Train the last three stages of the ResNet50, for the cosine of whole pictures.

Run it after ``train_siamese.py``: the stage before, which scores, stays as it is. The pooled
vectors of one page on two machines, seen at a glance as the package sees them, are drawn together,
and those of different pages are pushed apart::

    python training/train_global.py --work DIR --name siamese --minutes 60

It begins with ``last.pt`` in the folder of the checkpoints, or with the weights that ship, and
writes ``whole.pt`` and ``whole.weights.h5`` there, every few minutes and at its end.
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
from siamese_edits import Pixels, in_other_colours, noisy
from siamese_net import ResNet50, fast, load_bundled, to_keras
from torch.nn import functional

from pytest_imgsim.model.weights import BUNDLED
from pytest_imgsim.scoring.pooled import thumbnail

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
    parser.add_argument("--initial", help="a checkpoint to begin with, or 'bundled'; else last.pt")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=int, default=150, help="steps between checkpoints")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


class Glances:
    """Draws pictures at a glance, each as two machines show it.

    Parameters
    ----------
    pages : Pages
        Where from.
    seed : int
        What is drawn.
    """

    def __init__(self, pages: Pages, seed: int) -> None:
        self._pages = pages
        self._random = np.random.default_rng(seed)
        self._whole = {
            state: {machine: thumbnail(rgb) for machine, rgb in pages.plain[state].items()}
            for state in pages.states
        }

    def batch(self) -> Any:
        """Return parts of some pages, each on two machines, (2 (STATES + FLAT), 3, h, w)."""
        states = self._random.choice(self._pages.states, STATES, replace=False)
        shots = [self._pages.plain[state] for state in states]
        if self._random.random() < WHOLE:
            pairs = [self._two(self._whole[state]) for state in states]
        else:
            height, width = next(iter(shots[0].values())).shape[:2]
            size = (self._length(height), self._length(width))
            pairs = [self._part(pages, size) for pages in shots]
        pairs += [(self._flat(pairs[0][0]),) * 2 for _ in range(FLAT)]
        pairs = [self._widened(a, b) for a, b in pairs]
        return tensor([noisy(pair[side], self._random) for side in (0, 1) for pair in pairs])

    def _length(self, longest: int) -> int:
        return int(self._random.integers(SMALLEST, longest))

    def _two(self, shots: dict[str, Pixels]) -> tuple[Pixels, Pixels]:
        one, two = self._random.choice(sorted(shots), 2, replace=False)
        return shots[one], shots[two]

    def _part(self, shots: dict[str, Pixels], size: tuple[int, int]) -> tuple[Pixels, Pixels]:
        """Return a part of a page at a glance; of four, the one with the most in it."""
        a, b = self._two(shots)
        places = [
            tuple(
                int(self._random.integers(side - length + 1))
                for side, length in zip(a.shape, size, strict=False)
            )
            for _ in range(4)
        ]
        cuts = [(slice(top, top + size[0]), slice(left, left + size[1])) for top, left in places]
        here = max(cuts, key=lambda cut: float(a[cut][::4, ::4].std()))
        return thumbnail(a[here]), thumbnail(b[here])

    def _flat(self, like: Pixels) -> Pixels:
        colour = self._random.integers(0, 256, 3, dtype=np.uint8)
        return np.broadcast_to(colour, like.shape)

    def _widened(self, a: Pixels, b: Pixels) -> tuple[Pixels, Pixels]:
        """Return both pictures mirrored, recoloured or inverted: another page to tell apart."""
        a, b = in_other_colours(a, b, self._random)
        if self._random.random() < 0.3:
            a, b = a[:, ::-1], b[:, ::-1]
        return a, b


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


def train(network: Any, glances: Glances, given: argparse.Namespace) -> None:
    """Learn for the given minutes."""
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
        loss = pooled_loss(vectors(network, glances.batch()))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        if step % 20 == 0:
            print(f"step {step}, loss {np.mean(recent):.4f}", flush=True)
            recent = []
        if step % given.every == 0:
            save(network, folder_of(given))


def report(network: Any, pages: Pages) -> None:
    """Print how alike one page is on two machines, and how alike two pages are."""
    network.eval()
    found, names = [], []
    for state in pages.states:
        shots = [thumbnail(rgb) for rgb in pages.plain[state].values()]
        with torch.inference_mode():
            found.append(vectors(network, tensor(shots)))
        names += [state] * len(shots)
    values: NDArray[np.float32] = (torch.cat(found) @ torch.cat(found).T).numpy()
    one = np.asarray(names)[:, None] == np.asarray(names)[None]
    print(f"one page: at least {values[one].min():.3f}")
    print(f"two: median {np.median(values[~one]):.3f}, at most {values[~one].max():.3f}")
    for i, j in np.argwhere(~one & (values > values[one].min()))[:10]:
        print(f"  {names[i]} and {names[j]}: {values[i, j]:.3f}")


def folder_of(given: argparse.Namespace) -> Path:
    """Return the folder of the checkpoints."""
    folder: Path = given.work / "checkpoints" / given.name
    return folder


def save(network: Any, folder: Path) -> None:
    """Write a checkpoint, and the weights for Keras."""
    torch.save({"network": network.state_dict()}, folder / "whole.pt")
    to_keras(network, folder / "whole.weights.h5")


def main() -> None:
    """Train the later stages, and judge them on the validation pages."""
    given = arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    folder = folder_of(given)
    folder.mkdir(parents=True, exist_ok=True)
    network = ResNet50(1).to(memory_format=torch.channels_last)
    if given.initial == BUNDLED:
        load_bundled(network)
    else:
        state = torch.load(given.initial or folder / "last.pt", weights_only=True)
        network.load_state_dict(state["network"])
    train(network, Glances(Pages(given.work, "train", patches=False), given.seed + 1), given)
    save(network, folder)
    report(network, Pages(given.work, "validation", patches=False))


if __name__ == "__main__":
    main()

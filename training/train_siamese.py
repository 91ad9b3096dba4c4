"""Train the ResNet50 as a dense siamese on the pages that ``benchmarks/detection`` rendered.

Cells that show the same thing on two machines are drawn together, cells that changed are
pushed apart, and the hardest weigh most, for the score is a minimum::

    python benchmarks/detection/run.py --work DIR      # renders the pages
    python training/train_siamese.py --work DIR --minutes 60

It writes ``DIR/checkpoints/<name>/last.pt`` (continued by the next run), a log beside it and,
at every checkpoint, ``last.weights.h5``, which ``--imgsim-weights`` reads. It needs PyTorch:
``python -m pip install torch``.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from siamese_data import Drawn, Pages, Pair, Sampler
from siamese_loss import cosines, loss, together
from siamese_net import ResNet50, fast, load_bundled, to_keras

from pytest_imgsim.scoring.formula import scores, weights
from pytest_imgsim.scoring.pixel_evidence import pixel_evidence
from pytest_imgsim.scoring.pooled import thumbnail
from pytest_imgsim.scoring.same_renderer import same_renderer

STRIDES = (4, 8, 16)
BUNDLED = "bundled"


@dataclass
class Run:
    """What a checkpoint holds.

    Parameters
    ----------
    network : ResNet50
    optimiser : torch optimiser
    step : int
        Batches seen.
    seconds : float
        Time spent.
    """

    network: Any
    optimiser: Any
    step: int = 0
    seconds: float = 0.0


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder of the rendered pages")
    parser.add_argument("--name", default="siamese", help="folder of the checkpoints")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--initial", help="a checkpoint whose network to begin with, or 'bundled'")
    parser.add_argument(
        "--stages", type=int, default=1, help="learn at the first 1, 2 or 3 strides"
    )
    parser.add_argument("--pairs", type=int, default=14, help="pairs in a batch")
    parser.add_argument("--rate", type=float, default=7e-4, help="highest learning rate")
    parser.add_argument(
        "--planned", type=float, default=0, help="minutes of a cosine decay; 0: none"
    )
    parser.add_argument(
        "--alone", type=float, default=0.15, help="weight of each stage beside all together"
    )
    parser.add_argument("--every", type=float, default=4.0, help="minutes between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def start(folder: Path, given: argparse.Namespace) -> Run:
    """Return the run of the last checkpoint, or a new one."""
    torch.manual_seed(given.seed)
    network = ResNet50(given.stages).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), given.rate, weight_decay=1e-2)
    run = Run(network, optimiser)
    path = folder / "last.pt"
    if path.is_file():
        state = torch.load(path, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        run.step, run.seconds = state["step"], state["seconds"]
    elif given.initial == BUNDLED:
        load_bundled(network)
    elif given.initial:
        network.load_state_dict(torch.load(given.initial, weights_only=True)["network"])
    return run


def save(run: Run, folder: Path) -> None:
    """Write a checkpoint and the weights for Keras."""
    temporary = folder / "next.pt"
    torch.save(
        {
            "network": run.network.state_dict(),
            "optimiser": run.optimiser.state_dict(),
            "step": run.step,
            "seconds": run.seconds,
        },
        temporary,
    )
    temporary.replace(folder / "last.pt")
    to_keras(run.network, folder / "last.weights.h5")


def tensors(pairs: list[Pair]) -> tuple[Any, Any, Any]:
    """Return both sides one after the other, (2 N, 3, H, W), changed pixels, and the weights."""
    stacked = np.stack([pair.a for pair in pairs] + [pair.b for pair in pairs])
    changed = np.stack([pair.changed for pair in pairs]).astype(np.float32)
    weighted = np.stack([cell_weights(pair) for pair in pairs])
    rgb = torch.from_numpy(stacked).permute(0, 3, 1, 2).float()
    rgb = rgb.contiguous(memory_format=torch.channels_last)
    return rgb, torch.from_numpy(changed), torch.from_numpy(weighted)


def cell_weights(pair: Pair) -> NDArray[np.float32]:
    """Return how much the angle of each cell counts, (h, w), as when the package scores."""
    differs = (pair.a != pair.b).any(axis=2)
    same = same_renderer(pair.a, pair.b, differs)
    evidence = pixel_evidence(pair.a, pair.b, STRIDES[0])
    return np.asarray(weights(same, evidence), dtype=np.float32)


def one_step(run: Run, batch: list[Drawn], alone: float) -> tuple[list[float], list[float]]:
    """Learn from a batch; return the loss of each stage and of all together, and the hardness.

    A stage weighs `alone` beside all of them together.
    """
    rgb, changed, weighted = tensors([drawn.pair for drawn in batch])
    run.network.train()
    with fast():
        maps = run.network(rgb)
    maps = [cosines(*features.chunk(2)) for features in maps]
    losses = [loss(each, changed, stride)[0] for each, stride in zip(maps, STRIDES, strict=False)]
    # At a cosine of 1 the angle has no slope.
    scored = scores(together(maps).clamp(0, 0.9999), weighted, torch)
    whole, hardness = loss(scored, changed, STRIDES[0])
    total = whole + alone * sum(losses)
    run.optimiser.zero_grad()
    total.backward()  # type: ignore[union-attr, unused-ignore]
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 1.0)
    run.optimiser.step()
    run.step += 1
    return [value.item() for value in (*losses, whole)], hardness.tolist()


def rate_at(run: Run, highest: float, planned: float) -> float:
    """Return the learning rate: it rises for 100 steps, and falls if an end is planned."""
    rise = min(1.0, (run.step + 1) / 100)
    if planned == 0:
        return highest * rise
    share = min(1.0, run.seconds / 60 / planned)
    return float(highest * rise * (0.02 + 0.49 * (1 + np.cos(np.pi * share))))


def train(run: Run, sampler: Sampler, given: argparse.Namespace, folder: Path) -> None:
    """Learn for the given minutes."""
    began = before = written = time.monotonic()
    recent: list[list[float]] = []
    with ThreadPoolExecutor(1) as pool, (folder / "log.jsonl").open("a") as log:
        coming = pool.submit(sampler.batch, given.pairs)
        while time.monotonic() - began < 60 * given.minutes:
            batch, coming = coming.result(), pool.submit(sampler.batch, given.pairs)
            for group in run.optimiser.param_groups:
                group["lr"] = rate_at(run, given.rate, given.planned)
            losses, hardness = one_step(run, batch, given.alone)
            sampler.learnt(batch, hardness)
            recent.append(losses)
            now = time.monotonic()
            run.seconds += now - before
            before = now
            if run.step % 20 == 0:
                means = [round(float(value), 4) for value in np.mean(recent, axis=0)]
                line = {"step": run.step, "seconds": round(run.seconds), "loss": means}
                print(json.dumps(line), file=log, flush=True)
                recent = []
            if now - written > 60 * given.every:
                save(run, folder)
                written = now


def capture_until_stable(network: Any, pages: Pages) -> None:
    """Give the norms of the stages that have not learnt the statistics of what they now get.

    The package looks through them at whole pages at a glance.
    """
    learnt, network.run = network.run, len(network.stages)
    network.eval()
    for norm in network.stages[learnt:].modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None  # the mean over all batches
            norm.train()
    with torch.no_grad():
        for state in pages.states:
            shots = np.stack([thumbnail(rgb) for rgb in pages.plain[state].values()])
            network(torch.from_numpy(shots).permute(0, 3, 1, 2).float())
    network.run = learnt


def main() -> None:
    """Train."""
    given = arguments()
    torch.set_num_threads(given.threads)
    folder = given.work / "checkpoints" / given.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "arguments.json").write_text(json.dumps(vars(given), default=str, indent=1))
    run = start(folder, given)
    pages = Pages(given.work, "train", given.seed)
    count = sum(len(patches) for patches in pages.patches.values())
    print(f"{len(pages.states)} page states, {count} patches of regressions", flush=True)
    train(run, Sampler(pages, given.seed + run.step), given, folder)
    capture_until_stable(run.network, pages)
    save(run, folder)


if __name__ == "__main__":
    main()

"""Ways to score a pair of pictures, ours and others: a higher score is more alike."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pictures import Pixels
from PIL import Image

from pytest_imgsim.model.resnet50 import ResNet50
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.pictures.picture import Picture
from pytest_imgsim.scoring.compare import compare
from pytest_imgsim.scoring.cosine import cosine
from pytest_imgsim.settings import Settings

Pair = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """A score and its own rule.

    Parameters
    ----------
    name : str
        Its row in the table.
    below : float or None
        A score below this fails by default; None if there is no such rule.
    """

    name: str
    below: float | None = None


OURS = Method("ours: worst region", Settings().threshold)
POOLED = Method("ours: global")
ANCESTOR = Method("pooled cosine at 224 x 224")


def ours(
    weights: str, threads: int, *, ancestor: bool
) -> Callable[[Pixels, Pixels], dict[str, Any]]:
    """Return a function that scores two pictures with our own network.

    With `ancestor` it also gives the score that the project began with, of `ANCESTOR`.
    """
    model = ResNet50(weights, root=Path.cwd(), threads=threads)

    def score(a: Pixels, b: Pixels) -> dict[str, Any]:
        scores = compare(PicturePair(Picture(b), Picture(a)), model)
        worst = scores.regions[0] if scores.regions else None
        return {
            OURS.name: scores.score,
            # A lone caret is scored without the network.
            POOLED.name: 1.0 if scores.global_score is None else scores.global_score,
            "region": worst and [worst.x, worst.y, worst.width, worst.height],
            **({ANCESTOR.name: _ancestor(model, a, b)} if ancestor else {}),
        }

    return score


def _ancestor(model: ResNet50, a: Pixels, b: Pixels) -> float:
    small = [np.asarray(Image.fromarray(pixels).resize((224, 224))) for pixels in (a, b)]
    return float(cosine(*map(model.vector, small)))


#: Methods that only need the pixels. pytest-mpl fails above an RMS of 2.
PIXEL_METHODS = (
    Method("RMS (pytest-mpl)", -2.0),
    Method("mean SSIM"),
    Method("smallest local SSIM"),
    Method("largest difference of a 16 px block"),
    Method("YIQ pixel count"),
)


def by_pixels(a: Pixels, b: Pixels) -> dict[str, Any]:
    """Return the scores of `PIXEL_METHODS`."""
    difference = a.astype(np.float64) - b
    luma = np.asarray([0.299, 0.587, 0.114])
    mean, smallest = _ssim(a @ luma, b @ luma)
    values = (
        -float(np.sqrt((difference**2).mean())),
        mean,
        smallest,
        -_block(np.abs(difference).mean(axis=2)),
        -_yiq(difference),
    )
    return {method.name: value for method, value in zip(PIXEL_METHODS, values, strict=True)}


def _ssim(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]:
    from skimage.metrics import structural_similarity

    mean, full = structural_similarity(
        a, b, data_range=255, gaussian_weights=True, use_sample_covariance=False, full=True
    )
    return float(mean), float(full.min())


def _block(difference: NDArray[np.float64], side: int = 16) -> float:
    height, width = (length // side * side for length in difference.shape)
    cut = difference[:height, :width].reshape(height // side, side, width // side, side)
    return float(cut.mean(axis=(1, 3)).max(initial=0.0))


def _yiq(difference: NDArray[np.float64]) -> float:
    """Return how many pixels differ by more than pixelmatch's default, without its AA rule."""
    matrix = np.asarray(
        [
            [0.29889531, 0.58662247, 0.11448223],
            [0.59597799, -0.27417610, -0.32180189],
            [0.21147017, -0.52261711, 0.31114694],
        ]
    )
    squares = (difference @ matrix.T) ** 2 @ np.asarray([0.5053, 0.299, 0.1957])
    return float((squares > 35215 * 0.1**2).sum())


#: Tools that run in Node, and one from PyPI; each fails by default on the first odd pixel.
#: Pixelmatch measures colours by OKLab since 8, and by YIQ before, as Playwright does.
NODE_PACKAGES = (
    "pixelmatch@8.0.0",
    "pixelmatch-7@npm:pixelmatch@7.2.0",
    "pngjs@7.0.0",
    "looks-same@10.0.1",
    "odiff-bin@4.5.0",
)
NODE_METHODS = (
    Method("pixelmatch 8", -0.5),
    Method("pixelmatch 7", -0.5),
    Method("Playwright's rule (pixelmatch, 0.2)", -0.5),
    Method("looks-same 10", -0.5),
    Method("odiff 4", -0.5),
)
BLAZEDIFF = Method("blazediff 6", -0.5)


def by_node(work: Path, pairs: list[Pair]) -> list[dict[str, Any]]:
    """Return the scores of `NODE_METHODS` for every pair; none without Node."""
    if shutil.which("npm") is None:
        return [{} for _ in pairs]
    folder = work / "node"
    installed, wanted = folder / "installed.txt", "\n".join(NODE_PACKAGES)
    if not installed.is_file() or installed.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--silent", "--ignore-scripts", *NODE_PACKAGES]
        subprocess.run(command, cwd=folder, check=True, timeout=300)
        installed.write_text(wanted)
    script = folder / "rivals.mjs"
    script.write_text(Path(__file__).with_name("rivals.mjs").read_text())
    sides = [[pair["baseline"], pair["actual"]] for pair in pairs]
    answer = subprocess.run(
        ["node", script.name],
        cwd=folder,
        input=json.dumps(sides),
        capture_output=True,
        text=True,
        check=True,
    )
    names = ("pixelmatch8", "pixelmatch7", "playwright", "looksSame", "odiff")
    return [
        {
            method.name: -float(count[name])
            for method, name in zip(NODE_METHODS, names, strict=True)
            if count.get(name) is not None
        }
        for count in json.loads(answer.stdout)
    ]


def by_blazediff(pair: Pair) -> dict[str, Any]:
    """Return blazediff's score, or nothing where it is not installed."""
    try:
        import blazediff
    except ImportError:
        return {}
    result = blazediff.compare(pair["baseline"], pair["actual"])
    return {BLAZEDIFF.name: -float(result.diff_count or 0)}


METHODS = (OURS, POOLED, ANCESTOR, *PIXEL_METHODS, *NODE_METHODS, BLAZEDIFF)

"""How much a suite's own pictures differ when nothing has changed, and the threshold for that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.record import RegionScore
from pytest_imgsim.scoring.compare import compare
from pytest_imgsim.scoring.cosine import Extractor

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".gif", ".tif", ".tiff")
#: A proposal is below the noise floor by this share of the floor's distance from 1.
MARGIN = 0.25
HIGHEST = 0.98


@dataclass(frozen=True)
class Sample:
    """Two captures of one page.

    Parameters
    ----------
    name : str
        The picture's path within its folder.
    first, again : Path
        The two files.
    score : float or None
        The score of the worst region, in [0, 1]; None where the sizes differ.
    region : RegionScore or None
        Where they differ most; None where they are equal or differ in size.
    """

    name: str
    first: Path
    again: Path
    score: float | None
    region: RegionScore | None = None


def measure(folders: Sequence[Path], extractor: Extractor) -> list[Sample]:
    """Compare the pictures of the first folder with those of the same name in the others.

    Parameters
    ----------
    folders : sequence of Path
        At least two; each holds the captures of one run.
    extractor : Extractor
        The model.

    Returns
    -------
    list of Sample
        Lowest scores first, after those whose sizes differ.

    Raises
    ------
    ResultsError
        If a folder is missing, or no picture has the same name in two of them.
    PictureError
        If a file is no picture.
    """
    for folder in folders:
        if not folder.is_dir():
            raise ResultsError(f"{folder}: expected a folder with the pictures of one run")
    first, *others = folders
    names = sorted(path.relative_to(first) for path in first.rglob("*") if _is_picture(path))
    samples = [
        _sample(first, other, name, extractor)
        for name in names
        for other in others
        if (other / name).is_file()
    ]
    if not samples:
        raise ResultsError(
            f"{first}: expected pictures that have the same names in "
            f"{', '.join(map(str, others)) or 'a second folder'}; found {len(names)} pictures, "
            "none of them twice. Write a folder for each run: "
            "pytest --update-baselines --imgsim-baselines=run1"
        )
    return sorted(samples, key=lambda sample: (sample.score is not None, sample.score or 0.0))


def proposed(samples: Sequence[Sample]) -> float | None:
    """Return a threshold that all samples pass with room to spare, or None if all are equal.

    Parameters
    ----------
    samples : sequence of Sample
        Those without a score do not count.

    Returns
    -------
    float or None
        The lowest score, lowered by a quarter of its distance from 1 and rounded down to
        hundredths; at most 0.98.
    """
    floor = min((sample.score for sample in samples if sample.score is not None), default=1.0)
    if floor == 1.0:
        return None
    return min(HIGHEST, math.floor(100 * (floor - MARGIN * (1 - floor))) / 100)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _sample(first: Path, other: Path, name: Path, extractor: Extractor) -> Sample:
    paths = first / name, other / name
    one, two = map(as_picture, paths)
    if one.size != two.size:
        return Sample(name.as_posix(), *paths, None)
    scores = compare(PicturePair(two, one), extractor)
    return Sample(name.as_posix(), *paths, scores.score, next(iter(scores.regions), None))

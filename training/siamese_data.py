"""Pairs of crops from the pages that ``benchmarks/detection`` rendered.

Pages are kept whole once for each machine; a regression is kept as patches around its changed
pixels, which is all that a crop needs.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from siamese_edits import (
    VISIBLE,
    Pixels,
    difference,
    in_other_colours,
    noisy,
    regressed,
    visible_change,
    with_caret,
)

CROP, PATCH = 96, 224
#: Hard pairs that wait for their turn, share of a batch that they make, how often one comes back
#: at most (a page that truly differs between machines would never leave), and what is hard.
WAITING, AGAIN, TIMES, HARD = 1500, 0.35, 5, 0.1
#: Patches that are cut from a page on which many lines have changed, and how often it is its turn
#: for each turn of another kind.
CHARACTERS, MANY, TURNS = "characters", 30, 8
#: Pages whose elements stand further apart than this (px) on two machines are no pair.
MAX_LAYOUT_SHIFT = 2.0


@dataclass(frozen=True, eq=False)
class Patch:
    """A piece of a page with a regression."""

    state: str
    machine: str
    kind: str
    top: int
    left: int
    rgb: Pixels


@dataclass(frozen=True, eq=False)
class Pair:
    """Two crops of one place, and where they truly differ.

    Parameters
    ----------
    a, b : ndarray of shape (96, 96, 3), uint8
    changed : ndarray of shape (96, 96), bool
    """

    a: Pixels
    b: Pixels
    changed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A pair to learn from.

    Parameters
    ----------
    pair : Pair
        As the network sees it.
    source : Pair
        Before noise was drawn on it.
    times : int
        How often `source` has been learnt from before.
    """

    pair: Pair
    source: Pair
    times: int


class Pages:
    """The rendered pages of one split.

    Parameters
    ----------
    work : Path
        The folder that ``benchmarks/detection`` filled.
    split : str
        "train" or "validation".
    seed : int
        Where patches are cut.
    patches : bool
        False leaves out the regressions.
    """

    def __init__(self, work: Path, split: str, seed: int = 0, *, patches: bool = True) -> None:
        self.plain: dict[str, dict[str, Pixels]] = defaultdict(dict)
        self.patches: dict[str, list[Patch]] = defaultdict(list)
        generator = np.random.default_rng(seed)
        mutated = []
        for record in _records(work, split):
            if "kind" in record:
                mutated += [record] if patches else []
            elif record["layout_shift"] <= MAX_LAYOUT_SHIFT:
                self.plain[record["state"]][record["machine"]] = _read(work / record["file"])
        for record in mutated:
            for patch in _patches(work, record, self.plain, generator):
                self.patches[patch.kind].append(patch)
        self.states = [state for state, shots in self.plain.items() if len(shots) > 1]


def _records(work: Path, split: str) -> Iterator[dict[str, Any]]:
    for file in sorted((work / "records").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            if record["split"] == split:
                yield record


def _read(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _patches(
    work: Path,
    record: dict[str, Any],
    plain: dict[str, dict[str, Pixels]],
    generator: np.random.Generator,
) -> Iterator[Patch]:
    state, machine = record["state"], record["machine"]
    before = plain.get(state, {}).get(machine)
    if before is None:
        return
    after = _read(work / record["file"])
    places = np.argwhere(difference(before, after) >= VISIBLE)
    height, width = before.shape[:2]
    large = record["box"][2] > PATCH or record["box"][3] > PATCH
    count = MANY if record["kind"] == CHARACTERS else 3 if large else 1
    for place in generator.choice(places, count):
        top = int(np.clip(place[0] - PATCH // 2, 0, height - PATCH))
        left = int(np.clip(place[1] - PATCH // 2, 0, width - PATCH))
        rgb = after[top : top + PATCH, left : left + PATCH].copy()
        yield Patch(state, machine, record["kind"], top, left, rgb)


class Sampler:
    """Draws pairs without end.

    Parameters
    ----------
    pages : Pages
        Where from.
    seed : int
        What is drawn.
    benign, drawn : float
        Share of pairs without any regression, and with one that is drawn on the crop rather
        than made in the browser.
    """

    def __init__(self, pages: Pages, seed: int, benign: float = 0.42, drawn: float = 0.25) -> None:
        self._pages = pages
        self._random = np.random.default_rng(seed)
        self._benign = benign
        self._drawn = drawn
        self._kinds = sorted(pages.patches)
        self._kinds += [CHARACTERS] * (TURNS - 1 if CHARACTERS in pages.patches else 0)
        self._hard: deque[Drawn] = deque(maxlen=WAITING)

    def batch(self, size: int) -> list[Drawn]:
        """Return `size` pairs, widened at random; some were hard before."""
        return [self._drawn_pair() for _ in range(size)]

    def learnt(self, batch: Sequence[Drawn], hardness: Sequence[float]) -> None:
        """Keep what was hard, for another time with other noise."""
        for drawn, value in zip(batch, hardness, strict=True):
            if value > HARD and drawn.times < TIMES:
                self._hard.append(drawn)

    def _drawn_pair(self) -> Drawn:
        source, times = self._pair(), 0
        # Long after it was learnt from: the queue has to be a quarter full.
        if self._random.random() < AGAIN and len(self._hard) > WAITING // 4:
            before = self._hard.popleft()
            source, times = before.source, before.times + 1
        return Drawn(self._widened(self._noisy(source)), source, times)

    def _pair(self) -> Pair:
        choice = self._random.random()
        if choice < self._benign:
            return self._same_page()
        if choice < self._benign + self._drawn:
            pair = self._same_page(may_be_one=True)
            after, changed = regressed(pair.b, self._random)
            return Pair(pair.a, after, changed)
        return self._regression()

    def _same_page(self, *, may_be_one: bool = False) -> Pair:
        state = self._pages.states[self._random.integers(len(self._pages.states))]
        shots = self._pages.plain[state]
        one, two = self._random.choice(sorted(shots), 2, replace=may_be_one)
        a, b = shots[one], shots[two]
        top, left = self._noisiest(a, b)
        here = (slice(top, top + CROP), slice(left, left + CROP))
        return Pair(a[here], b[here], np.zeros((CROP, CROP), dtype=np.bool_))

    def _noisiest(self, a: Pixels, b: Pixels) -> tuple[int, int]:
        """Return the corner of the crop that differs most among four drawn ones."""
        height, width = a.shape[:2]
        best, worst = (0, 0), -1.0
        for _ in range(4):
            top = int(self._random.integers(height - CROP))
            left = int(self._random.integers(width - CROP))
            here = (slice(top, top + CROP, 4), slice(left, left + CROP, 4))
            noise = float(difference(a[here], b[here]).mean()) + float(a[here].std()) / 50
            if noise > worst:
                best, worst = (top, left), noise
        return best

    def _regression(self) -> Pair:
        patches = self._pages.patches[self._kinds[self._random.integers(len(self._kinds))]]
        patch = patches[self._random.integers(len(patches))]
        shots = self._pages.plain[patch.state]
        down, across = (int(v) for v in self._random.integers(0, PATCH - CROP + 1, 2))
        top, left = patch.top + down, patch.left + across
        here = (slice(top, top + CROP), slice(left, left + CROP))
        after = patch.rgb[down : down + CROP, across : across + CROP]
        own = shots[patch.machine][here]
        changed = visible_change(own, after)
        if not changed.any():
            after = own  # the crop has missed the change, or nearly
        machine = patch.machine
        if self._random.random() < 0.7:
            machine = str(self._random.choice(sorted(shots)))
        return Pair(shots[machine][here], after, changed)

    def _noisy(self, pair: Pair) -> Pair:
        """Return the pair after what files, screens and a caret do to either side."""
        a, b = noisy(pair.a, self._random), noisy(pair.b, self._random)
        if self._random.random() < 0.2:
            a = with_caret(a, self._random)
        return Pair(a, b, pair.changed)

    def _widened(self, pair: Pair) -> Pair:
        """Return the pair mirrored, recoloured or inverted, both crops alike."""
        (a, b), changed = in_other_colours(pair.a, pair.b, self._random), pair.changed
        if self._random.random() < 0.3:
            a, b, changed = a[:, ::-1], b[:, ::-1], changed[:, ::-1]
        if self._random.random() < 0.15:
            a, b, changed = a[::-1], b[::-1], changed[::-1]
        if self._random.random() < 0.5:
            a, b = b, a
        return Pair(a, b, changed)

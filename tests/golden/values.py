"""What a golden pair's comparison gives, as the plain values that are stored, and what moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from golden.pairs import PAIRS, Pair

from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.checks.session import Session
from pytest_imgsim.record import Record, RegionScore
from pytest_imgsim.settings import Settings

FOLDER = Path(__file__).parent
PICTURES = FOLDER / "pictures"
STORED = FOLDER / "stored.json"
COMMAND = "python tests/golden/refresh.py"
#: How far a score may be from the stored one: runtimes and processors differ by less.
TOLERANCE = 1e-3

Values = dict[str, Any]


class Bench:
    """Compares golden pairs, each once.

    Parameters
    ----------
    model : ResNet50
        The model with the bundled weights, or what answers as it does.
    root : Path
        An empty folder for what a run leaves behind.
    """

    def __init__(self, model: Any, root: Path) -> None:
        self._session = Session(Settings(), root, lambda: model)
        self._records: dict[str, Record] = {}

    def record(self, name: str) -> Record:
        """Return the record of a pair."""
        if name not in self._records:
            self._records[name] = self._check(name, PAIRS[name])
        return self._records[name]

    def _check(self, name: str, pair: Pair) -> Record:
        actual, baseline = (PICTURES / f"{side}.png" for side in (pair.actual, pair.baseline))
        test = TestId(f"golden::{name}", "golden", (), name)
        settings = self._session.settings.for_check("golden", pair.settings)
        return self._session.check(test, actual, baseline, settings)

    def values(self, name: str) -> Values:
        """Return what is stored of a pair."""
        record = self.record(name)
        return {
            "verdict": record.verdict.value,
            "score": _rounded(record.score),
            "global": _rounded(record.global_score),
            "ssim": _rounded(record.ssim),
            "pixels": _rounded(record.pixel_difference),
            "ignored": _rounded(record.ignored),
            "same change as": self._first_with(record.fingerprint),
            "regions": {_place(region): _rounded(region.score) for region in record.regions},
        }

    def _first_with(self, fingerprint: str) -> str | None:
        """Return the first pair that has a fingerprint; None where there is no fingerprint.

        A fingerprint itself may change from one release to the next; what must not change
        unnoticed is which pairs share one.
        """
        same = (name for name in PAIRS if self.record(name).fingerprint == fingerprint)
        return next(same) if fingerprint else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _place(region: RegionScore) -> str:
    box = f"{region.width}x{region.height} at ({region.x}, {region.y})"
    return f"{box}: {region.words}" if region.words else box


def read() -> dict[str, Values]:
    """Return the stored values of all pairs."""
    stored: dict[str, Values] = json.loads(STORED.read_text(encoding="utf-8"))
    return stored


def write(values: Mapping[str, Values]) -> None:
    """Store the values of all pairs."""
    STORED.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def moved(stored: Values, found: Values, where: str = "") -> Iterator[str]:
    """Yield a line for each value that is not as stored: its name, what it was and what it is."""
    for key in {**stored, **found}:
        before, now = stored.get(key, "absent"), found.get(key, "absent")
        if isinstance(before, dict) and isinstance(now, dict):
            yield from moved(before, now, f"{where}{key} ")
        elif not _same(before, now):
            yield f"{where}{key}: {before} -> {now}"


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, float) and isinstance(now, float):
        return abs(before - now) <= TOLERANCE
    return bool(before == now)

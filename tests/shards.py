"""What tests of merged results share: shards in a folder, and a merge of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fakes import a_record, noise, png

from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.content import Results, Share
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.merge import merge
from pytest_imgsim.results.shards import read_shards

SEEN = png(noise(8, 8, seed=1)), png(noise(8, 8, seed=2))
WHOLE = Share()


def a_shard(
    root: Path, place: str, *records: Record, failed: Mapping[str, bytes] | None = None, **more: Any
) -> Path:
    """Write a results folder below `root`, with failures that kept the pictures `failed`."""
    folder = ResultsFolder(root / place)
    folder.folder.mkdir(parents=True)
    failures = [
        passed(
            name,
            verdict=Verdict.FAILED,
            actual=folder.keep(name, "actual", data),
            actual_sha256=sha256(data),
        )
        for name, data in (failed or {}).items()
    ]
    results = Results([*failures, *records], **{"share": WHOLE, **more})
    folder.write(results, root=folder.folder.parent, version="0")
    return folder.folder


def passed(name: str, **changes: Any) -> Record:
    """Return the record of an equal comparison."""
    path = f"baselines/{name}.png"
    values = {"name": name, "test": f"t.py::{name}", "baseline": path, "update_path": path}
    return a_record(**{**values, "verdict": Verdict.EQUAL, **changes})


def baselines(root: Path, *names: str) -> None:
    """Write baselines."""
    for name in names:
        path = root / f"baselines/{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"old")


def merged(root: Path, *folders: Path, out: str = "imgsim-results") -> Results:
    """Merge and read again what was written."""
    folder = ResultsFolder(root / out)
    merge(read_shards(folders, folder.folder), folder, version="0")
    return folder.read()[0]


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, hidden ones too."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

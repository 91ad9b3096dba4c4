"""What tests of the results folder share: the folder of a rootdir, and a failure kept in it."""

from __future__ import annotations

from typing import Any

from fakes import Bench, a_record, noise, png

from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results
from pytest_imgsim.results.folder import ResultsFolder

NEW = png(noise(8, 8))


def folder_of(bench: Bench) -> ResultsFolder:
    """Return the results folder of a rootdir."""
    return ResultsFolder(bench.root / "imgsim-results")


def kept(bench: Bench, name: str = "tests/test_shop/test_cart", **changes: Any) -> Record:
    """Keep an actual picture and return its record."""
    path = folder_of(bench).keep(name, "actual", NEW)
    target = f"baselines/{name}.png"
    values = {"name": name, "baseline": target, "update_path": target, "actual": path}
    return a_record(**{**values, "actual_sha256": sha256(NEW), **changes})


def write(bench: Bench, results: Results) -> ResultsFolder:
    """Write results into the folder of a rootdir, and return it."""
    folder = folder_of(bench)
    folder.write(results, root=bench.root, version="0")
    return folder

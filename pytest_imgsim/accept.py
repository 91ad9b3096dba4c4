"""Turn the kept actual pictures of a run into baselines, without running anything again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files import check_inside, relative, write_whole
from pytest_imgsim.picture import as_baseline, decode, sha256
from pytest_imgsim.record import Record
from pytest_imgsim.results import ResultsFolder


@dataclass(frozen=True)
class Promotion:
    """One picture on its way to become a baseline.

    Parameters
    ----------
    record : Record
        The comparison that kept it.
    target : Path
        The baseline to write.
    shown : str
        `target`, as a message should name it.
    data : bytes
        The new baseline.
    """

    record: Record
    target: Path
    shown: str
    data: bytes


def candidates(records: Sequence[Record]) -> list[Record]:
    """Return the records whose actual picture was kept: what failed, and what is missing."""
    return [record for record in records if record.actual is not None]


def matching(records: Sequence[Record], patterns: Sequence[str]) -> list[Record]:
    """Return the records that `patterns` name: whole, by their end, or as a glob.

    Raises
    ------
    ResultsError
        If a pattern matches nothing.
    """
    chosen: list[Record] = []
    for pattern in patterns:
        found = (
            [r for r in records if pattern in (r.name, r.test)]
            or [r for r in records if r.name.endswith("/" + pattern)]
            or [r for r in records if fnmatchcase(r.name, pattern) or fnmatchcase(r.test, pattern)]
        )
        if not found:
            known = "".join(f"\n  {record.name}" for record in records)
            raise ResultsError(
                f"{pattern!r} matches nothing that can be accepted; there is:{known}"
            )
        chosen += [record for record in found if record not in chosen]
    return chosen


def plan(
    folder: ResultsFolder, records: Sequence[Record], root: Path, baselines: Path
) -> list[Promotion]:
    """Check all of `records` and return what would be written; nothing is, yet.

    Parameters
    ----------
    folder : ResultsFolder
        Where the pictures were kept.
    records : sequence of Record
        Those to accept.
    root : Path
        The rootdir of the run.
    baselines : Path
        The folder of baselines of the run.

    Raises
    ------
    ResultsError
        If a kept picture is missing or is not the one of that run, or two would become one
        baseline.
    BaselineError
        If a baseline would lie outside its folder, or cannot be written without loss.
    """
    promotions = [_promotion(folder, record, root, baselines) for record in records]
    writers: dict[Path, Promotion] = {}
    for promotion in promotions:
        first = writers.setdefault(promotion.target, promotion)
        if first.data != promotion.data:
            raise ResultsError(
                f"baseline {promotion.shown}: {first.record.test} and {promotion.record.test} "
                "showed different pictures; accept one of them"
            )
    return promotions


def _promotion(folder: ResultsFolder, record: Record, root: Path, baselines: Path) -> Promotion:
    kept = folder.folder / str(record.actual)
    check_inside(kept, folder.folder)
    data = kept.read_bytes() if kept.is_file() else b""
    if sha256(data) != record.actual_sha256:
        raise ResultsError(
            f"{kept}: expected the picture that {record.test} showed, got "
            f"{'another one' if data else 'no file'}; run that test again"
        )
    target = root / record.update_path
    check_inside(target, baselines if record.claimed else root)
    encoded = as_baseline(decode(data, what=str(kept)), record.update_path)
    return Promotion(record, target, relative(target, root), encoded)


def apply(promotions: Sequence[Promotion], folder: ResultsFolder) -> None:
    """Write the baselines, each whole and at once."""
    for promotion in promotions:
        write_whole(promotion.target, promotion.data, scratch=folder.folder)

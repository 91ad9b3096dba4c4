"""Make baselines of the actual pictures that a run kept, without running any test again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from pytest_imgsim.baselines.store import WRITE_HINT
from pytest_imgsim.baselines.variants import Accepted, free_path
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import check_inside, relative
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.pictures.decode import as_baseline, decode
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.results.printable import printable


@dataclass(frozen=True)
class Acceptance:
    """A kept picture, ready to be written as a baseline.

    Parameters
    ----------
    record : Record
        The comparison that kept it.
    target : Path
        The file to write.
    shown : str
        `target`, as messages show it.
    data : bytes
        The file's new content.
    """

    record: Record
    target: Path
    shown: str
    data: bytes


def candidates(records: Sequence[Record]) -> list[Record]:
    """Return the records whose actual picture was kept: those that failed or warned."""
    return [record for record in records if record.actual is not None]


def matching(records: Sequence[Record], patterns: Sequence[str]) -> list[Record]:
    """Return the records that match `patterns`.

    Parameters
    ----------
    records : sequence of Record
        The records to choose from.
    patterns : sequence of str
        Whole baseline names or test ids, the last parts of names, or globs.

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
            known = "".join(f"\n  {printable(record.name)}" for record in records)
            raise ResultsError(
                f"{pattern!r} matches nothing that can be accepted; there is:{known}"
            )
        chosen += [record for record in found if record not in chosen]
    return chosen


def plan(
    folder: ResultsFolder,
    records: Sequence[Record],
    root: Path,
    baselines: Path,
    *,
    as_variants: bool = False,
) -> list[Acceptance]:
    """Check all of `records`, and return what `apply` will write.

    Parameters
    ----------
    folder : ResultsFolder
        Where the pictures were kept.
    records : sequence of Record
        The records to accept.
    root : Path
        The rootdir of the run.
    baselines : Path
        The folder of baselines of the run.
    as_variants : bool
        Whether a picture is added beside the baseline that it was compared with, instead of
        replacing it.

    Raises
    ------
    ResultsError
        If a kept picture is missing or not the one of that run, two different pictures would
        become one baseline, or one cannot be a variant.
    BaselineError
        If a baseline would be outside its folder, or cannot be written without loss.
    """
    acceptances = [_acceptance(folder, record, root, baselines) for record in records]
    if as_variants:
        acceptances = [_beside(acceptance, root, baselines) for acceptance in acceptances]
    writers: dict[Path, Acceptance] = {}
    for acceptance in acceptances:
        first = writers.setdefault(acceptance.target, acceptance)
        if first.data != acceptance.data:
            raise ResultsError(
                f"baseline {acceptance.shown}: {first.record.test} and {acceptance.record.test} "
                "showed different pictures; accept one of them"
            )
    return acceptances


def _acceptance(folder: ResultsFolder, record: Record, root: Path, baselines: Path) -> Acceptance:
    kept = folder.folder / str(record.actual)
    check_inside(kept, folder.folder)
    data = kept.read_bytes() if kept.is_file() else b""
    if sha256(data) != record.actual_sha256:
        raise ResultsError(
            f"{kept}: expected the picture that {record.test} showed, got "
            f"{'another one' if data else 'no file'}; run that test again"
        )
    target = root / record.update_path
    _check_target(target, baselines if record.claimed else root)
    encoded = as_baseline(decode(data, what=str(kept)), record.update_path)
    return Acceptance(record, target, relative(target, root), encoded)


def _check_target(path: Path, folder: Path) -> None:
    # Where the file itself is a link, a new file takes the place of the link.
    check_inside(path.parent, folder, hint=WRITE_HINT)


def _beside(acceptance: Acceptance, root: Path, baselines: Path) -> Acceptance:
    """Return the acceptance as a variant; if one has the same bytes already, as that one."""
    record, data = acceptance.record, acceptance.data
    if not record.claimed:
        raise ResultsError(
            f"{record.baseline}: a baseline given by its path cannot have variants; accept "
            f"{record.name} without --variant"
        )
    main = root / record.baseline
    _check_target(main, baselines)
    accepted = Accepted(main, baselines, follow_links=True)
    if not any(accepted) or record.verdict is Verdict.DAMAGED:
        return acceptance
    same = (stored.path for stored in accepted if stored.data == data)
    target = next(same, None) or free_path(main)
    return replace(acceptance, target=target, shown=relative(target, root))


def apply(
    acceptances: Sequence[Acceptance],
    folder: ResultsFolder,
    written: Callable[[Acceptance], object] = lambda _: None,
) -> None:
    """Write the baselines, each of them atomically.

    Parameters
    ----------
    acceptances : sequence of Acceptance
        What `plan` returned.
    folder : ResultsFolder
        Where unfinished files go.
    written : callable, optional
        Is told of each baseline once it is written.

    Raises
    ------
    ResultsError
        If one cannot be written; the message lists what is not accepted.
    """
    for number, acceptance in enumerate(acceptances):
        try:
            write_whole(acceptance.target, acceptance.data, scratch=folder.folder)
        except OSError as error:
            left = "".join(f"\n  {printable(each.shown)}" for each in acceptances[number:])
            raise ResultsError(
                f"{acceptance.shown}: cannot be written: {error}; what is not accepted:{left}"
            ) from None
        written(acceptance)

"""Baselines that no test asks for any more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_imgsim.baselines.store import Store
from pytest_imgsim.files import relative
from pytest_imgsim.record import Record


def find_orphans(
    store: Store,
    root: Path,
    records: Iterable[Record],
    *,
    unfinished: Iterable[str] = (),
    scope: Iterable[str] = ("",),
) -> list[str]:
    """Return the baselines that no comparison used, as paths like `Record.baseline`.

    Parameters
    ----------
    store : Store
        The baselines.
    root : Path
        Pytest's rootdir.
    records : iterable of Record
        All comparisons of the run.
    unfinished : iterable of str
        Baseline names of tests that were skipped or failed, and so may not have come to all
        their comparisons; their baselines are spared.
    scope : iterable of str
        Beginnings of the names that the run could have used at all, ending at a slash.
    """
    records = list(records)
    used_names = {record.name for record in records if record.claimed}
    used_files = {record.baseline for record in records}
    spared = tuple({name + "/" for name in unfinished})
    scopes = tuple(scope)

    def is_orphan(path: Path) -> bool:
        if relative(path, root) in used_files:
            return False
        names = store.names_of(path)
        return (
            not names & used_names
            and all(name.startswith(scopes) for name in names)
            and not any(f"{name}/".startswith(spared) for name in names)
        )

    return [relative(path, root) for path in store.files() if is_orphan(path)]

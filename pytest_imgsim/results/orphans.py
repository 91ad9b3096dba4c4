"""Orphans: baselines that no test uses any more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_imgsim.baselines.store import Store, pictures
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import check_inside, relative
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results
from pytest_imgsim.results.rootdir import baselines_folder


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
        Baseline names of tests that were skipped or failed: they may not have reached all their
        comparisons, so their baselines are left alone.
    scope : iterable of str
        Prefixes of the names that the run could have used, each ending at a slash; "" is all.
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


def orphans_to_delete(results: Results, root: Path) -> list[Path]:
    """Return the files of the last run's orphans that still exist.

    Parameters
    ----------
    results : Results
        The last run.
    root : Path
        Its rootdir.

    Raises
    ------
    ResultsError
        If that run was partial, so that its orphans are unknown, or a file is not a baseline.
    BaselineError
        If a path leads out of the folder of baselines.
    """
    if results.partial:
        raise ResultsError(
            f"the last run was partial ({results.partial}), so it cannot know which baselines are "
            "unused; run the whole suite, then trim"
        )
    folder = baselines_folder(root, results.baselines)
    listed = [root / orphan for orphan in results.orphans]
    for path in listed:
        check_inside(path, folder)
    paths = [path for path in listed if path.is_symlink() or path.exists()]
    ours = set(pictures(folder))
    for path in paths:
        if path not in ours:
            raise ResultsError(
                f"{path}: expected a picture, neither hidden nor a symbolic link; nothing else is "
                "deleted"
            )
    return paths

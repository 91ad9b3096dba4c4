"""Delete baselines that the last complete run did not use."""

from __future__ import annotations

from pathlib import Path

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files import check_inside
from pytest_imgsim.results.folder import Results


def orphans(results: Results, root: Path) -> list[Path]:
    """Return the orphans of the last run that still exist.

    Raises
    ------
    ResultsError
        If that run was partial, and so cannot tell.
    BaselineError
        If a path leads out of the folder of baselines.
    """
    if results.partial:
        raise ResultsError(
            f"the last run was partial ({results.partial}), so it cannot tell which baselines are "
            "used; run the whole suite, then trim"
        )
    paths = [root / orphan for orphan in results.orphans]
    for path in paths:
        check_inside(path, root / results.baselines)
    return [path for path in paths if path.is_file()]

"""Check that a run of the broken shop caught each regression, and nothing but regressions.

Run it after ``pytest examples/shop --shop-regressions``, with the results folder of that run::

    python examples/shop/check_caught.py imgsim-results
"""

from __future__ import annotations

import sys
from pathlib import Path

from regressions import REGRESSIONS, Regression

from pytest_imgsim.record import Record
from pytest_imgsim.report.words import number
from pytest_imgsim.results.folder import ResultsFolder


def main(folder: str) -> int:
    """Print a line for each regression; return 0 if all were caught and nothing else failed.

    Parameters
    ----------
    folder
        The results folder of the run.
    """
    results, _ = ResultsFolder(Path(folder)).read()
    failed = [record for record in results.records if not record.passed]
    caught = {regression.name: _caught(regression, failed) for regression in REGRESSIONS}
    for regression in REGRESSIONS:
        record = caught[regression.name]
        outcome = f"caught at {number(record.score):>7}" if record else "MISSED           "
        print(f"{outcome}  {regression.name:<18} {regression.summary}")
    others = [record.name for record in failed if record not in caught.values()]
    for name in others:
        print(f"FALSE ALARM        {name}")
    count = sum(record is not None for record in caught.values())
    print(f"\n{count} of {len(REGRESSIONS)} regressions caught, {len(others)} false alarms")
    print(f"look at them in {folder}/report.html")
    return 0 if count == len(REGRESSIONS) and not others else 1


def _caught(regression: Regression, failed: list[Record]) -> Record | None:
    return next((record for record in failed if _test_of(record) == regression.test), None)


def _test_of(record: Record) -> str:
    """Return the test's name without the browser in brackets."""
    return record.test.rpartition("::")[2].partition("[")[0]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))

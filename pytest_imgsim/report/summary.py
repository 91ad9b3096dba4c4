"""What several comparisons of a run have in common, and which of them cannot be relied on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_imgsim.record import Record
from pytest_imgsim.report.message import where

#: Changes that are named.
MAX_GROUPS = 5


def groups(records: Sequence[Record]) -> list[list[Record]]:
    """Return the records that show the same change, for each change of two or more of them.

    Parameters
    ----------
    records : sequence of Record
        The comparisons of a run.

    Returns
    -------
    list of list of Record
        The largest group first.
    """
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.fingerprint:
            found.setdefault(record.fingerprint, []).append(record)
    return sorted((group for group in found.values() if len(group) > 1), key=len, reverse=True)


def alike_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each change that several pictures show, those of most pictures first."""
    kept = [record for record in records if record.actual is not None]
    for group in groups(kept)[:MAX_GROUPS]:
        told = where(group[0].region) if group[0].region else "no region"
        yield f"{len(group)} of {len(kept)} show the same change: {told}"


def flaky_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each comparison whose outcome is not to be relied on."""
    for record in records:
        if record.flaky:
            yield f"flaky: {record.name}: {record.flaky}"

"""What the terminal and the Markdown page both say of a run: counts, rows, and what stands out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.words import change, number, variant

HEADER = ("score", "needs", "verdict", "test", "baseline", "worst region")
#: What separates a region from its kind, the first part of a row to go where there is no room.
KIND = ": "
#: Changes shared by several pictures that are listed.
MAX_GROUPS = 5


def headline(records: Sequence[Record]) -> str:
    """Return the counts: "imgsim: 12 compared, 1 failed, 11 equal"."""
    counts = Counter(record.verdict for record in records)
    parts = [f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]]
    return "imgsim: " + ", ".join([f"{len(records)} compared", *parts])


def worst_first(records: Iterable[Record]) -> list[Record]:
    """Return the records with failures first, then warnings, each by their scores."""
    order = {verdict: place for place, verdict in enumerate(Verdict)}

    def key(record: Record) -> tuple[bool, bool, float, int, str]:
        verdict = record.verdict
        score = -1.0 if record.score is None else record.score
        return not verdict.failed, not verdict.to_review, score, order[verdict], record.name

    return sorted(records, key=key)


def is_notable(record: Record) -> bool:
    """Return whether a comparison is always listed: it failed, warned or wrote a baseline."""
    return record.verdict.to_review or record.verdict.wrote


def row_cells(record: Record) -> tuple[str, ...]:
    """Return a record's cells below `HEADER`."""
    needs = record.warn_threshold if record.verdict is Verdict.WARNED else record.threshold
    return (
        number(record.score),
        f"{needs:g}",
        record.verdict.value,
        record.test.partition("::")[2] or record.test,
        record.name,
        _place(record),
    )


def _place(record: Record) -> str:
    """Return where two pictures differ most, or both sizes, and what happened there."""
    place = str(record.region or "")
    if record.verdict is Verdict.SIZE_CHANGED and record.actual_size and record.baseline_size:
        before, after = (f"{w}x{h}" for w, h in (record.baseline_size, record.actual_size))
        place = f"{before} -> {after}"
    place = ", ".join(filter(None, [place, variant(record)]))
    return f"{place}{KIND}{record.region.kind}" if record.region and record.region.kind else place


def same_change_groups(records: Sequence[Record]) -> list[list[Record]]:
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
    groups: dict[str, list[Record]] = {}
    for record in records:
        if record.fingerprint:
            groups.setdefault(record.fingerprint, []).append(record)
    return sorted((group for group in groups.values() if len(group) > 1), key=len, reverse=True)


def same_change_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each change that several kept pictures show, the most common first."""
    kept = [record for record in records if record.actual is not None]
    for group in same_change_groups(kept)[:MAX_GROUPS]:
        what = change(group[0].region) or "no region"
        yield f"{len(group)} of {len(kept)} show the same change: {what}"


def note_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for each thing that could not be written, with the comparisons it is about."""
    names: dict[str, list[str]] = {}
    for record in records:
        if record.note:
            names.setdefault(record.note, []).append(record.name)
    for note, (first, *more) in names.items():
        yield f"{first}{f' and {len(more)} more' if more else ''}: {note}"


def flaky_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each comparison whose outcome is not reliable."""
    for record in records:
        if record.flaky:
            yield f"flaky: {record.name}: {record.flaky}"

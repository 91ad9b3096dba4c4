"""What the summary of a run warns of, beside its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results


def clashes(records: Sequence[Record], repeats: Mapping[str, str]) -> list[str]:
    """Return a note for each baseline that two tests used, in whichever processes they ran.

    Parameters
    ----------
    records : sequence of Record
        All comparisons.
    repeats : mapping of str to str
        For tests that a plugin repeats, what their repeats have in common.
    """
    owners: dict[str, Record] = {}
    notes = []
    for record in records:
        known = record.baseline and (record.claimed or record.verdict.wrote)
        if not known:
            continue
        first = owners.setdefault(record.baseline.casefold(), record)
        if repeats.get(first.test, first.test) != repeats.get(record.test, record.test):
            notes.append(
                f"ERROR: baseline {record.baseline} was used by two tests, {first.test} and "
                f"{record.test}: give one of them another name"
            )
    return notes


def refusals(tests: Iterable[str]) -> list[str]:
    """Return a note for each test in which a child process was refused a comparison."""
    return [
        f"ERROR: {test} called assert_similar in a child process, which cannot report a verdict: "
        "return the picture from there, and compare it in the test"
        for test in sorted(tests)
    ]


def changed_model(before: Results, results: Results) -> list[str]:
    """Return a note where another model scored the last run: thresholds may not carry over."""
    new = {record.model for record in results.records if record.model}
    old = {record.model for record in before.records if record.model}
    if not new or not old or old == new:
        return []
    return [
        f"the model changed from {', '.join(sorted(old))} to {', '.join(sorted(new))} since the "
        "last run: check your thresholds again"
    ]

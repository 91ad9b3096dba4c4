"""The scores as Markdown, for a CI job's summary page."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_imgsim.record import Record
from pytest_imgsim.report.summary import (
    HEADER,
    flaky_lines,
    headline,
    is_notable,
    note_lines,
    row_cells,
    same_change_lines,
    worst_first,
)
from pytest_imgsim.results.content import Results

#: Rows of the table at most: a summary page may not grow without limit.
MAX_ROWS = 200
SPECIAL = "\\`*_{}[]<>|#!&"


def markdown(results: Results) -> str:
    """Return the counts and a table of what failed, warned or was written.

    Parameters
    ----------
    results : Results
        The run.
    """
    records = worst_first(filter(is_notable, results.records))
    every = results.records
    lines = [*same_change_lines(every), *flaky_lines(every), *note_lines(every)]
    return "\n".join(
        [
            f"### {headline(results.records)}",
            "",
            *_table(records),
            *(f"\n{_escaped(line)}" for line in lines),
            "",
        ]
    )


def _table(records: list[Record]) -> Iterator[str]:
    if not records:
        yield "Every picture passed."
        return
    yield "| " + " | ".join(HEADER) + " |"
    yield "|---" * len(HEADER) + "|"
    for record in records[:MAX_ROWS]:
        yield "| " + " | ".join(map(_escaped, row_cells(record))) + " |"
    if len(records) > MAX_ROWS:
        yield f"\n... and {len(records) - MAX_ROWS} more"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in SPECIAL else letter for letter in plain)

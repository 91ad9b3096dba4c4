"""The scores as Markdown, for the summary page of a CI job."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_imgsim.record import Record
from pytest_imgsim.report.summary import alike_lines, flaky_lines
from pytest_imgsim.report.terminal import HEADER, headline, loud, row_cells
from pytest_imgsim.results.folder import Results

#: Rows of the table; a job's summary page is limited in size.
MAX_ROWS = 200
SPECIAL = "\\`*_{}[]<>|#!&"


def markdown(results: Results) -> str:
    """Return the counts, and a table of what failed, warned or was written, as Markdown.

    Parameters
    ----------
    results : Results
        The run.
    """
    told = [*alike_lines(results.records), *flaky_lines(results.records)]
    return "\n".join(
        [
            f"### {headline(results.records)}",
            "",
            *_table(loud(results.records)),
            *(f"\n{_escaped(line)}" for line in told),
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

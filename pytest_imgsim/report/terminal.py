"""The terminal summary: a table that fits the terminal, as lines of text with their colours."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.summary import (
    HEADER,
    KIND,
    flaky_lines,
    is_notable,
    note_lines,
    row_cells,
    same_change_lines,
    worst_first,
)
from pytest_imgsim.report.words import accept_any, accept_command, plural, trim_command
from pytest_imgsim.results.content import Results
from pytest_imgsim.results.folder import PAGE
from pytest_imgsim.results.printable import printable

#: Passing rows that are shown without -v, beside the notable ones.
MAX_PASSING_ROWS = 20
#: Unused and written baselines that are named without -v.
MAX_NAMED = 5
#: Failures whose picture is shown without -v, where the terminal shows pictures.
MAX_PICTURES = 5
MIN_NAME = 12
GAP = "  "

COLOURS = {
    Verdict.WARNED: "yellow",
    Verdict.CREATED: "yellow",
    Verdict.UPDATED: "yellow",
    Verdict.PASSED: "green",
    Verdict.EQUAL: "green",
}


@dataclass(frozen=True)
class Line:
    """One line of the summary.

    Parameters
    ----------
    text : str
        The text; what is in it for the terminal to act on is shown instead.
    colour : str
        "red", "yellow", "green", or "" for none.
    """

    text: str
    colour: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self._shown())

    def _shown(self) -> str:
        return printable(self.text)


class Drawing(Line):
    """A picture, in codes that the terminal acts on."""

    def _shown(self) -> str:
        return self.text


@dataclass(frozen=True)
class View:
    """How much the summary shows, and how wide it may be.

    Parameters
    ----------
    width : int
        Columns of the terminal.
    verbosity : int
        Pytest's -v count less its -q count.
    report : str
        The results folder as seen from where pytest runs.
    page : bool
        Whether the review page is in it.
    draw : callable, optional
        Returns the text by which the terminal shows a record's picture, or "".
    """

    width: int = 80
    verbosity: int = 0
    report: str = "imgsim-results"
    page: bool = True
    draw: Callable[[Record], str] | None = None


def summary(results: Results, view: View, *, notes: Sequence[str] = ()) -> Iterator[Line]:
    """Yield the lines below the headline.

    Parameters
    ----------
    results : Results
        The run, with at least one record.
    view : View
        How to show it.
    notes : sequence of str
        Warnings that come last.
    """
    shown = _chosen(results.records, view.verbosity)
    if shown:
        yield from _table(shown, view)
    hidden = len(results.records) - len(shown)
    if hidden and view.verbosity >= 0:
        yield Line(f"... and {hidden} more that passed; -v shows all")
    yield from _pictures(shown, view)
    yield from _written(results.records, view)
    yield from _to_accept(results.records, view)
    yield from _orphans(results, view)
    yield from _model(results.records, view)
    records = results.records
    for note in (*flaky_lines(records), *note_lines(records), *notes):
        yield Line(note, "yellow")


def _chosen(records: Sequence[Record], verbosity: int) -> list[Record]:
    ordered = worst_first(records)
    if verbosity > 0:
        return ordered
    room = MAX_PASSING_ROWS if verbosity == 0 else 0
    chosen = []
    for record in ordered:
        if is_notable(record) or room > 0:
            chosen.append(record)
        room -= not is_notable(record)
    return chosen


def _table(records: Sequence[Record], view: View) -> Iterator[Line]:
    rows = (map(printable, row_cells(record)) for record in records)
    columns = [list(column) for column in zip(HEADER, *rows, strict=True)]
    folder = ""
    if view.verbosity <= 0:
        columns, folder = _shrink(columns, view.width)
    if folder:
        yield Line(f"baselines in {folder}/:")
    columns = [[cell.ljust(_width(column)) for cell in column] for column in columns]
    for index, row in enumerate(zip(*columns, strict=True)):
        text = GAP.join(row).rstrip()
        if index == 0:
            yield Line(text)
            continue
        record = records[index - 1]
        yield Line(text, COLOURS.get(record.verdict, "red"))
        if record.message and view.verbosity >= 0:
            yield Line(f"        {record.message}", "red")


def _shrink(columns: list[list[str]], width: int) -> tuple[list[list[str]], str]:
    """Make a table fit, and return it with the folder that was cut off its baselines.

    The test goes first, since the baseline's name has it too; then the folder that all baselines
    share, the kind of the change, the beginnings of the names, and the region last.
    """
    if _room(columns, width) >= 0:
        return columns, ""
    score, needs, verdict, _, baseline, region = columns
    columns = [score, needs, verdict, baseline, region]
    if _room(columns, width) >= 0:
        return columns, ""
    baseline, folder = _without_folder(baseline)
    if _room([score, needs, verdict, baseline, region], width) < 0:
        region = [cell.partition(KIND)[0] for cell in region]
    columns = [score, needs, verdict, baseline, region]
    if _width(baseline) + _room(columns, width) < MIN_NAME:
        columns = [score, needs, verdict, baseline]
    room = max(_width(baseline) + min(_room(columns, width), 0), len("baseline"))
    columns[3] = [_ellipsis(cell, room) for cell in baseline]
    return columns, folder


def _room(columns: list[list[str]], width: int) -> int:
    return width - sum(_width(column) + len(GAP) for column in columns) + len(GAP)


def _width(column: list[str]) -> int:
    return max(map(len, column))


def _without_folder(column: list[str]) -> tuple[list[str], str]:
    """Return a column without the folder that all names in it share, and that folder or ""."""
    heading, *names = column
    shared = posixpath.commonpath([posixpath.dirname(name) for name in names])
    if not shared:
        return column, ""
    return [heading, *(name.removeprefix(shared + "/") for name in names)], shared


def _ellipsis(text: str, width: int) -> str:
    """Return the end of `text`, where names differ, with the cut marked."""
    return text if len(text) <= width else "..." + text[-(width - 3) :]


def _pictures(records: Sequence[Record], view: View) -> Iterator[Line]:
    if view.draw is None:
        return
    failed = [record for record in records if record.verdict.failed]
    count = len(failed) if view.verbosity > 0 else MAX_PICTURES
    for record in failed[:count]:
        if picture := view.draw(record):
            yield Line(f"{record.name}:")
            yield Drawing(picture)
    if len(failed) > count:
        yield Line(f"... and {len(failed) - count} more without their pictures; -v shows all")


def _written(records: Sequence[Record], view: View) -> Iterator[Line]:
    written = [record.baseline for record in records if record.verdict.wrote]
    if written:
        yield Line(f"wrote {plural(len(written), 'baseline')}:", "yellow")
        yield from _named(written, view)


def _to_accept(records: Sequence[Record], view: View) -> Iterator[Line]:
    kept = [record for record in records if record.actual is not None]
    for text in same_change_lines(records):
        yield Line(text)
    if kept and view.page:
        yield Line(f"review: {view.report}/{PAGE}")
    if not kept:
        return
    failed = sum(record.verdict.failed for record in kept)
    warned = len(kept) - failed
    counts = [
        *([plural(failed, "mismatch", "es")] if failed else []),
        *([plural(warned, "warning")] if warned else []),
    ]
    yield Line(f"pictures of {' and '.join(counts)} in {view.report}/; accept:")
    if len(kept) == 1:
        yield Line(f"  {accept_command(kept[0].name, view.report)}")
    else:
        yield Line(f"  {accept_any(view.report)} NAME ...{' | --all' if failed else ''}")


def _orphans(results: Results, view: View) -> Iterator[Line]:
    if results.orphans and not results.partial:
        count = plural(len(results.orphans), "unused baseline")
        yield Line(f"{count} ({trim_command(view.report)} lists and deletes them):", "yellow")
        yield from _named(results.orphans, view)


def _named(paths: Sequence[str], view: View) -> Iterator[Line]:
    count = len(paths) if view.verbosity > 0 else MAX_NAMED
    for path in paths[:count]:
        yield Line(f"  {path}")
    if len(paths) > count:
        yield Line(f"  ... and {len(paths) - count} more; -v shows all")


def _model(records: Sequence[Record], view: View) -> Iterator[Line]:
    models = sorted({record.model for record in records if record.model is not None})
    seconds = sum(record.model_seconds for record in records)
    if models and view.verbosity >= 0:
        yield Line(f"model {', '.join(models)}: {seconds:.1f} s")

"""The table of scores in pytest's terminal summary, as lines of text with their colours."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pytest_imgsim.cli_name import command
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.message import accept_any, accept_command, number, variant
from pytest_imgsim.report.summary import alike_lines, flaky_lines
from pytest_imgsim.results.folder import PAGE, Results

#: Rows that are shown without -v, beside those that failed, warned or were written.
MAX_PASSING_ROWS = 20
#: Orphans and written baselines that are named without -v.
MAX_NAMED = 5
#: Failures whose picture is shown without -v, where the terminal shows pictures.
MAX_PICTURES = 5
MIN_NAME = 12
GAP = "  "
#: What parts a region from its kind, which is the first to go where there is no room.
KIND = ": "
HEADER = ("score", "needs", "verdict", "test", "baseline", "worst region")

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
        The text.
    colour : str
        "red", "yellow", "green", or "" for none.
    """

    text: str
    colour: str = ""


@dataclass(frozen=True)
class View:
    """How the summary is to look.

    Parameters
    ----------
    width : int
        Columns of the terminal.
    verbosity : int
        Pytest's -v count less its -q count.
    report : str
        The results folder as seen from where pytest runs.
    page : bool
        Whether there is a page for review in it.
    draw : callable, optional
        Returns a record's picture as what the terminal turns into one, or "".
    """

    width: int = 80
    verbosity: int = 0
    report: str = "imgsim-results"
    page: bool = True
    draw: Callable[[Record], str] | None = None


def headline(records: Sequence[Record]) -> str:
    """Return the counts: "imgsim: 12 compared, 1 failed, 11 equal"."""
    counts = Counter(record.verdict for record in records)
    parts = [f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]]
    return f"imgsim: {len(records)} compared, " + ", ".join(parts)


def summary(results: Results, view: View, *, notes: Sequence[str] = ()) -> Iterator[Line]:
    """Yield the lines below the headline.

    Parameters
    ----------
    results : Results
        The run; it has one record or more.
    view : View
        How to show it.
    notes : sequence of str
        Warnings to end with.
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
    for note in (*flaky_lines(results.records), *notes):
        yield Line(note, "yellow")


def _worst_first(records: Sequence[Record]) -> list[Record]:
    order = {verdict: place for place, verdict in enumerate(Verdict)}

    def key(record: Record) -> tuple[bool, bool, float, int, str]:
        verdict = record.verdict
        score = -1.0 if record.score is None else record.score
        return not verdict.failed, not verdict.to_review, score, order[verdict], record.name

    return sorted(records, key=key)


def _chosen(records: Sequence[Record], verbosity: int) -> list[Record]:
    ordered = _worst_first(records)
    if verbosity > 0:
        return ordered
    room = MAX_PASSING_ROWS if verbosity == 0 else 0
    chosen = []
    for record in ordered:
        if _is_loud(record) or room > 0:
            chosen.append(record)
        room -= not _is_loud(record)
    return chosen


def loud(records: Sequence[Record]) -> list[Record]:
    """Return the records that failed, warned or wrote a baseline, worst first."""
    return [record for record in _worst_first(records) if _is_loud(record)]


def _is_loud(record: Record) -> bool:
    return record.verdict.to_review or record.verdict.wrote


def _table(records: Sequence[Record], view: View) -> Iterator[Line]:
    columns = [list(column) for column in zip(HEADER, *map(row_cells, records), strict=True)]
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


def row_cells(record: Record) -> tuple[str, ...]:
    """Return a record's cells below `HEADER`."""
    place = str(record.region) if record.region else ""
    if record.verdict is Verdict.SIZE_CHANGED and record.actual_size and record.baseline_size:
        was, now = (f"{w}x{h}" for w, h in (record.baseline_size, record.actual_size))
        place = f"{was} -> {now}"
    place = ", ".join(filter(None, [place, variant(record)]))
    if record.region and record.region.kind:
        place += f"{KIND}{record.region.kind}"
    return (
        number(record.score),
        f"{record.warn_threshold if record.verdict is Verdict.WARNED else record.threshold:g}",
        record.verdict.value,
        record.test.partition("::")[2] or record.test,
        record.name,
        place,
    )


def _shrink(columns: list[list[str]], width: int) -> tuple[list[list[str]], str]:
    """Make a table fit, and return it with the folder that was taken off its baselines.

    First the test goes, which the baseline's name tells as well, then the folder that all
    baselines share, then what became of the region, then the beginnings of their names, and at
    last the region.
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
    """Return a column without the folder that all names below its heading share."""
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
            yield Line(picture)
    if len(failed) > count:
        yield Line(f"... and {len(failed) - count} more without their pictures; -v shows all")


def _written(records: Sequence[Record], view: View) -> Iterator[Line]:
    written = [record.baseline for record in records if record.verdict.wrote]
    if written:
        yield Line(f"wrote {_plural(len(written), 'baseline')}:", "yellow")
        yield from _named(written, view)


def _to_accept(records: Sequence[Record], view: View) -> Iterator[Line]:
    kept = [record for record in records if record.actual is not None]
    for text in alike_lines(records):
        yield Line(text)
    if kept and view.page:
        yield Line(f"review: {view.report}/{PAGE}")
    if not kept:
        return
    failed = sum(record.verdict.failed for record in kept)
    warned = len(kept) - failed
    told = [
        *([_plural(failed, "mismatch", "es")] if failed else []),
        *([_plural(warned, "warning")] if warned else []),
    ]
    yield Line(f"pictures of {' and '.join(told)} in {view.report}/; accept:")
    if len(kept) == 1:
        yield Line(f"  {accept_command(kept[0].name, view.report)}")
    else:
        yield Line(f"  {accept_any(view.report)} NAME ...{' | --all' if failed else ''}")


def _orphans(results: Results, view: View) -> Iterator[Line]:
    if results.orphans and not results.partial:
        count = _plural(len(results.orphans), "baseline")
        yield Line(f"{count} that no test uses ({command()} trim lists and deletes):", "yellow")
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


def _plural(count: int, noun: str, ending: str = "s") -> str:
    return f"{count} {noun}{'' if count == 1 else ending}"

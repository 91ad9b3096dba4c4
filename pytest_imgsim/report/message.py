"""What is said of one comparison: the message of a test that fails, and shorter forms of it."""

from __future__ import annotations

from collections.abc import Callable

from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.words import (
    accept_command,
    change,
    number,
    score_origin,
    size,
    sizes,
    variant,
)

#: Changes that the message for a picture of another size lists.
MAX_CHANGES = 3

#: A label and its text; without a label, more text for the row above.
Row = tuple[str, str]


def failure_message(record: Record, report: str, root: str = "") -> str:
    """Return the message of a test whose comparison failed.

    Parameters
    ----------
    record : Record
        The comparison; its verdict is a failing one.
    report : str
        The results folder as seen from where pytest runs.
    root : str
        Which rootdir pytest chose and why, where another run may choose another.
    """
    rows = [
        *_ROWS[record.verdict](record),
        ("baseline", _baseline(record)),
        ("rootdir", root if record.verdict is Verdict.MISSING else ""),
        ("actual", _path(record.actual, report)),
        ("diff", _path(record.diff, report)),
        ("filled", _path(record.filled, report)),
        ("note", record.note),
        ("accept it", accept_command(record.name, report) if record.actual else ""),
    ]
    return "\n".join([_headline(record), *(f"  {row}" for row in _aligned(rows, 10))])


def pair_lines(record: Record, report: str | None) -> list[str]:
    """Return what the command line prints about two files.

    Parameters
    ----------
    record : Record
        The comparison.
    report : str or None
        The folder with the pictures of a mismatch; None where they are not kept.
    """
    rows: list[Row] = []
    if record.score is not None:
        rows += [
            ("score", f"{number(record.score)} (threshold {record.threshold:g})"),
            ("", score_origin(record.region)),
            ("global", _global(record)),
        ]
    rows.append(("worst at", change(record.region)))
    if report:
        rows += [
            ("diff", _path(record.diff, report)),
            ("filled", _path(record.filled, report)),
            ("note", record.note),
        ]
    verdict = record.verdict.value
    if record.verdict is Verdict.SIZE_CHANGED:
        verdict += f": {sizes(record)}"
    return _aligned([*rows, ("verdict", verdict)], 8)


def one_line(record: Record) -> str:
    """Return a comparison to review as one line: its name, verdict, score and threshold."""
    parts = [record.verdict.value]
    if record.score is not None:
        parts.append(f"score {number(record.score)}")
    parts.append(f"threshold {record.threshold:g} ({record.threshold_from})")
    if record.verdict is Verdict.WARNED:
        parts.append(f"warns below {record.warn_threshold:g}")
    if record.verdict is Verdict.SIZE_CHANGED:
        parts.append(f"size {sizes(record)}")
    return f"{record.name}: {', '.join(parts)}"


def _aligned(rows: list[Row], width: int) -> list[str]:
    """Return the rows that have a text, with their labels padded to a width."""
    return [f"{label:<{width}} {text}" for label, text in rows if text]


def _headline(record: Record) -> str:
    if record.verdict is Verdict.MISSING:
        return f"{record.name}: no baseline yet"
    if record.verdict is Verdict.DAMAGED:
        return f"{record.name}: the baseline is damaged"
    if record.verdict is Verdict.SIZE_CHANGED:
        return f"{record.name}: the size changed"
    return f"{record.name}: looks different, {_score(record)} < {record.threshold:g}"


def _failed(record: Record) -> list[Row]:
    overall = _global(record)
    return [
        ("score", f"{_score(record)} in the worst region (1 is identical)"),
        ("", score_origin(record.region)),
        ("threshold", f"{record.threshold:g} ({record.threshold_from})"),
        ("worst at", change(record.region)),
        ("regions", _others(record)),
        ("global", f"{overall} (the whole picture at once)" if overall else ""),
        ("pixels", _pixels(record)),
        ("size", f"{size(record.actual_size)}, both"),
    ]


def _size_changed(record: Record) -> list[Row]:
    pixels = _pixels(record)
    return [
        ("size", sizes(record)),
        *(("change", change(region)) for region in record.regions[:MAX_CHANGES]),
        ("pixels", f"{pixels}, with equal rows or columns aligned" if pixels else ""),
    ]


def _missing(record: Record) -> list[Row]:
    return [("size", size(record.actual_size)), *_replace("", record)]


def _damaged(record: Record) -> list[Row]:
    return [
        ("damage", record.message),
        ("size", size(record.actual_size)),
        *_replace("restore the file from version control, or ", record),
    ]


def _replace(first: str, record: Record) -> list[Row]:
    """Return the next step where there is no baseline to compare with."""
    look = "look at the actual picture; if it is right, accept it, or " if record.actual else ""
    return [
        ("next step", f"{first}{look}write all"),
        ("", "baselines that are missing or no longer pass: pytest --update-baselines"),
    ]


def _baseline(record: Record) -> str:
    which = variant(record)
    return f"{record.baseline} ({which})" if which else record.baseline


def _score(record: Record) -> str:
    short = number(record.score)
    # 0.94999 must not read as "0.9499 < 0.94990".
    return repr(record.score) if short == number(record.threshold) else short


def _global(record: Record) -> str:
    return "" if record.global_score is None else number(record.global_score)


def _others(record: Record) -> str:
    more = len(record.regions) - 1
    if more < 1:
        return ""
    following = record.regions[1]
    words = f": {following.words}" if following.words else ""
    return f"{more} more, next {following} with {number(following.score)}{words}"


def _pixels(record: Record) -> str:
    if record.pixel_difference is None or record.ssim is None:
        return ""
    return f"{100 * record.pixel_difference:.4g} % differ, SSIM {number(record.ssim)}"


def _path(path: str | None, report: str) -> str:
    return f"{report}/{path}" if path else ""


_ROWS: dict[Verdict, Callable[[Record], list[Row]]] = {
    Verdict.FAILED: _failed,
    Verdict.SIZE_CHANGED: _size_changed,
    Verdict.MISSING: _missing,
    Verdict.DAMAGED: _damaged,
}

"""The message of a test that fails, and the command that would accept the new picture."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable

from pytest_imgsim.cli_name import command
from pytest_imgsim.record import Record, RegionScore, Verdict

#: Changes that the message of a picture of another size names.
MAX_CHANGES = 3


def accept_command(name: str, report: str) -> str:
    """Return the command that accepts the picture kept under `name`.

    Parameters
    ----------
    name : str
        A baseline's name, or a pattern.
    report : str
        The results folder as seen from where the command is typed.
    """
    return f"{accept_any(report)} {shlex.quote(name)}"


def accept_any(report: str) -> str:
    """Return the command that accepts pictures, without the names."""
    folder = "" if report == "imgsim-results" else f" --report {shlex.quote(report)}"
    return f"{command()} accept{folder}"


def failure_message(record: Record, report: str) -> str:
    """Return what a failing comparison tells.

    Parameters
    ----------
    record : Record
        The comparison; its verdict is a failing one.
    report : str
        The results folder as seen from where pytest runs.
    """
    lines = _LINES[record.verdict](record)
    lines += [
        ("baseline", _baseline(record)),
        ("actual", _kept(record.actual, report)),
        ("diff", _kept(record.diff, report)),
        ("filled", _kept(record.filled, report)),
        ("accept it", accept_command(record.name, report)),
    ]
    told = [f"  {label:<10} {text}" for label, text in lines if text]
    return "\n".join([_headline(record), *told])


def pair_lines(record: Record, report: str | None) -> list[str]:
    """Return what the command line tells of two files.

    Parameters
    ----------
    record : Record
        The comparison.
    report : str or None
        The folder with the pictures of a mismatch; None where they are not kept.
    """
    verdict = record.verdict.value
    if record.verdict is Verdict.SIZE_CHANGED:
        verdict += f": {_sizes(record)}"
    lines = [] if record.score is None else _scores(record)
    lines += [("worst at", where(record.region) if record.region else "")]
    if report:
        lines += [("diff", _kept(record.diff, report)), ("filled", _kept(record.filled, report))]
    return [f"{label:<8} {text}" for label, text in [*lines, ("verdict", verdict)] if text]


def _scores(record: Record) -> list[tuple[str, str]]:
    return [
        ("score", f"{number(record.score)} (threshold {record.threshold:g})"),
        ("global", number(record.global_score)),
    ]


def one_line(record: Record) -> str:
    """Return a comparison to review as one line: its name, verdict, score and threshold."""
    told = [record.verdict.value]
    if record.score is not None:
        told.append(f"score {number(record.score)}")
    told.append(f"threshold {record.threshold:g} ({record.threshold_from})")
    if record.verdict is Verdict.WARNED:
        told.append(f"warns below {record.warn_threshold:g}")
    if record.verdict is Verdict.SIZE_CHANGED:
        told.append(f"size {_sizes(record)}")
    return f"{record.name}: {', '.join(told)}"


def _baseline(record: Record) -> str:
    told = variant(record)
    return f"{record.baseline} ({told})" if told else record.baseline


def variant(record: Record) -> str:
    """Return which variant was compared with as "variant 2", or "" for the main file."""
    return f"variant {record.variant}" if record.variant > 1 else ""


def _headline(record: Record) -> str:
    if record.verdict is Verdict.MISSING:
        return f"{record.name}: no baseline yet"
    if record.verdict is Verdict.SIZE_CHANGED:
        return f"{record.name}: the size changed"
    return f"{record.name}: looks different, {_score(record)} < {record.threshold:g}"


def _score(record: Record) -> str:
    short = number(record.score)
    # 0.94999 must not read as "0.9499 < 0.94990".
    return repr(record.score) if short == number(record.threshold) else short


def _kept(path: str | None, report: str) -> str:
    return f"{report}/{path}" if path else ""


def size(value: tuple[int, int] | None) -> str:
    """Return a size as "1280 x 800", or "" for None."""
    return f"{value[0]} x {value[1]}" if value else ""


def _sizes(record: Record) -> str:
    return f"{size(record.actual_size)}, expected {size(record.baseline_size)}"


def _failed(record: Record) -> list[tuple[str, str]]:
    return [
        ("score", f"{_score(record)} in the worst region (1 is the same)"),
        ("threshold", f"{record.threshold:g} ({record.threshold_from})"),
        ("worst at", where(record.region) if record.region else ""),
        ("regions", _others(record)),
        ("global", f"{number(record.global_score)} (the whole picture at once)"),
        ("pixels", _pixels(record)),
        ("size", f"{size(record.actual_size)}, both"),
    ]


def _others(record: Record) -> str:
    more = len(record.regions) - 1
    if more < 1:
        return ""
    following = record.regions[1]
    told = f": {following.words}" if following.words else ""
    return f"{more} more, next {following} with {number(following.score)}{told}"


def where(region: RegionScore) -> str:
    """Return a region and what became of it, as "120x40 at (1000, 600): recoloured"."""
    return f"{region}: {region.words}" if region.words else str(region)


def _size_changed(record: Record) -> list[tuple[str, str]]:
    return [
        ("size", _sizes(record)),
        *(("change", where(region)) for region in record.regions[:MAX_CHANGES]),
        ("pixels", f"{_pixels(record)}, with equal rows or columns laid on each other"),
    ]


def _missing(record: Record) -> list[tuple[str, str]]:
    return [
        ("size", size(record.actual_size)),
        ("cure", "look at the actual picture; if it is right, accept it, or write all that are"),
        ("", "missing with: pytest --update-baselines"),
    ]


def _pixels(record: Record) -> str:
    if record.pixel_difference is None or record.ssim is None:
        return ""
    return f"{100 * record.pixel_difference:.4g} % differ, SSIM {number(record.ssim)}"


def number(value: float | None) -> str:
    """Return a score with four decimals, rounded towards 0 so that only 1 reads as 1.0000."""
    if value is None:
        return "-"
    # The millionth makes up for what binary fractions lose: 0.57 * 10000 is 5699.99...
    return f"{int(value * 10_000 + math.copysign(1e-6, value)) / 10_000:.4f}"


_LINES: dict[Verdict, Callable[[Record], list[tuple[str, str]]]] = {
    Verdict.FAILED: _failed,
    Verdict.SIZE_CHANGED: _size_changed,
    Verdict.MISSING: _missing,
}

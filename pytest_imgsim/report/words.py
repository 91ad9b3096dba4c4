"""How reports put numbers, sizes, regions and commands into words, the same in all of them."""

from __future__ import annotations

import math
import shlex

from pytest_imgsim.record import Record, RegionScore
from pytest_imgsim.report.cli_name import command
from pytest_imgsim.results.printable import printable
from pytest_imgsim.settings import Settings

DEFAULT_REPORT = Settings().report


def number(value: float | None) -> str:
    """Return a score with four decimals, or "-" for None.

    It is rounded towards 0, so that only 1 reads as 1.0000.
    """
    if value is None:
        return "-"
    # The millionth makes up for what binary fractions lose: 0.57 * 10000 is 5699.99...
    return f"{int(value * 10_000 + math.copysign(1e-6, value)) / 10_000:.4f}"


def plural(count: int, noun: str, ending: str = "s") -> str:
    """Return a count with its noun, as "2 baselines"."""
    return f"{count} {noun}{'' if count == 1 else ending}"


def size(value: tuple[int, int] | None) -> str:
    """Return a size as "1280 x 800", or "" for None."""
    return f"{value[0]} x {value[1]}" if value else ""


def sizes(record: Record) -> str:
    """Return two sizes that differ as "1280 x 800, expected 1280 x 780"."""
    return f"{size(record.actual_size)}, expected {size(record.baseline_size)}"


def variant(record: Record) -> str:
    """Return which variant was compared with, as "variant 2", or "" for the main file."""
    return f"variant {record.variant}" if record.variant > 1 else ""


def change(region: RegionScore | None) -> str:
    """Return a region and what happened to it, as "120x40 at (1000, 600): recoloured"."""
    if region is None:
        return ""
    return f"{region}: {region.words}" if region.words else str(region)


def score_origin(region: RegionScore | None) -> str:
    """Return what a region's score is made of.

    Parameters
    ----------
    region : RegionScore or None
        The region.

    Returns
    -------
    str
        The cosine, and the weight of its angle with the reason for it, as in
        "cosine 0.8123, weighted 2.9: same renderer"; or the rule that set the score, as
        "text caret"; "" where neither is known.
    """
    if region is None:
        return ""
    if region.cosine is None:
        return region.reason
    cosine = f"cosine {number(region.cosine)}"
    if region.weight is None or not region.reason:
        return cosine
    return f"{cosine}, weighted {round(region.weight, 2):g}: {region.reason}"


def quoted(text: str) -> str:
    """Return `text` as one word of a shell's command that is safe to show and to paste."""
    if text.isprintable():
        return shlex.quote(text)
    # $'...' of bash and zsh: a terminal would act on the characters themselves.
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{printable(escaped)}'"


def accept_command(name: str, report: str) -> str:
    """Return the command that accepts the picture kept under `name`.

    Parameters
    ----------
    name : str
        A baseline's name, or a pattern.
    report : str
        The results folder as seen from where the command is typed.
    """
    # Behind "--" a name is no option, whatever it begins with.
    return f"{accept_any(report)} {'-- ' if name.startswith('-') else ''}{quoted(name)}"


def accept_any(report: str) -> str:
    """Return the command that accepts pictures, without the names."""
    return _command("accept", report)


def trim_command(report: str) -> str:
    """Return the command that lists unused baselines, and deletes them with ``--delete``."""
    return _command("trim", report)


def _command(action: str, report: str) -> str:
    folder = "" if report == DEFAULT_REPORT else f" --report {quoted(report)}"
    return f"{command()} {action}{folder}"

"""The command line of the scripts that make pairs."""

from __future__ import annotations

import argparse
from pathlib import Path

from templates import SPLITS


def read(about: str, things: str = "", amount: int = 0) -> argparse.Namespace:
    """Read the command line of a script that makes pairs.

    Parameters
    ----------
    about : str
        The script's docstring, whose first line is its description.
    things : str, optional
        What ``--limit`` limits in each split, such as "pages"; there is no such option if left out.
    amount : int, optional
        How many of them if the command line does not say.

    Returns
    -------
    Namespace
        ``work`` is an absolute path, ``splits`` all of them if none was given; and ``limit``.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all data")
    parser.add_argument(
        "--split", dest="splits", action="append", choices=SPLITS, help="only this split"
    )
    if things:
        parser.add_argument("--limit", type=int, default=amount, help=f"{things} of each split")
    given = parser.parse_args()
    given.work, given.splits = given.work.resolve(), given.splits or list(SPLITS)
    return given

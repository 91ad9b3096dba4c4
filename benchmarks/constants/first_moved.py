"""Print the first golden pair that moves where one constant of the package is changed.

``run.py`` starts this, in a process of its own for each change::

    python benchmarks/constants/first_moved.py CACHE [MODULE:NAME=VALUE]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from changed_constant import install


def first_moved(cache: Path) -> str:
    """Return the first pair that is not as stored, with what has moved; "" for none."""
    from cached_model import CachedModel
    from golden.pairs import PAIRS
    from golden.values import Bench, moved, read

    stored = read()
    with TemporaryDirectory() as scratch:
        bench = Bench(CachedModel(cache), Path(scratch))
        for name in PAIRS:
            try:
                changes = list(moved(stored[name], bench.values(name)))
            except Exception as error:  # a comparison that breaks is noticed too
                changes = [f"{type(error).__name__}: {error}"]
            if changes:
                return f"{name}: {changes[0]}"
    return ""


def main(cache: str, *changes: str) -> None:
    """Print it."""
    for change in changes:
        install(change)
    print(first_moved(Path(cache)))


if __name__ == "__main__":
    main(*sys.argv[1:])

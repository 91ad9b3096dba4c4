"""Store what all golden pairs give now, and print what moved.

One command, from the repository::

    python tests/golden/refresh.py

Look at each line before you commit: it is a change that users will see.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden.pairs import PAIRS
from golden.values import STORED, Bench, moved, read, write

from pytest_imgsim.model.resnet50 import ResNet50


def main() -> None:
    """Measure, print and store; what has not moved keeps its digits."""
    stored = read() if STORED.exists() else {}
    with TemporaryDirectory() as scratch:
        bench = Bench(ResNet50(), Path(scratch))
        found = {name: bench.values(name) for name in PAIRS}
    for name in {**stored, **found}:
        changes = list(moved(stored.get(name, {}), found.get(name, {})))
        for line in changes:
            print(f"{name}: {line}")
        if not changes:
            found[name] = stored[name]
    write(found)


if __name__ == "__main__":
    main()

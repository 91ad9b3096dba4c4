"""Change one tuned number at a time and see whether the golden pairs notice.

One command, from the repository::

    python benchmarks/constants/run.py [--only NAME ...] [--out FILE] [--seconds LIMIT]

Each change compares the pairs of tests/golden in a process of its own, until the first one that is
not as stored. With ``--out`` the outcomes are kept as they come, and a second run goes on where the
first one ended.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from changed_constant import assignments

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = "pytest_imgsim"
#: Seconds for one change, which takes a few, and the first one about ten.
TIMEOUT = 180

#: Each constant with the package it belongs to, and the values that it is given: a moderate
#: change in each direction, where there is one.
CHANGES: dict[str, tuple[str, ...]] = {
    "scoring.SAME_RENDERER_GAIN": ("1.0", "3.0"),
    "scoring.RERENDERED_SHARE": ("0.05", "0.2"),
    "scoring.MIN_TOTAL_CHANGE": ("300", "1200"),
    "scoring.DRAWN_LEVELS": ("8", "32"),
    "scoring.CELL": ("4", "16"),
    "scoring.IGNORED_EDGE": ("0", "2"),
    "scoring.DISTINCT_SCORE": ("0.7", "0.93"),
    "scoring.DISTINCT_REACH": ("1", "4"),
    "scoring.MIRROR_PADDING": ("0", "16"),
    "scoring.SATURATION_ANGLE": ("3.1415 / 6", "3.1415 / 2"),
    "scoring.FULL_EVIDENCE_LEVELS": ("12", "48"),
    "scoring.FULL_CONTRAST": ("64", "255"),
    "scoring.MIN_CONTRAST": ("0.125", "0.5"),
    "scoring.FULL_SHADE_LEVELS": ("6", "24"),
    "scoring.MIN_WEIGHT": ("0.25", "0.75"),
    "scoring.MAX_SHIFT": ("0", "2"),
    "scoring.NEIGHBOURHOOD": ("1", "5"),
    "scoring.CARET_MAX_WIDTH": ("1", "3"),
    "scoring.CARET_MIN_HEIGHT": ("8", "10"),
    "scoring.CARET_MAX_HEIGHT": ("47", "49"),
    "scoring.CARET_CONTRAST": ("99", "101"),
    "scoring.CARET_SCORE": ("0.98", "1.0"),
    "scoring.THUMBNAIL_PIXELS": ("48 * 48", "192 * 192"),
    "scoring.MAX_REGIONS": ("10", "40"),
    "diff.NEAR": ("4", "16"),
    "diff.INK": ("24", "96"),
    "diff.MARGIN": ("1", "4"),
    "diff.CONTEXT": ("8", "32"),
    "diff.FADED": ("0.025", "0.1"),
    "diff.UNEXPLAINED": ("0.075", "0.3"),
    "diff.EXPLAINED": ("0.8", "0.95"),
    "diff.OFFSETS": ("8", "32"),
    "diff.SCALED": ("1.02", "1.08"),
    "diff.SAME_SHAPE": ("0.6", "0.84"),
    "diff.SMALLEST": ("5", "18"),
    "diff.MIN_MOVED": ("4", "16"),
    "diff.MAX_CLASSIFIED": ("10", "40"),
    "diff.BESIDE": ("1", "4"),
    "diff.SAME_THING": ("0.9", "0.99"),
    "diff.GAP": ("8", "32"),
    "diff.COARSE": ("2", "4"),
    "diff.MAX_BOXES": ("100", "400"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of one change.

    Parameters
    ----------
    constant : str
        Its package and name.
    value : str
        What it was changed to.
    result : str
        "noticed", "unnoticed", "not found" or "broken".
    by : str
        What moved first, or what is wrong.
    """

    constant: str
    value: str
    result: str
    by: str = ""

    def __str__(self) -> str:
        change = f"{self.constant} -> {self.value}"
        return f"{change:<42} {self.result:<10} {self.by}".rstrip()


def places(constant: str) -> list[str]:
    """Return the modules of the constant's package, or else of any, that define it."""
    package, _, name = constant.partition(".")
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): assignments(
            ast.parse(path.read_text(encoding="utf-8"))
        )
        for path in sorted((ROOT / PACKAGE).rglob("*.py"))
    }
    found = [module for module, names in modules.items() if name in names]
    return [m for m in found if m.startswith(f"{PACKAGE}.{package}.")] or found


def outcome(constant: str, value: str, cache: Path) -> Outcome:
    """Return whether the golden pairs notice a change."""
    found = places(constant)
    if len(found) != 1:
        told = f"defined in {', '.join(found)}" if found else "renamed? correct CHANGES"
        return Outcome(constant, value, "broken" if found else "not found", told)
    code, told = first_moved(cache, f"{found[0]}:{constant.partition('.')[2]}={value}")
    if code:
        return Outcome(constant, value, "broken", told)
    return Outcome(constant, value, "noticed" if told else "unnoticed", told)


def first_moved(cache: Path, *change: str) -> tuple[int, str]:
    """Return the exit code of a process that compares the pairs, and its last line."""
    folders = (str(ROOT), str(ROOT / "tests"))
    done = subprocess.run(
        [sys.executable, str(HERE / "first_moved.py"), str(cache), *change],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    output = done.stderr if done.returncode else done.stdout
    return done.returncode, output.strip().rpartition("\n")[2]


def known(out: Path | None) -> Iterator[Outcome]:
    """Yield the outcomes that an earlier run has kept."""
    if out is not None and out.exists():
        for line in out.read_text(encoding="utf-8").splitlines():
            yield Outcome(**json.loads(line))


def keep(out: Path | None, one: Outcome) -> None:
    """Keep an outcome for a later run."""
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one)) + "\n")


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="constants, as scoring.EDGE")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where outcomes are kept")
    parser.add_argument("--seconds", type=float, default=3600, help="when to stop (default: 3600)")
    return parser.parse_args()


def main() -> int:
    """Go through the changes, and print; 1 where one goes unnoticed, 2 where nothing can."""
    given = arguments()
    done = {(one.constant, one.value): one for one in known(given.out)}
    end = time.monotonic() + given.seconds
    changes = [(each, value) for each in given.only or CHANGES for value in CHANGES[each]]
    with TemporaryDirectory() as cache:
        _, told = first_moved(Path(cache))
        if told:
            print(f"without any change, {told}; run python tests/golden/refresh.py first")
            return 2
        for constant, value in changes:
            if (constant, value) not in done:
                if time.monotonic() > end:
                    print("out of time; run again with the same --out to go on")
                    return 1
                done[constant, value] = outcome(constant, value, Path(cache))
                keep(given.out, done[constant, value])
            print(done[constant, value], flush=True)
    missed = [done[change] for change in changes if done[change].result != "noticed"]
    print(f"{len(changes) - len(missed)} of {len(changes)} changes noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""How a user calls our command line, for the commands that messages and reports print."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

#: The console script, and the longer form that works without it.
SCRIPT = "imgsim"
MODULE = "python -m pytest_imgsim"


def command() -> str:
    """Return the short form where the script of this Python is on PATH, else the long one."""
    found = shutil.which(SCRIPT)
    if found is None:
        return MODULE
    # Another environment's script would run, or lack, another version of this package.
    folder = Path(found).resolve().parent
    return SCRIPT if any(folder == own.resolve() for own in _script_folders()) else MODULE


def _script_folders() -> Iterator[Path]:
    """Yield where this Python's scripts are, the quick guess first."""
    yield Path(sys.executable).parent
    yield Path(sysconfig.get_path("scripts"))

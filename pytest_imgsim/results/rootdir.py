"""Where rootdir and its baselines are, as found on this machine.

``results.json`` may come from elsewhere, such as the artifact of a pull request. It says where its
rootdir is and where the baselines are, and what may be overwritten and deleted follows from both.
So they are found here, and what the file names has to agree.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from pytest_imgsim.errors import ResultsError
from pytest_imgsim.files.paths import check_inside, real
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest requires it there

#: The files that pytest reads its settings from, with the table that makes a file one of them;
#: pytest's own files count also without it.
CONFIG_FILES: Mapping[str, tuple[str, ...]] = {
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
    "pytest.ini": ("pytest",),
    ".pytest.ini": ("pytest",),
    "pyproject.toml": ("tool", "pytest"),
    "tox.ini": ("pytest",),
    "setup.cfg": ("tool:pytest",),
}
OWN_FILES = tuple(CONFIG_FILES)[:4]


def find_rootdir(folders: Iterable[Path], named: Path, given: Path | None = None) -> Path:
    """Return the rootdir of results, if it is one that this machine knows.

    That is the current folder, the folder around the results, or the nearest one at or above
    either of them that has a configuration of pytest.

    Parameters
    ----------
    folders : iterable of Path
        The results folders that the user named.
    named : Path
        The rootdir that the results name.
    given : Path, optional
        The rootdir that the user names, which needs no other support.

    Raises
    ------
    ResultsError
        If `named` is none of these, or `given` is no folder.
    """
    if given is not None:
        if not given.is_dir():
            raise ResultsError(f"--rootdir {given}: expected a folder, got none")
        return real(given)
    known = list(dict.fromkeys(map(real, _known_roots(folders))))
    if real(named) not in known:
        raise ResultsError(
            f"expected results of the rootdir {' or '.join(map(str, known))}, got some of {named}; "
            "if you trust them, name the rootdir that they belong to with --rootdir DIR"
        )
    return real(named)


def baselines_folder(root: Path, named: str) -> Path:
    """Return the folder of baselines that results name, which is below rootdir.

    Raises
    ------
    ResultsError
        If it is not.
    BaselineError
        If a symbolic link leads out of rootdir.
    """
    path = PurePath(named)
    if not path.parts or ".." in path.parts or path.is_absolute() or PureWindowsPath(named).anchor:
        raise ResultsError(
            f"baselines in {named!r}: expected a relative path to a folder below rootdir {root}; "
            "baselines elsewhere are written by pytest --update-baselines only"
        )
    check_inside(root / named, root)
    return root / named


def check_configured(root: Path, named: str, given: str | None = None) -> None:
    """Refuse to delete in another folder than that of this machine's baselines.

    Parameters
    ----------
    root : Path
        Rootdir.
    named : str
        The folder of baselines that the results name.
    given : str, optional
        The folder that the user names.

    Raises
    ------
    ResultsError
        If `named` is neither `given` nor, without it, the folder in pytest's configuration.
    """
    expected = given or configured_baselines(root)
    if real(root / named) != real(root / expected):
        source = "--baselines" if given else f"pytest's configuration in {root}, or the default"
        raise ResultsError(
            f"baselines in {named!r}: expected {expected!r} ({source}), the only folder to delete "
            "from; if that run was given another one, name it with --baselines DIR"
        )


def configured_baselines(root: Path) -> str:
    """Return the folder of baselines by the configuration in rootdir, or else the default."""
    config = _config(root) or {}
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--imgsim-baselines")
    words = config.get("addopts", "")
    words = shlex.split(words) if isinstance(words, str) else list(map(str, words))
    found, _ = options.parse_known_args(words)
    return str(found.imgsim_baselines or config.get("imgsim_baselines") or Settings().baselines)


def _known_roots(folders: Iterable[Path]) -> Iterator[Path]:
    # Not resolved: a results folder may be a link to another disk.
    for start in (Path.cwd(), *(Path(os.path.abspath(folder)).parent for folder in folders)):
        yield start
        configured = (path for path in (start, *start.parents) if _config(path) is not None)
        yield from islice(configured, 1)


def _config(folder: Path) -> Mapping[str, Any] | None:
    """Return pytest's settings in a folder; None if it has no file with any."""
    for name, table in CONFIG_FILES.items():
        with suppress(OSError):
            found = _table(read_regular(folder / name), name, table)
            if found is not None:
                return found
    return None


def _table(data: bytes, name: str, table: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return a table of a file; None if it has none, and is no file of pytest's own."""
    try:
        found: Any = _parsed(data.decode("utf-8"), name)
        for part in table:
            found = found[part]
        found = dict(found)
        return {**found, **found.get("ini_options", {})}
    except (KeyError, TypeError, ValueError, ConfigError, AttributeError):
        return {} if name in OWN_FILES else None


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    if name.endswith(".toml"):
        return tomllib.loads(text)
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(text)
    return parser

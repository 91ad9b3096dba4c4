"""What a run takes from its command line: the part of a suite that it covers, and the rootdir."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_imgsim.baselines.naming import encode_path
from pytest_imgsim.files.paths import real, relative

#: Options that leave out tests without reporting them as deselected, and where pytest keeps them.
NARROWING = {
    "--lf": "lf",
    "--maxfail": "maxfail",
    "--ignore": "ignore",
    "--ignore-glob": "ignore_glob",
}


def narrowed_by(config: pytest.Config) -> str:
    """Return what on the command line leaves out tests that pytest would collect, or ""."""
    for option, dest in NARROWING.items():
        if config.getoption(dest, None):
            return f"{option} was given"
    if any("::" in argument for argument in config.args):
        return "single tests were named"
    return ""


def name_prefixes(config: pytest.Config) -> Iterator[str]:
    """Yield the beginnings of all baseline names that this run's tests could have."""
    for argument in config.args:
        path = real(config.invocation_params.dir / argument)
        if path == config.rootpath or not path.is_relative_to(config.rootpath):
            yield ""
            continue
        yield encode_path(relative(path, config.rootpath)) + "/"


def chosen_root(config: pytest.Config) -> str:
    """Return which rootdir pytest chose, and why, where no ini file says which; "" else."""
    if config.inipath is not None:
        return ""
    root = config.rootpath
    if config.getoption("rootdir"):
        return f"{root}, from --rootdir"
    why = "the current folder and the arguments have in common"
    if (root / "setup.py").exists():
        why = "has the nearest setup.py"
    return (
        f"{root}, the folder that {why}: there is no ini file, and another run may have another; "
        "add an empty pytest.ini beside the folder of baselines, or use --rootdir"
    )

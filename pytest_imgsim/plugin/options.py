"""The table of settings as pytest's options and ini keys, and their values as settings."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pytest

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.files.system import System
from pytest_imgsim.settings import RUN_SETTINGS, Settings

GROUP = "imgsim"
HEADING = "visual regression testing (pytest-imgsim)"
ALIAS = "--update-baselines"
ALIAS_MODE = "changed"
ALIAS_IS_OURS = pytest.StashKey[bool]()
MARKER_HELP = (
    "imgsim(threshold=None, warn_threshold=None, ignore=None, full_page=None, "
    "stable_timeout=None): settings of assert_similar for a test, class or module."
)


def add_options(parser: pytest.Parser) -> None:
    """Register every setting of a run as ``--imgsim-<name>`` and as ini ``imgsim_<name>``."""
    group = parser.getgroup(GROUP, HEADING)
    defaults = Settings()
    for key, setting in RUN_SETTINGS.items():
        value = getattr(defaults, key)
        default = f"default: {'off' if value is None else value}"
        group.addoption(
            _flag(key),
            dest=f"imgsim_{key}",
            metavar=setting.metavar,
            default=None,
            help=f"{setting.help} ({default})",
        )
        # Older pytests know only strings, which the table of settings parses all the same.
        kind = setting.ini_type if pytest.version_tuple >= (8, 4) else "string"
        parser.addini(f"imgsim_{key}", f"{setting.help} ({default})", type=kind, default=None)


def add_alias(config: pytest.Config, parser: pytest.Parser) -> None:
    """Register ``--update-baselines``, unless one of the user's conftests has that option.

    To be called after the conftests have added their options: to register a name that one of
    them uses would end pytest at start-up.
    """
    config.stash[ALIAS_IS_OURS] = not _taken(parser)
    if config.stash[ALIAS_IS_OURS]:
        parser.getgroup(GROUP, HEADING).addoption(
            ALIAS,
            dest="imgsim_update",
            action="store_const",
            const=ALIAS_MODE,
            help="Write the baselines that are missing or no longer pass; short for "
            f"{_flag('update')}={ALIAS_MODE}.",
        )


def _taken(parser: pytest.Parser) -> bool:
    """Return whether an option of somebody else's has the name of our alias."""
    try:
        _, unknown = parser.parse_known_and_unknown_args([ALIAS])
    except (pytest.UsageError, SystemExit):
        return True  # that option expects a value
    return ALIAS not in unknown


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings of a run: default < ini < command line.

    Raises
    ------
    SettingsError
        If a value is not what its setting expects.
    """
    ini = {key: _ini(config, f"imgsim_{key}") for key in RUN_SETTINGS}
    settings = Settings().override("ini imgsim_{key}", ini)
    for key in RUN_SETTINGS:
        settings = settings.override(_flag(key), {key: config.getoption(f"imgsim_{key}")})
    settings.check_thresholds()
    _check_folders(config, settings)
    return settings


def _check_folders(config: pytest.Config, settings: Settings) -> None:
    # The results folder has a .gitignore for all of it, and earlier pictures in it are deleted.
    report = System.realpath(config.rootpath / settings.report)
    for inner in (config.rootpath, config.rootpath / settings.baselines):
        if PurePath(System.realpath(inner)).is_relative_to(report):
            raise SettingsError(
                f"{settings.where('report')}: expected a folder for results alone, got "
                f"{settings.report!r}, which holds {inner}"
            )


def _ini(config: pytest.Config, name: str) -> Any:
    try:
        value = config.getini(name)
    except (TypeError, ValueError) as error:  # pytest's own check of the type
        raise SettingsError(f"ini {name}: {error}") from None
    return None if value in ("", []) else value  # pytest 7 has these for a default of None


def header(config: pytest.Config, settings: Settings) -> list[str]:
    """Return lines for pytest's header: what is written, and that the alias is not ours."""
    lines = []
    if settings.update != "none":
        where = settings.where("update")
        lines.append(
            f"imgsim: update mode '{settings.update}' ({where}): what it writes is not checked"
        )
    if not config.stash.get(ALIAS_IS_OURS, True):
        lines.append(
            f"imgsim: {ALIAS} belongs to one of your conftests; use "
            f"{_flag('update')}={ALIAS_MODE} to write baselines"
        )
    return lines


def _flag(key: str) -> str:
    return f"--imgsim-{key.replace('_', '-')}"

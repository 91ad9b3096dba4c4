"""The settings of a run and of one comparison, and where each value came from.

Settings are layered: each :meth:`Settings.override` puts one source on top of the others, so
the order of the calls is the precedence (default < ini < command line < marker <
argument), and ``settings.where("threshold")`` names the source that won.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any, Literal

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.parsers import (
    one_of,
    parse_flag,
    parse_pixels,
    parse_seconds,
    parse_switch,
    parse_text,
    parse_threshold,
    parse_warn_threshold,
    parse_weights,
)

UPDATE_MODES = ("all", "changed", "missing", "none")
#: What can run the ResNet50; "auto" takes LiteRT where it is installed.
RUNTIMES = ("auto", "litert", "tensorflow")
#: How the terminal may be sent pictures; "auto" asks the environment which one it understands.
TERMINAL_IMAGES = ("auto", "kitty", "iterm", "sixel", "no")


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings.

    Parameters
    ----------
    parse : callable
        Turns a raw value into the typed one; a ValueError says what is expected.
    help : str
        One sentence for ``pytest --help``.
    metavar : str
        What stands for the value in ``pytest --help``.
    ini_type : {"string", "float", "int"}
        Its type in an ini or TOML file.
    """

    parse: Callable[[Any], Any]
    help: str
    metavar: str
    ini_type: Literal["string", "float", "int"] = "string"


#: Settings of a whole run: each has a command line option and an ini twin.
RUN_SETTINGS: Mapping[str, Setting] = {
    "update": Setting(
        one_of(UPDATE_MODES),
        "Write baselines: 'changed' writes what is missing or no longer passes, 'missing' "
        "only what is missing, 'all' also what passes with other bytes, 'none' nothing.",
        "{all,changed,missing,none}",
    ),
    "threshold": Setting(
        parse_threshold,
        "Smallest score that passes, 0 to 1: the cosine similarity of ResNet50 features "
        "in the worst region of the picture.",
        "SCORE",
        "float",
    ),
    "warn_threshold": Setting(
        parse_warn_threshold,
        "Score below which what passes is listed for review; not below the threshold, or 'off'.",
        "SCORE|off",
        "float",
    ),
    "baselines": Setting(parse_text, "Folder of the baselines, below rootdir.", "DIR"),
    "report": Setting(
        parse_text, "Folder of results.json and the pictures of failures, below rootdir.", "DIR"
    ),
    "html": Setting(
        parse_switch,
        "Whether report.html, the page for reviewing pictures, is written beside results.json.",
        "{yes,no}",
    ),
    "terminal_images": Setting(
        one_of(TERMINAL_IMAGES),
        "How the summary shows pictures of failures: 'kitty', 'iterm' (OSC 1337), 'sixel', "
        "'auto' (whichever the terminal is known to understand, if any), or 'no'.",
        "{auto,kitty,iterm,sixel,no}",
    ),
    "weights": Setting(
        parse_weights,
        "Weights of the ResNet50: 'bundled' (shipped with the package), 'imagenet' "
        "(downloaded once by Keras), or the path of a .weights.h5 or .keras file.",
        "NAME|FILE",
    ),
    "runtime": Setting(
        one_of(RUNTIMES),
        "What runs the ResNet50: 'auto' (LiteRT where it is installed), 'litert', or "
        "'tensorflow', which takes seconds to start and uses a GPU where it sees one.",
        "{auto,litert,tensorflow}",
    ),
    "template": Setting(
        parse_text,
        "Path of a baseline below its folder, of {name} {platform} {machine} {browser} "
        "{python}, as in '{platform}/{name}'; where that file is missing, '{name}' is used.",
        "TEMPLATE",
    ),
    "follow_links": Setting(
        parse_switch,
        "Whether baselines may be symbolic links out of their folder, such as those of DVC, "
        "git-annex and Bazel: they are read, and never written through.",
        "{yes,no}",
    ),
    "stable_timeout": Setting(
        parse_seconds,
        "Seconds within which two captures of a live page in a row have to agree.",
        "SECONDS",
        "float",
    ),
    "max_pixels": Setting(
        parse_pixels, "Largest picture that is decoded, in pixels.", "PIXELS", "int"
    ),
}

#: Settings that a marker or an argument may give for one test or one comparison.
CHECK_SETTINGS: Mapping[str, Callable[[Any], Any]] = {
    "threshold": parse_threshold,
    "warn_threshold": parse_warn_threshold,
    "stable_timeout": parse_seconds,
    "full_page": parse_flag,
}


@dataclass(frozen=True)
class Settings:
    """All settings in force, with the origin of each.

    Parameters
    ----------
    threshold : float
        Smallest score that passes, in [0, 1].
    warn_threshold : float or None
        Score below which a comparison that passes is listed for review; None for never.
    update : {"all", "changed", "missing", "none"}
        Which baselines are written.
    baselines, report : str
        Folders, relative to pytest's rootdir or absolute.
    html : bool
        Whether report.html is written.
    terminal_images : {"auto", "kitty", "iterm", "sixel", "no"}
        How the terminal shows pictures of failures.
    weights : str
        A known name or the path of a weights file.
    runtime : {"auto", "litert", "tensorflow"}
        What runs the ResNet50.
    template : str
        Path of a baseline below `baselines`.
    follow_links : bool
        Whether baselines are read through symbolic links out of `baselines`.
    stable_timeout : float
        Seconds until a live source has to be stable.
    max_pixels : int
        Largest picture that is decoded.
    full_page : bool
        Whether a Playwright page is captured to its full height.
    ignore : tuple
        Areas to mask in both pictures; those of all layers add up.
    origins : mapping of str to str
        Where each setting was given that is not at its default.
    """

    threshold: float = 0.6
    warn_threshold: float | None = None
    update: str = "none"
    baselines: str = "baselines"
    report: str = "imgsim-results"
    html: bool = True
    terminal_images: str = "no"
    weights: str = "bundled"
    runtime: str = "auto"
    template: str = "{name}"
    follow_links: bool = False
    stable_timeout: float = 5.0
    max_pixels: int = 80_000_000
    full_page: bool = False
    ignore: tuple[Any, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def where(self, key: str) -> str:
        """Return where the setting `key` was given, or "default"."""
        return self.origins.get(key, "default")

    def check_thresholds(self) -> None:
        """Reject a warn threshold below the threshold, which could never warn.

        Raises
        ------
        SettingsError
            If it is below the threshold.
        """
        if self.warn_threshold is not None and self.warn_threshold < self.threshold:
            raise SettingsError(
                f"{self.where('warn_threshold')}: expected 'off' or no score below the threshold,"
                f" {self.threshold:g} ({self.where('threshold')}), got {self.warn_threshold:g}"
            )

    def override(self, where: str, values: Mapping[str, Any]) -> Settings:
        """Return these settings, overridden by `values` for the whole run.

        Parameters
        ----------
        where : str
            The source, with ``{key}`` for the setting's name: ``"ini imgsim_{key}"``.
        values : mapping of str to object
            Raw values; a None counts as not given.

        Raises
        ------
        SettingsError
            If a value is not what the setting expects.
        """
        parsers = {key: setting.parse for key, setting in RUN_SETTINGS.items()}
        return self._with(where, values, parsers)

    def for_check(self, where: str, values: Mapping[str, Any]) -> Settings:
        """Return these settings, overridden by `values` for one test or comparison.

        Raises
        ------
        SettingsError
            If a key is unknown or a value is not what the setting expects.
        """
        values = dict(values)
        ignore = values.pop("ignore", None)
        for key in values:
            if key not in CHECK_SETTINGS:
                known = ", ".join(sorted([*CHECK_SETTINGS, "ignore"]))
                raise SettingsError(f"{where.format(key=key)}: unknown setting; known: {known}")
        if ignore is None and all(value is None for value in values.values()):
            return self
        settings = self._with(where, values, CHECK_SETTINGS)
        return replace(settings, ignore=(*settings.ignore, *_as_masks(ignore)))

    def _with(
        self, where: str, values: Mapping[str, Any], parsers: Mapping[str, Callable[[Any], Any]]
    ) -> Settings:
        given = {key: where.format(key=key) for key, value in values.items() if value is not None}
        parsed = {key: _parse(parsers[key], values[key], place) for key, place in given.items()}
        return replace(self, **parsed, origins={**self.origins, **given})


def _parse(parser: Callable[[Any], Any], value: Any, where: str) -> Any:
    try:
        return parser(value)
    except ValueError as expected:
        raise SettingsError(f"{where}: expected {expected}, got {value!r}") from None


def _as_masks(ignore: Any) -> tuple[Any, ...]:
    """Return `ignore` as a tuple of areas: None, one area, or a list or tuple of areas."""
    if ignore is None:
        return ()
    if not isinstance(ignore, list | tuple):
        return (ignore,)
    if ignore and all(isinstance(part, Real) for part in ignore):
        return (tuple(ignore),)
    return tuple(ignore)

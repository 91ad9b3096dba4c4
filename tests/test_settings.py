"""Settings in layers, and which values each may have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.settings import RUN_SETTINGS, Settings

INI, LINE = "ini imgsim_{key}", "--imgsim-{key}"
MARK, ARGUMENT = "@pytest.mark.imgsim({key}=...)", "assert_similar({key}=...)"


def test_precedence() -> None:
    """Default, ini, command line, marker, argument: the later one wins and is named."""
    settings = Settings()
    seen = [(settings.threshold, settings.where("threshold"))]
    settings = settings.override(INI, {"threshold": "0.1"})
    seen.append((settings.threshold, settings.where("threshold")))
    settings = settings.override(LINE, {"threshold": "0.2"})
    seen.append((settings.threshold, settings.where("threshold")))
    settings = settings.for_check(MARK, {"threshold": 0.3})
    seen.append((settings.threshold, settings.where("threshold")))
    settings = settings.for_check(ARGUMENT, {"threshold": 0.4})
    seen.append((settings.threshold, settings.where("threshold")))
    assert seen == [
        (Settings().threshold, "default"),
        (0.1, "ini imgsim_threshold"),
        (0.2, "--imgsim-threshold"),
        (0.3, "@pytest.mark.imgsim(threshold=...)"),
        (0.4, "assert_similar(threshold=...)"),
    ]


def test_none_is_not_given() -> None:
    """A None leaves value and origin of the layer below."""
    below = Settings().override(INI, {"threshold": 0.5, "update": "all"})
    above = below.override(LINE, dict.fromkeys(RUN_SETTINGS))
    assert above == below
    assert above.for_check(ARGUMENT, {"threshold": None, "ignore": None}) == below


def test_layers_leave_the_lower_one_alone() -> None:
    """Overriding settings changes no object."""
    below = Settings()
    below.override(INI, {"threshold": 0.5})
    assert below.threshold == Settings().threshold != 0.5
    assert below.where("threshold") == "default"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0.0),
        ("0", 0.0),
        (1, 1.0),
        ("0.5", 0.5),
        (np.float64(0.25), 0.25),
        (1e-9,) * 2,
    ],
)
def test_threshold_is_taken_literally(value: Any, expected: float) -> None:
    """Zero and one are thresholds like any other."""
    for settings in (
        Settings().override(LINE, {"threshold": value}),
        Settings().for_check(ARGUMENT, {"threshold": value}),
    ):
        assert settings.threshold == expected
        assert isinstance(settings.threshold, float)
        assert settings.where("threshold") != "default"


RANGE = r"a score from 0 to 1 \(1 is identical; higher is stricter\)"
BAD = [
    ("threshold", True, "a number, got True"),
    ("threshold", False, "a number, got False"),
    ("threshold", float("nan"), "a number, got nan"),
    ("threshold", "nan", "a number, got 'nan'"),
    ("threshold", "inf", "a number, got 'inf'"),
    ("threshold", "abc", "a number, got 'abc'"),
    ("threshold", "", "a number, got ''"),
    ("threshold", [0.5], r"a number, got \[0.5\]"),
    ("threshold", 1.5, RANGE + ", got 1.5"),
    ("threshold", 95, RANGE + ", got 95"),
    ("threshold", "-0.01", RANGE + ", got '-0.01'"),
    ("warn_threshold", "no", "a number, got 'no'"),
    ("warn_threshold", 1.5, RANGE + ", got 1.5"),
    ("update", "new", "one of all, changed, missing, none, got 'new'"),
    ("update", "", "one of all, changed, missing, none, got ''"),
    ("update", True, "one of all, changed, missing, none, got True"),
    ("baselines", "", "a text that is not empty, got ''"),
    ("baselines", 5, "a text that is not empty, got 5"),
    ("report", "  ", "a text that is not empty, got '  '"),
    ("weights", "", "'bundled' or"),
    ("template", "", "a text that is not empty"),
    ("stable_timeout", -1, "a number of seconds, 0 or more, got -1"),
    ("stable_timeout", "x", "a number, got 'x'"),
    ("stable_timeout", True, "a number, got True"),
    ("stable_timeout", float("inf"), "a number, got inf"),
    ("max_pixels", 0, "a whole number of pixels, 1 or more, got 0"),
    ("max_pixels", 1.5, "a whole number of pixels, 1 or more, got 1.5"),
    ("max_pixels", "many", "a number, got 'many'"),
]


@pytest.mark.parametrize(("key", "value", "told"), BAD)
def test_bad_values_of_a_run(key: str, value: Any, told: str) -> None:
    """A bad value is refused with the place, the rule and the value."""
    with pytest.raises(SettingsError, match=f"^ini imgsim_{key}: expected {told}"):
        Settings().override(INI, {key: value})


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        *(row for row in BAD if row[0] in ("threshold", "warn_threshold", "stable_timeout")),
        ("full_page", 1, "True or False, got 1"),
        ("full_page", "yes", "True or False, got 'yes'"),
    ],
)
def test_bad_values_of_a_check(key: str, value: Any, told: str) -> None:
    """Markers and arguments are held to the same rules."""
    with pytest.raises(SettingsError, match=rf"^assert_similar\({key}=...\): expected {told}"):
        Settings().for_check(ARGUMENT, {key: value})


def test_a_number_too_large_for_a_float() -> None:
    """A whole number beyond all floats is a bad value like any other."""
    with pytest.raises(
        SettingsError, match=r"^assert_similar\(stable_timeout=...\): expected a num"
    ):
        Settings().for_check(ARGUMENT, {"stable_timeout": 10**400})


@pytest.mark.parametrize("key", ["treshold", "update", "baselines", "max_pixels"])
@pytest.mark.parametrize("value", ["x", None])
def test_unknown_key_of_a_check(key: str, value: Any) -> None:
    """A misspelt key is refused, also with the value None, and the known ones are listed."""
    told = rf"imgsim\({key}=...\): unknown setting; known: full_page, ignore, stable_timeout, thres"
    with pytest.raises(SettingsError, match=told):
        Settings().for_check(MARK, {key: value})


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("stable_timeout", 0, 0.0),
        ("stable_timeout", "2.5", 2.5),
        ("max_pixels", "100", 100),
        ("max_pixels", 7.0, 7),
        ("update", "missing", "missing"),
        ("report", "out/results", "out/results"),
        ("warn_threshold", "0.95", 0.95),
        ("warn_threshold", "off", None),
    ],
)
def test_good_values(key: str, value: Any, expected: Any) -> None:
    """Texts from a command line and values from TOML come out typed."""
    got = getattr(Settings().override(LINE, {key: value}), key)
    assert got == expected
    assert type(got) is type(expected)


def test_a_marker_switches_the_warning_off() -> None:
    """'off' overrides a lower layer's value; None does not."""
    below = Settings().override(INI, {"warn_threshold": 0.95})
    assert below.for_check(MARK, {"warn_threshold": None}).warn_threshold == 0.95
    assert below.for_check(MARK, {"warn_threshold": "off"}).warn_threshold is None


@pytest.mark.parametrize(
    ("warn", "refused"), [(0.5, False), (0.9, False), (0, True), (0.49, True), ("off", False)]
)
def test_a_warning_is_not_below_the_threshold(warn: Any, refused: bool) -> None:
    """A warn threshold below the threshold is refused, naming both; the same one is fine."""
    settings = (
        Settings().override(INI, {"threshold": 0.5}).for_check(MARK, {"warn_threshold": warn})
    )
    if not refused:
        settings.check_thresholds()
        return
    told = rf"imgsim\(warn_threshold=...\): .* threshold, 0.5 \(ini imgsim_threshold\), got {warn}$"
    with pytest.raises(SettingsError, match=told):
        settings.check_thresholds()


BOX = Box(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("ignore", "expected"),
    [
        (None, ()),
        ([], ()),
        (BOX, (BOX,)),
        ("mask.png", ("mask.png",)),
        ((1, 2, 3, 4), ((1, 2, 3, 4),)),
        ([1, 2, 3, 4], ((1, 2, 3, 4),)),
        ([(1, 2, 3, 4), BOX], ((1, 2, 3, 4), BOX)),
        ((BOX, "mask.png"), (BOX, "mask.png")),
    ],
)
def test_ignore_takes_one_or_many(ignore: Any, expected: tuple[Any, ...]) -> None:
    """One area, four numbers, or a list of areas become a tuple of areas."""
    assert Settings().for_check(ARGUMENT, {"ignore": ignore}).ignore == expected


def test_ignore_adds_up() -> None:
    """What the marker ignores stays ignored when the argument ignores more."""
    marked = Settings().for_check(MARK, {"ignore": BOX})
    both = marked.for_check(ARGUMENT, {"ignore": (1, 2, 3, 4)})
    assert both.ignore == (BOX, (1, 2, 3, 4))
    assert marked.ignore == (BOX,)


def test_every_run_setting_is_a_field() -> None:
    """Each row of the table has its default, which its own parser accepts unchanged."""
    defaults = Settings()
    for key, setting in RUN_SETTINGS.items():
        assert setting.parse(getattr(defaults, key)) == getattr(defaults, key)
        assert setting.help.endswith(".")

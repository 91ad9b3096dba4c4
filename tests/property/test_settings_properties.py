"""Settings, for any value in any layer."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.settings import (
    CHECK_SETTINGS,
    RUN_SETTINGS,
    RUNTIMES,
    TERMINAL_IMAGES,
    UPDATE_MODES,
    Settings,
)

SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
ANYTHING = SIMPLE | st.lists(SIMPLE, max_size=3) | st.dictionaries(st.text(), SIMPLE, max_size=2)
#: What would be taken for a number, a word or a file.
LIKELY = st.floats(-2, 2).map(str) | st.sampled_from(
    ["off", "yes", "No", "1e3", " 1 ", "0x1", "1_0", *UPDATE_MODES, *RUNTIMES, *TERMINAL_IMAGES,
     "bundled", "a.weights.h5", "١"]
)  # fmt: skip
TYPES = get_type_hints(Settings)
SHARES = st.floats(0, 1)
GOOD = {
    "threshold": SHARES,
    "warn_threshold": SHARES,
    "stable_timeout": st.floats(0, 1e6),
}


def is_typed(key: str, value: Any) -> bool:
    """Return whether a value has exactly the type that the setting is declared with."""
    return any(type(value) is kind for kind in getattr(TYPES[key], "__args__", (TYPES[key],)))


@given(st.sampled_from(sorted(RUN_SETTINGS)), ANYTHING | LIKELY)
def test_a_value_of_a_run_is_typed_or_refused(key: str, value: Any) -> None:
    """Any value comes out with its type, or is refused with the place that it stands in."""
    try:
        settings = Settings().override("ini imgsim_{key}", {key: value})
    except SettingsError as error:
        assert str(error).startswith(f"ini imgsim_{key}: expected ")  # noqa: PT017
    else:
        assert is_typed(key, getattr(settings, key))
        assert settings.where(key) == ("default" if value is None else f"ini imgsim_{key}")


@given(st.sampled_from(sorted(CHECK_SETTINGS)), ANYTHING | LIKELY)
def test_a_value_of_a_check_is_typed_or_refused(key: str, value: Any) -> None:
    """Markers and arguments are held to the same."""
    try:
        settings = Settings().for_check("imgsim({key}=...)", {key: value})
    except SettingsError as error:
        assert str(error).startswith(f"imgsim({key}=...): expected ")  # noqa: PT017
    else:
        assert is_typed(key, getattr(settings, key))


@given(st.text(), ANYTHING)
def test_an_unknown_key_is_refused(key: str, value: Any) -> None:
    """Whatever a check does not know is refused by name."""
    if key in {*CHECK_SETTINGS, "ignore"}:
        return
    with pytest.raises(SettingsError, match="unknown setting") as refused:
        Settings().for_check("imgsim({key}=...)", {key: value})
    assert str(refused.value).startswith(f"imgsim({key}=...): ")


LAYER = st.fixed_dictionaries({}, optional={key: st.none() | of for key, of in GOOD.items()})


@given(st.lists(LAYER, max_size=5), st.lists(LAYER, max_size=3))
def test_the_last_layer_that_gives_a_value_wins(
    run: list[dict[str, Any]], check: list[dict[str, Any]]
) -> None:
    """Each setting has the value and the origin of the last layer in which it is not None."""
    settings = Settings()
    for number, layer in enumerate(run):
        settings = settings.override(f"{number} {{key}}", layer)
    for number, layer in enumerate(check, len(run)):
        settings = settings.for_check(f"{number} {{key}}", layer)
    for key in GOOD:
        expected, where = getattr(Settings(), key), "default"
        for number, layer in enumerate([*run, *check]):
            if layer.get(key) is not None:
                expected, where = layer[key], f"{number} {key}"
        assert getattr(settings, key) == expected
        assert settings.where(key) == where

"""Imports ahead of pyfakefs, which would have the modules that a test imports imported once more.

numpy cannot be. Nothing is imported early unless a test has to do with pyfakefs, since equal
pictures need none of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import pytest

FAKES = "pyfakefs"
FIXTURES = {"fs", "fs_class", "fs_module", "fs_session"}
#: What a comparison may import, and with it nearly all that these import.
MODULES = (
    "pytest_imgsim.checks.session",
    "pytest_imgsim.checks.pipeline",
    "pytest_imgsim.model.remote",
    "pytest_imgsim.plugin.attachments",
    "pytest_imgsim.plugin.fixtures",
)
#: The same, where LiteRT is installed.
LITERT, LITERT_MODULES = "ai_edge_litert", ("pytest_imgsim.model.litert_graph",)


def import_before_fakes(item: pytest.Item) -> None:
    """Import what a comparison may need, if the test may replace the files of this process."""
    if _may_fake(item):
        _import_all()


def _may_fake(item: pytest.Item) -> bool:
    """Return whether a test uses a fixture of pyfakefs, or its module or a conftest imports it."""
    fixtures = getattr(item, "fixturenames", ())
    return not FIXTURES.isdisjoint(fixtures) or any(map(_uses_fakes, _modules(item)))


def _modules(item: pytest.Item) -> Iterator[ModuleType]:
    yield getattr(item, "module", sys)
    for plugin in item.config.pluginmanager.get_plugins():
        if isinstance(plugin, ModuleType) and plugin.__name__.endswith("conftest"):
            yield plugin


def _uses_fakes(module: ModuleType) -> bool:
    values = list(vars(module).values())
    homes = (getattr(value, "__module__", None) or _name(value) for value in values)
    return any(str(home).partition(".")[0] == FAKES for home in homes)


def _name(value: object) -> str:
    return value.__name__ if isinstance(value, ModuleType) else ""


@cache
def _import_all() -> None:
    litert = LITERT_MODULES if find_spec(LITERT) else ()
    for name in (*MODULES, *litert):
        import_module(name)
    import_module("PIL.Image").init()  # the decoders

"""Lazy package faces: a package offers names whose modules are imported on first use.

A package's ``__init__`` names them twice, once for the type checker and once for the run::

    if TYPE_CHECKING:
        from pytest_imgsim.checks.session import Session
    else:
        __getattr__ = lazy_names(__name__, Session="session")

Modules that must start fast import the package and use its name late: ``checks.Session(...)``.
To write ``from pytest_imgsim.checks import Session`` would import the session at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazy_names(package: str, **modules: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package that imports its names on demand (PEP 562).

    A name always comes out of a module of the package itself, so that an import of the package
    says all that import-linter needs to know about the layers.

    Parameters
    ----------
    package : str
        The package, ``__name__`` in its ``__init__``.
    **modules : str
        For each name the module that has it, relative to the package. No name may be that of a
        module of the package, which would take its place once it is imported.
    """
    whole: set[str] = set()

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # Nothing is stored in the package: a module that is patched or imported anew counts.
        module = f"{package}.{modules[name]}"
        # Every test asks: import_module takes ten times as long as the look-up. But it waits where
        # another thread has begun to import the module, which sys.modules has half of.
        if module not in whole or module not in sys.modules:
            import_module(module)
            whole.add(module)
        return getattr(sys.modules[module], name)

    return get

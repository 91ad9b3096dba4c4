"""Lazy package faces: each name is imported when it is asked for, and types know it too."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import pytest_imgsim
from pytest_imgsim._lazy import lazy_names

FOLDER = Path(pytest_imgsim.__file__).parent
FACES = sorted(
    ".".join(path.parent.relative_to(FOLDER.parent).parts)
    for path in FOLDER.rglob("__init__.py")
    if "lazy_names(" in path.read_text(encoding="utf-8")
)


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the name and module of what is imported for the type checker."""
    for block in ast.walk(tree):
        if isinstance(block, ast.If):
            for line in block.body:
                assert isinstance(line, ast.ImportFrom)
                yield from ((alias.name, str(line.module)) for alias in line.names)


def lazily(tree: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """Yield the name and module of what is imported late."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            for keyword in call.keywords:
                yield str(keyword.arg), f"{package}.{ast.literal_eval(keyword.value)}"


def test_there_are_faces() -> None:
    """The tests below see some."""
    assert "pytest_imgsim" in FACES
    assert "pytest_imgsim.checks" in FACES


@pytest.mark.parametrize("package", FACES)
def test_types_and_run_agree(package: str) -> None:
    """What the type checker is told is what the run imports, and all of it is public."""
    module = import_module(package)
    tree = ast.parse(inspect.getsource(module))
    names = dict(lazily(tree, package))
    assert names == dict(imported(tree))
    assert set(names) <= set(module.__all__)
    for name, origin in names.items():
        assert getattr(module, name) is getattr(import_module(origin), name)


@pytest.mark.parametrize("package", FACES)
def test_no_name_is_a_module(package: str) -> None:
    """A module, once imported, is an attribute of its package and would hide the name."""
    folder = FOLDER.joinpath(*package.split(".")[1:])
    modules = {path.stem for path in folder.iterdir()}
    assert not modules & set(import_module(package).__all__)


def test_an_unknown_name() -> None:
    """A name that a package lacks is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="^module 'some' has no attribute 'other'$"):
        lazy_names("some", name="module")("other")

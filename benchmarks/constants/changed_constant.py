"""Changes one constant of the package in the source, as it is imported.

So what is made of the constant, and what imports it by name, changes with it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any


def assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the values of a module's constants, those of a tuple one by one."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            pairs += [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            pairs.append((node.target, node.value))
    for target, value in list(pairs):
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs += zip(target.elts, value.elts, strict=True)
    return {
        target.id: value
        for target, value in pairs
        if isinstance(target, ast.Name) and target.id.isupper()
    }


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().visit(node)


class _Loader(SourceFileLoader):
    """Compiles the module's source with the changed value, past any cached byte code."""

    def __init__(self, fullname: str, path: str, name: str, value: str) -> None:
        super().__init__(fullname, path)
        self._change = name, value

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path))
        name, value = self._change
        new = ast.parse(value, mode="eval").body
        tree = ast.fix_missing_locations(_Replace(assignments(tree)[name], new).visit(tree))
        return compile(tree, path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, change: str) -> None:
        place, _, self._value = change.partition("=")
        self._module, _, self._name = place.partition(":")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self._module else None
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self._name, self._value)
        return spec


def install(change: str) -> None:
    """Change a constant, given as ``pytest_imgsim.diff.classify:NEAR=16``, from now on."""
    assert change.partition(":")[0] not in sys.modules, "install before the package is imported"
    sys.meta_path.insert(0, _Finder(change))

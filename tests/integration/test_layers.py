"""The contracts of import-linter: an import in the wrong direction breaks them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package and of its contracts."""
    pytest.importorskip("importlinter", reason="of the dependency group 'lint'")
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path in ROOT.glob("pytest_imgsim/**/*.py"):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return folder


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports on the copy, which Python finds before any other: it is where it runs."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        (
            "pictures/picture.py",
            "from pytest_imgsim.scoring import compare",
            "A package imports packages below it only",
        ),
        (
            "checks/session.py",
            "def late(): import tensorflow",
            "Only the model package knows TensorFlow, Keras and LiteRT",
        ),
        (
            "results/folder.py",
            "def late(): from pytest_imgsim.pictures import decode",
            "What an all-equal run imports does without numpy and Pillow",
        ),
    ],
)
def test_an_inverted_arrow(tree: Path, module: str, line: str, contract: str) -> None:
    """One import too many breaks the contract against it, and no other."""
    path = tree / "pytest_imgsim" / module
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    try:
        result = lint(tree)
    finally:
        path.write_text(text, encoding="utf-8")
    assert result.returncode == 1, result.stdout + result.stderr
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert [row.partition(" BROKEN")[0] for row in broken] == [contract]

"""What must cost nothing: the floors of the package, and runs that need no model."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import encoded, flat, png
from PIL import Image

PACKAGE = Path(__file__).parents[2] / "pytest_imgsim"

#: Each module's floor; a module imports lower floors, or its own where no cycle arises.
FLOORS = {
    "errors": 0, "parsers": 0, "record": 0, "settings": 0,
    "files": 1, "naming": 1, "picture": 1, "regions": 1, "scoring": 1, "diagnose": 1,
    "alignment": 1, "kinds": 1, "changes": 1, "fingerprint": 1,
    "process": 0, "sources": 1, "weights": 1, "graph": 1, "windows": 1, "stillness": 1, "caret": 1,
    "evidence": 1, "cells": 1,
    "capture": 2, "compare": 2, "litert": 2, "masks": 2,
    "heard": 2, "history": 2, "reference": 2, "resnet": 2, "results": 2, "store": 2, "variants": 2,
    "calibrate": 3, "explain": 3, "judge": 3, "session": 3, "accept": 3, "orphans": 3, "trim": 3,
    "remembered": 3, "borrowed": 3, "lending": 3,
    "merge": 3, "review": 3, "server": 3,
    "report": 3, "report.alike": 3, "report.calibration": 3, "report.html": 3, "report.markdown": 3,
    "report.message": 3, "report.pictures": 3, "report.terminal": 3,
    "attachments": 4, "inline": 4,
    "fixture": 4, "options": 4, "run": 4, "collector": 4, "closing": 4, "plugin": 4,
    "__main__": 5, "__init__": 5,
}  # fmt: skip

TENSORFLOW = {"tensorflow", "keras"}
PIXELS = {"numpy", "PIL"}
#: What a module must not import, besides TensorFlow, which only `reference` may.
FORBIDDEN = {
    "plugin": PIXELS, "options": PIXELS, "fixture": PIXELS, "run": PIXELS, "collector": PIXELS,
    "closing": PIXELS, "parsers": PIXELS,
    "errors": PIXELS, "settings": PIXELS, "record": PIXELS, "naming": PIXELS, "files": PIXELS,
    "process": PIXELS, "sources": PIXELS, "store": PIXELS, "variants": PIXELS,
    "session": PIXELS, "heard": PIXELS, "history": PIXELS, "results": PIXELS, "orphans": PIXELS,
    "trim": PIXELS, "merge": PIXELS, "review": PIXELS, "server": PIXELS,
    "lending": PIXELS, "attachments": PIXELS, "inline": PIXELS,
    "report.alike": PIXELS, "report.calibration": PIXELS,
    "report.html": PIXELS, "report.markdown": PIXELS,
    "report.message": PIXELS, "report.terminal": PIXELS,
    "__init__": PIXELS, "__main__": PIXELS,
    "scoring": {"PIL"},
}  # fmt: skip


def modules() -> dict[str, ast.Module]:
    """Return the syntax trees of all modules by their name within the package."""
    out = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts) if parts[-1] != "__init__" or len(parts) == 1 else parts[0]
        out[name] = ast.parse(path.read_text(encoding="utf-8"))
    return out


def imported(tree: ast.Module) -> set[str]:
    """Return all modules that a tree imports, at the top or within functions."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def at_run_time(tree: ast.Module) -> ast.Module:
    """Return a tree without what only the type checker imports."""
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(body, [])


def ours(names: set[str]) -> set[str]:
    """Return which of our modules are among imported names."""
    inner = {name.removeprefix("pytest_imgsim.") for name in names}
    return {name for name in inner if name in FLOORS}


def test_every_module_has_a_floor() -> None:
    """A new module is given a floor here."""
    assert set(modules()) == set(FLOORS)


@pytest.mark.parametrize("name", [name for name in FLOORS if name != "__init__"])
def test_imports_lead_down(name: str) -> None:
    """A module imports lower floors or its own, and only what its floor may."""
    tree = modules()[name]
    assert {other for other in ours(imported(tree)) if FLOORS[other] > FLOORS[name]} == set()
    top = {full.partition(".")[0] for full in imported(at_run_time(tree))}
    allowed = set() if name == "reference" else TENSORFLOW
    assert top & (FORBIDDEN.get(name, set()) | allowed) == set()
    if FLOORS[name] < 4:
        assert "pytest" not in top


def test_no_cycles() -> None:
    """Modules of one floor do not import each other in a circle."""
    graph = {name: ours(imported(tree)) - {name} for name, tree in modules().items()}
    graph.pop("__init__")
    while graph:
        free = [name for name, needs in graph.items() if not needs & set(graph)]
        assert free, f"these import each other: {sorted(graph)}"
        for name in free:
            del graph[name]


def loaded_after(pytester: pytest.Pytester, *arguments: str, kind: str = "LOADED") -> list[str]:
    """Run pytest in a process of its own and return which heavy modules it has loaded.

    With `kind` "OURS", return which of the package's.
    """
    pytester.makepyfile(
        probe="""
        import sys
        def pytest_unconfigure(config):
            heavy = ("tensorflow", "keras", "numpy", "PIL", "allure", "pytest_html")
            print("LOADED", *[name for name in heavy if name in sys.modules])
            print("OURS", *[name for name in sys.modules if name.startswith("pytest_imgsim.")])
        """
    )
    # Neighbours such as pytest-regressions may import numpy by themselves.
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "pytest_imgsim.plugin", "-p", "probe", *arguments],
        env={"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(pytester.path)},
        cwd=pytester.path,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith(kind)]
    assert len(lines) == 1, result.stdout + result.stderr
    return lines[0].split()[1:]


def test_help_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """`pytest --help` imports neither numpy nor Pillow nor TensorFlow."""
    assert loaded_after(pytester, "--help") == []


def test_a_run_without_visual_tests_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """A suite that compares nothing pays for nothing."""
    pytester.makepyfile(test_plain="def test_a(): pass\ndef test_b(): assert False")
    assert loaded_after(pytester) == []


def test_a_run_without_visual_tests_loads_little_of_ours(pytester: pytest.Pytester) -> None:
    """Other suites of the environment load the hooks and the options alone."""
    pytester.makepyfile(test_plain="def test_a(): pass")
    names = {
        "collector",
        "errors",
        "heard",
        "options",
        "parsers",
        "plugin",
        "process",
        "run",
        "settings",
    }
    loaded = loaded_after(pytester, kind="OURS")
    assert {name.removeprefix("pytest_imgsim.") for name in loaded} == names


def test_a_controller_without_questions_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """What xdist's workers compare among themselves leaves the process above them alone."""
    baseline = pytester.path / "baselines/test_pixels/test_a.png"
    baseline.parent.mkdir(parents=True)
    baseline.write_bytes(encoded(Image.fromarray(flat(8, 8)), "PNG", compress_level=0))
    (pytester.path / "page.png").write_bytes(png(flat(8, 8)))
    pytester.makepyfile(test_pixels="def test_a(assert_similar): assert_similar('page.png')")
    assert loaded_after(pytester, "-p", "xdist.plugin", "-n1") == []
    results = (pytester.path / "imgsim-results/results.json").read_text()
    assert '"verdict": "equal"' in results


def test_equal_bytes_load_nothing_heavy(pytester: pytest.Pytester) -> None:
    """Files that equal their baselines to the byte are compared without numpy and Pillow."""
    picture = pytester.path / "page.png"
    picture.write_bytes(png(flat(8, 8)))
    pytester.makepyfile(
        test_files="""
        def test_path(assert_similar): assert_similar("page.png")
        def test_bytes(assert_similar):
            with open("page.png", "rb") as stream: assert_similar(stream.read(), "again")
        """
    )
    for name in ("test_path", "test_bytes/again"):
        baseline = pytester.path / f"baselines/test_files/{name}.png"
        baseline.parent.mkdir(parents=True, exist_ok=True)
        baseline.write_bytes(picture.read_bytes())
    assert loaded_after(pytester) == []
    results = (pytester.path / "imgsim-results/results.json").read_text()
    assert results.count('"verdict": "equal"') == 2


def test_a_failure_needs_no_reports_of_others(pytester: pytest.Pytester) -> None:
    """What has to be looked at imports neither Allure nor pytest-html where they are not in use."""
    (pytester.path / "page.png").write_bytes(png(flat(8, 8)))
    pytester.makepyfile(test_new="def test_a(assert_similar): assert_similar('page.png')")
    assert loaded_after(pytester) == ["numpy", "PIL"]
    assert (pytester.path / "imgsim-results/test_new/test_a.actual.png").is_file()


def test_200_equal_screenshots_load_no_model(pytester: pytest.Pytester) -> None:
    """A suite of 200 pictures that are equal to the byte never imports TensorFlow."""
    pytester.makepyfile(
        test_many="""
        import io, pytest
        from PIL import Image
        @pytest.mark.parametrize("n", range(200))
        def test_a(assert_similar, n):
            out = io.BytesIO()
            Image.new("RGB", (64, 64), (n, 0, 0)).save(out, "PNG")
            assert_similar(out.getvalue())
        """
    )
    assert "tensorflow" not in loaded_after(pytester, "--update-baselines")
    assert len(list(pytester.path.glob("baselines/**/*.png"))) == 200
    assert "tensorflow" not in loaded_after(pytester)
    results = (pytester.path / "imgsim-results/results.json").read_text()
    assert results.count('"verdict": "equal"') == 200


@pytest.mark.parametrize(
    ("baselines", "results"), [("baselines", "imgsim-results"), ("suite", "out"), ("kept", "suite")]
)
def test_our_pictures_are_not_searched_for_tests(
    pytester: pytest.Pytester, baselines: str, results: str
) -> None:
    """Plugins are not asked about baselines and results; a test in one of the folders runs."""
    for name in (f"{baselines}/t/a.png", "data/b.png", f"{results}/t/c.png", "suite/test_plain.py"):
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def test_a(): pass" if path.suffix == ".py" else "")
    pytester.makeconftest(
        """
        def pytest_collect_file(file_path):
            print("ASKED", file_path.name)
        """
    )
    result = pytester.runpytest_subprocess(
        "-s", f"--imgsim-baselines={baselines}", f"--imgsim-report={results}"
    )
    result.assert_outcomes(passed=1)
    asked = {line.split()[1] for line in result.outlines if line.startswith("ASKED")}
    assert asked & {"a.png", "b.png", "c.png", "test_plain.py"} == {"b.png", "test_plain.py"}

"""What must cost nothing: runs without a visual test, and runs in which every picture is equal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from fakes import encoded, flat, png
from PIL import Image


class Loaded(NamedTuple):
    """Modules that a run has imported.

    Parameters
    ----------
    heavy : list of str
        Packages of others that cost time.
    ours : set of str
        Modules of this package, without its name.
    """

    heavy: list[str]
    ours: set[str]


def loaded_after(pytester: pytest.Pytester, *arguments: str) -> Loaded:
    """Run pytest in a process of its own and return what it has imported."""
    pytester.makepyfile(
        probe="""
        import sys
        def pytest_unconfigure(config):
            heavy = ("tensorflow", "keras", "numpy", "PIL", "allure", "pytest_html")
            print("HEAVY", *[name for name in heavy if name in sys.modules])
            print("OURS", *[name for name in sys.modules if name.startswith("pytest_imgsim.")])
        """
    )
    # Neighbours such as pytest-regressions may import numpy by themselves.
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "pytest_imgsim.plugin.hooks",
            "-p",
            "probe",
            *arguments,
        ],
        env={"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(pytester.path)},
        cwd=pytester.path,
        capture_output=True,
        text=True,
        check=False,
    )
    words = [line.split() for line in result.stdout.splitlines()]
    found = {row[0]: row[1:] for row in words if row and row[0] in ("HEAVY", "OURS")}
    assert len(found) == 2, result.stdout + result.stderr
    return Loaded(found["HEAVY"], {name.removeprefix("pytest_imgsim.") for name in found["OURS"]})


def test_help_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """`pytest --help` imports neither numpy nor Pillow nor TensorFlow."""
    assert loaded_after(pytester, "--help").heavy == []


def test_a_run_without_visual_tests_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """A suite that compares nothing pays for nothing."""
    pytester.makepyfile(test_plain="def test_a(): pass\ndef test_b(): assert False")
    assert loaded_after(pytester).heavy == []


def test_a_run_without_visual_tests_loads_little_of_ours(pytester: pytest.Pytester) -> None:
    """Other suites of the environment load the hooks and the options alone."""
    pytester.makepyfile(test_plain="def test_a(): pass")
    names = {
        "_lazy",
        "_version",
        "baselines",
        "checks",
        "errors",
        "files",
        "files.system",
        "parsers",
        "plugin",
        "plugin.controller",
        "plugin.hooks",
        "plugin.inventory",
        "plugin.options",
        "plugin.payload",
        "plugin.state",
        "plugin.workers",
        "model",
        "model.host",
        "results",
        "settings",
    }
    assert loaded_after(pytester).ours == names


def test_a_controller_without_questions_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    """What xdist's workers compare among themselves leaves the process above them alone."""
    baseline = pytester.path / "baselines/test_pixels/test_a.png"
    baseline.parent.mkdir(parents=True)
    baseline.write_bytes(encoded(Image.fromarray(flat(8, 8)), "PNG", compress_level=0))
    (pytester.path / "page.png").write_bytes(png(flat(8, 8)))
    pytester.makepyfile(test_pixels="def test_a(assert_similar): assert_similar('page.png')")
    assert loaded_after(pytester, "-p", "xdist.plugin", "-n1").heavy == []
    results = (pytester.path / "imgsim-results/results.json").read_text()
    assert '"verdict": "equal"' in results


@pytest.fixture
def equal(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite of two screenshots that equal their baselines to the byte."""
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
    return pytester


def test_equal_bytes_load_nothing_heavy(equal: pytest.Pytester) -> None:
    """Files that equal their baselines to the byte are compared without numpy and Pillow."""
    assert loaded_after(equal).heavy == []
    results = (equal.path / "imgsim-results/results.json").read_text()
    assert results.count('"verdict": "equal"') == 2


def test_the_contract_covers_what_such_a_run_loads(equal: pytest.Pytester) -> None:
    """import-linter sees all modules of an all-equal run, also those with lazy names."""
    grimp = pytest.importorskip("grimp", reason="of the dependency group 'lint'")
    api = pytest.importorskip("importlinter.api")
    config = api.read_configuration(str(Path(__file__).parents[2] / "pyproject.toml"))
    [contract] = [each for each in config["contracts_options"] if each.get("id") == "pixels"]
    graph = grimp.build_graph("pytest_imgsim", exclude_type_checking_imports=True, cache_dir=None)
    covered = set()
    for source in contract["source_modules"]:
        for module in {source, *graph.find_descendants(source)}:
            covered |= {module, *graph.find_upstream_modules(module)}
    loaded = {f"pytest_imgsim.{name}" for name in loaded_after(equal).ours}
    assert "pytest_imgsim.checks.session" in loaded
    assert {name for name in loaded - covered if not graph.find_children(name)} == set()


def test_a_failure_needs_no_reports_of_others(pytester: pytest.Pytester) -> None:
    """A failure imports neither Allure nor pytest-html where they are not in use."""
    (pytester.path / "page.png").write_bytes(png(flat(8, 8)))
    pytester.makepyfile(test_new="def test_a(assert_similar): assert_similar('page.png')")
    assert loaded_after(pytester).heavy == ["numpy", "PIL"]
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
    assert "tensorflow" not in loaded_after(pytester, "--update-baselines").heavy
    assert len(list(pytester.path.glob("baselines/**/*.png"))) == 200
    assert "tensorflow" not in loaded_after(pytester).heavy
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

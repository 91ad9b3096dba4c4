"""Options and ini keys: their heading, their rules, and folders elsewhere."""

from __future__ import annotations

import pytest
from suite import Suite


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--imgsim-threshold=x", "--imgsim-threshold: expected a number, got 'x'"),
        ("--imgsim-update=some", "--imgsim-update: expected one of all, changed, missing, none"),
        ("--imgsim-stable-timeout=-1", "--imgsim-stable-timeout: expected a number of seconds"),
        ("--imgsim-max-pixels=0", "1 or more"),
        ("--imgsim-baselines=", "not empty"),
        (
            "--imgsim-weights=resnet",
            "expected 'bundled' or 'imagenet', or a file",
        ),
    ],
)
def test_bad_options_are_usage_errors(suite: Suite, option: str, message: str) -> None:
    """A bad option ends pytest at once, naming it, the rule and the value."""
    result = suite.run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in str(result.stderr)


@pytest.mark.parametrize(("key", "value"), [("threshold", "7"), ("update", "some")])
def test_bad_ini_value_is_a_usage_error(suite: Suite, key: str, value: str) -> None:
    """So does a bad ini value."""
    suite.pytester.makeini(f"[pytest]\nimgsim_{key} = {value}")
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ini imgsim_{key}: expected" in str(result.stderr)


def test_folders_can_be_elsewhere(suite: Suite) -> None:
    """Baselines and results go where the options say."""
    suite.pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\nimgsim_baselines = "shots"\nimgsim_report = "out/visual"\n'
    )
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    result = suite.run()
    assert (suite.path / "out/visual/test_page/test_a.actual.png").is_file()
    result.stdout.fnmatch_lines(["*accept --report out/visual test_page/test_a"])
    suite.run("--update-baselines")
    assert (suite.path / "shots/test_page/test_a.png").is_file()


def test_help_has_all_options_under_one_heading(suite: Suite) -> None:
    """Every option and ini key stands in pytest --help."""
    text = str(suite.run("--help").stdout)
    heading = text.index("visual regression testing (pytest-imgsim)")
    for option in ("update", "threshold", "baselines", "report", "weights", "template"):
        assert heading < text.index(f"--imgsim-{option}=")
        assert f"imgsim_{option} (" in text
    assert heading < text.index("--update-baselines")
    markers = str(suite.run("--markers").stdout)
    assert "@pytest.mark.imgsim(threshold=None" in markers


@pytest.mark.parametrize("folder", [".", "baselines", ".."])
def test_results_are_not_mixed_with_other_files(here: Suite, folder: str) -> None:
    """A results folder that holds the suite or its baselines is refused, and nothing is swept."""
    before = here.baselines()
    result = here.run(f"--imgsim-report={folder}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "expected a folder for results alone" in str(result.stderr)
    assert here.baselines() == before

"""The warn threshold, as a test suite, a CI job and the command line see it."""

from __future__ import annotations

import re

import pytest
from suite import Suite

from pytest_imgsim.cli import main

PLAIN = "def test_a(assert_similar): assert_similar(picture())\n"
#: Passes with a score of a little less than 1.
NEAR = "def test_a(assert_similar): assert_similar(picture(colour=(255, 255, 240)){argument})\n"


@pytest.fixture
def here(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Give a suite with a baseline that its picture nearly matches, as the current folder."""
    monkeypatch.chdir(suite.path)
    suite.write(PLAIN)
    suite.run("--update-baselines")
    suite.write(NEAR.format(argument=""))
    return suite


def test_a_warning_passes_and_is_listed(here: Suite, mode: tuple[str, ...]) -> None:
    """The test passes; summary, JUnit and page show a warning of its own."""
    result = here.run("--imgsim-warn-threshold=0.9999", "--junitxml=out.xml", *mode)
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    result.stdout.re_match_lines(
        [
            r"=+ imgsim: 1 compared, 1 warned =+",
            r"0\.99\d\d +0\.9999 +warned +test_a +test_page/test_a +\d+x\d+ at .*",
            r"pictures of 1 warning in imgsim-results/; accept:",
            r"  python -m pytest_imgsim accept test_page/test_a",
        ]
    )
    assert 'verdict" value="warned"' in (here.path / "out.xml").read_text()
    for kind in ("actual", "baseline", "diff", "filled", "heat"):
        assert (here.path / f"imgsim-results/test_page/test_a.{kind}.png").is_file()


def test_off_by_default(here: Suite) -> None:
    """Without a warn threshold nothing warns, and nothing is kept of what passes."""
    here.run().assert_outcomes(passed=1)
    assert here.verdicts() == {"test_page/test_a": "passed"}
    assert not list(here.path.glob("imgsim-results/**/*.png"))


@pytest.mark.parametrize(
    ("ini", "line", "marker", "argument", "verdict"),
    [
        ("0.9999", None, None, None, "warned"),
        (None, "0.9999", None, None, "warned"),
        ("0.9999", "off", None, None, "passed"),
        (None, None, "0.9999", None, "warned"),
        (None, "0.9999", "'off'", None, "passed"),
        (None, None, None, "0.9999", "warned"),
        (None, None, "0.9999", "'off'", "passed"),
    ],
)
def test_where_it_is_given(
    here: Suite, ini: str | None, line: str | None, marker: str | None, argument: str | None,
    verdict: str,
) -> None:  # fmt: skip
    """Argument > marker > command line > ini, and 'off' over what a lower one says."""
    if ini:
        here.pytester.makeini(f"[pytest]\nimgsim_warn_threshold = {ini}")
    decorator = f"@pytest.mark.imgsim(warn_threshold={marker})\n" if marker else ""
    call = f", warn_threshold={argument}" if argument else ""
    here.write(decorator + NEAR.format(argument=call))
    here.run(*([f"--imgsim-warn-threshold={line}"] if line else []))
    assert here.verdicts() == {"test_page/test_a": verdict}


def test_below_the_threshold_is_a_usage_error(suite: Suite) -> None:
    """For a whole run it ends pytest at once, with both settings named."""
    result = suite.run("--imgsim-threshold=0.97", "--imgsim-warn-threshold=0.95")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    message = (
        "--imgsim-warn-threshold: expected 'off' or no score below the threshold, 0.97 "
        "(--imgsim-threshold), got 0.95"
    )
    assert message in str(result.stderr)


def test_below_the_threshold_of_a_marker(here: Suite, mode: tuple[str, ...]) -> None:
    """For one test it fails that test alone."""
    here.write("@pytest.mark.imgsim(threshold=0.98)\n" + PLAIN + PLAIN.replace("_a", "_b"))
    result = here.run("--imgsim-warn-threshold=0.95", "--imgsim-update=missing", *mode)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*0.98 (@pytest.mark.imgsim(threshold=...)), got 0.95*"])


def test_updates_leave_warnings(here: Suite, mode: tuple[str, ...]) -> None:
    """--update-baselines writes what fails; a warning passes, and stays one."""
    before = here.baselines()
    here.run("--imgsim-warn-threshold=0.9999", "--update-baselines", *mode)
    assert (here.verdicts(), here.baselines()) == ({"test_page/test_a": "warned"}, before)


def test_accept_takes_a_warning_by_name(here: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    """--all is for mismatches, as --update-baselines is; a name accepts the new look."""
    before = here.baselines()
    here.run("--imgsim-warn-threshold=0.9999")
    assert main(["accept", "--all"]) == 0
    assert capsys.readouterr().out.endswith("nothing to accept\n")
    assert here.baselines() == before
    assert main(["accept"]) == 2
    assert "test_page/test_a" in capsys.readouterr().err
    assert main(["accept", "test_a"]) == 0
    here.run("--imgsim-warn-threshold=0.9999")
    assert here.verdicts() == {"test_page/test_a": "equal"}


def test_github_counts_warnings(
    here: Suite, mode: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job's summary page counts warnings and has a row for each."""
    target = here.path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    here.run("--imgsim-warn-threshold=0.9999", *mode)
    text = target.read_text()
    assert text.startswith("### imgsim: 1 compared, 1 warned\n")
    assert re.search(r"^\| 0\.99\d\d \| 0\.9999 \| warned \| test\\_a \|", text, re.MULTILINE)

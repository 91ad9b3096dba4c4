"""Variants, as a test suite and the command line see them."""

from __future__ import annotations

import pytest
from suite import TWO, Suite

from pytest_imgsim.cli import main

OTHER = TWO.replace("(40, 40)", "(80, 40)")


def test_both_pictures_pass(
    here: Suite, mode: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Once accepted as a variant, a picture passes, and so does the one before."""
    before = here.baselines()
    here.write(OTHER)
    here.run(*mode).assert_outcomes(passed=1, failed=1)
    assert main(["accept", "test_b", "--variant"]) == 0
    assert "accepted baselines/test_page/test_b~2.png\n" in capsys.readouterr().out
    assert here.baselines().items() >= before.items()
    result = here.run(*mode)
    result.assert_outcomes(passed=2)
    result.stdout.re_match_lines([r"1\.0000 +0\.6 +equal +test_b +test_page/test_b +variant 2"])
    numbers = {name: record["variant"] for name, record in here.records().items()}
    assert numbers == {"test_page/test_a": 1, "test_page/test_b": 2}
    assert here.results()["orphans"] == []
    here.write(TWO)
    here.run(*mode).assert_outcomes(passed=2)


def test_trim_takes_variants_with_their_name(
    here: Suite, mode: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A variant is an orphan when no test has its name, and not before."""
    here.write(OTHER)
    here.run()
    main(["accept", "test_b", "--variant"])
    here.write("def test_a(assert_similar): assert_similar(picture())")
    here.run(*mode)
    capsys.readouterr()
    assert main(["trim", "--delete"]) == 0
    *gone, _ = capsys.readouterr().out.splitlines()
    assert gone == ["baselines/test_page/test_b.png", "baselines/test_page/test_b~2.png"]
    assert list(here.baselines()) == ["test_page/test_a.png"]


def test_failures_name_the_nearest_variant(here: Suite, mode: tuple[str, ...]) -> None:
    """A failure says which of several pictures it was compared with, here and on the page."""
    here.write(OTHER)
    here.run()
    main(["accept", "test_b", "--variant"])
    here.write(OTHER.replace("(80, 40))", "(80, 40), colour=(255, 255, 254)), threshold=1"))
    result = here.run(*mode)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["  baseline   baselines/test_page/test_b.png (variant 2)"])
    assert '"variant": 2' in (here.path / "imgsim-results/report.html").read_text()

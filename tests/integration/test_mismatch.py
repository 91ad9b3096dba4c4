"""How a picture that is not what it should be fails its test."""

from __future__ import annotations

import pytest
from suite import Suite


def test_missing_baseline_fails_and_keeps_the_picture(suite: Suite, mode: tuple[str, ...]) -> None:
    """Without a baseline a test fails, writes none, and says how to create one."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    result = suite.run(*mode)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_page/test_a: no baseline yet",
            "*pytest --update-baselines*",
            "*python -m pytest_imgsim accept test_page/test_a",
        ]
    )
    assert not (suite.path / "baselines").exists()
    assert (suite.path / "imgsim-results/test_page/test_a.actual.png").is_file()
    assert suite.verdicts() == {"test_page/test_a": "missing"}


@pytest.mark.parametrize(
    ("file", "arguments", "reason"),
    [
        ("notes.txt", ["."], "*{root}/sub, the folder that the current folder and the arg*"),
        (
            "setup.py",
            ["."],
            "*{root}, the folder that has the nearest setup.py: there is no ini*",
        ),
        ("notes.txt", ["--rootdir=.", "sub"], "*rootdir *{root}, from --rootdir"),
        ("pytest.ini", ["."], None),
    ],
)
def test_a_missing_baseline_names_the_rootdir(
    suite: Suite,
    mode: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    arguments: list[str],
    reason: str | None,
) -> None:
    """Where no ini file says which it is, it may be a subfolder, in which there are none."""
    (suite.path / "sub").mkdir()
    text = "import numpy\ndef test_a(assert_similar): assert_similar(numpy.zeros((8, 8)))"
    (suite.path / "sub" / "test_page.py").write_text(text)
    (suite.path / file).write_text("[pytest]\n" if file == "pytest.ini" else "")
    if arguments == ["."]:
        monkeypatch.chdir(suite.path / "sub")
    result = suite.run(*arguments, *mode)
    result.assert_outcomes(failed=1)
    if reason is None:
        result.stdout.no_fnmatch_line("  rootdir *")
    else:
        result.stdout.fnmatch_lines([reason.format(root=suite.path.as_posix())])


def test_a_mismatch_is_an_assertion_error(suite: Suite) -> None:
    """Tests that expect one can say so in pytest's ways, and reports show no traceback."""
    suite.write(
        """
        def test_raises(assert_similar):
            with pytest.raises(AssertionError, match="no baseline yet"):
                assert_similar(picture())
        def test_fails(assert_similar):
            with pytest.raises(pytest.fail.Exception):
                assert_similar(picture())
        @pytest.mark.xfail(raises=AssertionError, strict=True)
        def test_xfail(assert_similar): assert_similar(picture())
        def test_plain(assert_similar): assert_similar(picture())
        """
    )
    result = suite.run("-p", "no:xdist")
    result.assert_outcomes(passed=2, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED test_page.py::test_plain - Mismatch: test_page/test_pl*"])
    result.stdout.no_fnmatch_line("*Error*")


def test_message_of_a_mismatch(suite: Suite, mode: tuple[str, ...]) -> None:
    """The message has score, threshold and its origin, region, sizes, pictures and next step."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines")
    suite.write("def test_a(assert_similar): assert_similar(picture((64, 48)))")
    result = suite.run(*mode)
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [
            r"test_page/test_a: looks different, -?\d\.\d{4} < 0\.6",
            r"  score +-?\d\.\d{4} in the worst region.*",
            r"  threshold +0\.6 \(default\)",
            r"  worst at +16x16 at \(64, 48\)",
            r"  global +\d\.\d{4} .*",
            r"  pixels +1\.667 % differ, SSIM 0\.\d{4}",
            r"  size +160 x 96, both",
            r"  baseline +baselines/test_page/test_a\.png",
            r"  actual +imgsim-results/test_page/test_a\.actual\.png",
            r"  diff +imgsim-results/test_page/test_a\.diff\.png",
            r"  filled +imgsim-results/test_page/test_a\.filled\.png",
            r"  accept it +python -m pytest_imgsim accept test_page/test_a",
        ]
    )
    for kind in ("actual", "baseline", "diff", "filled"):
        assert (suite.path / f"imgsim-results/test_page/test_a.{kind}.png").is_file()
    assert (suite.path / "imgsim-results/.gitignore").read_text() == "*\n"


def test_size_change_fails_with_both_sizes(suite: Suite) -> None:
    """A picture of another size fails whatever the threshold is, and is drawn aligned."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines")
    suite.write("def test_a(assert_similar): assert_similar(picture(size=(160, 120)), None, 0.0)")
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*size*160 x 120, expected 160 x 96", "*160x96 -> 160x120*"])
    assert (suite.path / "imgsim-results/test_page/test_a.diff.png").is_file()

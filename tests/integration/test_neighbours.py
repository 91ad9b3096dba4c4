"""Beside other plugins: all of them start, and each works as if it were alone."""

from __future__ import annotations

from suite import Suite


def test_co_installed(suite: Suite, mode: tuple[str, ...]) -> None:
    """A suite that uses the neighbours' fixtures and ours runs with all of them."""
    suite.write(
        """
        def test_syrupy(snapshot): assert "a" == snapshot
        def test_regressions(image_regression, data_regression): data_regression.check({"a": 1})
        def test_ours(assert_similar): assert_similar(picture())
        """
    )
    # In a process of its own: soft assertions of pytest-playwright do not nest.
    run, common = suite.pytester.runpytest_subprocess, ("-pfake_plugin", "-Werror", *mode)
    first = run("--update-baselines", "--snapshot-update", "--regen-all", *common)
    assert first.ret == 0
    reports = ("--html=report.html", "--self-contained-html", "--alluredir=allure")
    result = run("--reruns=1", *reports, *common)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*1 snapshot passed.*"])
    result.stdout.fnmatch_lines(["*imgsim: 1 compared, 1 equal*"])
    for plugin in (
        "syrupy", "regressions", "playwright", "rerunfailures", "html", "allure-pytest", "imgsim"
    ):  # fmt: skip
        result.stdout.fnmatch_lines([f"plugins:*{plugin}-*"])

"""Beside other plugins: they all start, and each works as if alone."""

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
    first = suite.pytester.runpytest_subprocess(
        "-p", "fake_plugin", "--update-baselines", "--snapshot-update", "--regen-all", *mode
    )
    assert first.ret == 0
    result = suite.pytester.runpytest_subprocess("-p", "fake_plugin", "--reruns=1", *mode)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*1 snapshot passed.*"])
    result.stdout.fnmatch_lines(["*imgsim: 1 compared, 1 equal*"])
    for plugin in ("syrupy", "regressions", "playwright", "rerunfailures", "imgsim"):
        result.stdout.fnmatch_lines([f"plugins:*{plugin}-*"])

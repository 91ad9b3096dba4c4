"""What the reports of pytest-html and Allure show of the comparisons to review."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any

import pytest
from suite import Suite

SUITE = """
def test_changed(assert_similar): assert_similar(picture({mark}))
def test_size(assert_similar): assert_similar(picture(size=(160, {height})))
def test_warned(assert_similar): assert_similar(picture({mark}), None, 0, warn_threshold=1)
def test_equal(assert_similar): assert_similar(picture())
"""
NEW = "def test_missing(assert_similar): assert_similar(picture())\n"
LINES = {
    "test_changed": r"failed, score \d\.\d{4}, threshold 0\.6 \(default\)",
    "test_size": r"size changed, threshold 0\.6 \(default\), size 160 x 120, expected 160 x 96",
    "test_warned": r"warned, score \d\.\d{4}, threshold 0 \(assert_similar\(threshold=...\)\), "
    r"warns below 1",
    "test_missing": r"missing, threshold 0\.6 \(default\)",
}
#: The pictures of each comparison.
SHOWN = {
    name: ["actual"] if name == "test_missing" else ["diff", "baseline", "actual"] for name in LINES
}


@pytest.fixture
def changed(suite: Suite) -> Suite:
    """A suite with one comparison of each kind to review, and one that passes."""
    suite.write(SUITE.format(mark="(8, 40)", height=96))
    suite.run("--update-baselines")
    suite.write(SUITE.format(mark="(80, 40)", height=120) + NEW)
    return suite


def kept(suite: Suite, name: str, kind: str) -> bytes:
    """Return a picture of the results folder."""
    return (suite.path / f"imgsim-results/test_page/{name}.{kind}.png").read_bytes()


def html_extras(suite: Suite) -> dict[str, list[dict[str, Any]]]:
    """Return what pytest-html's page shows of each test, by the test's name."""
    text = (suite.path / "report.html").read_text(encoding="utf-8")
    match = re.search(r'data-jsonblob="([^"]*)"', text)
    assert match is not None
    tests: dict[str, list[dict[str, Any]]] = json.loads(html.unescape(match[1]))["tests"]
    return {node.partition("::")[2]: runs[-1]["extras"] for node, runs in tests.items()}


def html_picture(suite: Suite, extra: dict[str, Any]) -> bytes:
    """Return a picture of pytest-html's page, embedded or beside it."""
    content: str = extra["content"]
    if content.startswith("data:image/png;base64,"):
        return base64.b64decode(content.partition(",")[2], validate=True)
    return (suite.path / content).read_bytes()


@pytest.mark.parametrize("options", [(), ("--self-contained-html",)])
def test_pytest_html(changed: Suite, mode: tuple[str, ...], options: tuple[str, ...]) -> None:
    """Its page shows score, threshold and pictures, embedded if the page is to be one file."""
    result = changed.run("--html=report.html", *options, *mode)
    result.assert_outcomes(failed=3, passed=2, warnings=0)
    seen = html_extras(changed)
    assert seen.pop("test_equal") == []
    assert set(seen) == set(LINES)
    for name, (line, *pictures) in seen.items():
        line_of = rf"<p>test_page/{name}: {LINES[name]}</p>"
        assert re.fullmatch(line_of, line["content"])
        assert [extra["name"] for extra in pictures] == [
            f"test_page/{name}: {kind}" for kind in SHOWN[name]
        ]
        for extra, kind in zip(pictures, SHOWN[name], strict=True):
            assert html_picture(changed, extra) == kept(changed, name, kind)
            assert extra["content"].startswith("data:") is bool(options)


def test_pytest_html_keeps_extras_of_others(suite: Suite) -> None:
    """What a test adds itself stays, and names are escaped."""
    suite.write(
        """
        import pytest_html
        def test_a(assert_similar, extras):
            extras.append(pytest_html.extras.text("mine"))
            assert_similar(picture(), "a&lt")
        """
    )
    suite.run("--html=report.html", "--self-contained-html")
    mine, line, _ = html_extras(suite)["test_a"]
    assert mine["name"] == "Text"
    assert "test_a/a&amp;lt: missing" in line["content"]


def allure_tests(suite: Suite) -> dict[str, list[dict[str, str]]]:
    """Return the attachments of each test, by the test's name."""
    results = (suite.path / "allure").glob("*-result.json")
    tests = [json.loads(path.read_text(encoding="utf-8")) for path in results]
    return {test["name"]: test.get("attachments", []) for test in tests}


def test_allure(changed: Suite, mode: tuple[str, ...]) -> None:
    """Its results have score, threshold and pictures, and all three as a screen diff."""
    changed.run("--alluredir=allure", *mode)
    seen = allure_tests(changed)
    assert seen.pop("test_equal") == []
    assert set(seen) == set(LINES)
    for name, attached in seen.items():
        source = {each["name"]: changed.path / "allure" / each["source"] for each in attached}
        pictures = [f"test_page/{name}: {kind}" for kind in SHOWN[name]]
        compared = [f"test_page/{name}: screen diff"] * (len(pictures) == 3)
        assert list(source) == [f"test_page/{name}: score", *pictures, *compared]
        line = source[f"test_page/{name}: score"].read_text(encoding="utf-8")
        assert re.fullmatch(f"test_page/{name}: {LINES[name]}", line)
        for title, kind in zip(pictures, SHOWN[name], strict=True):
            assert source[title].read_bytes() == kept(changed, name, kind)
        for title in compared:
            parts = json.loads(source[title].read_text(encoding="utf-8"))
            files = [base64.b64decode(text.partition(",")[2]) for text in parts.values()]
            assert list(parts) == ["expected", "actual", "diff"]
            assert files == [kept(changed, name, kind) for kind in ("baseline", "actual", "diff")]
            assert attached[-1]["type"] == "application/vnd.allure.image.diff"
            assert source[title].suffix == ".imagediff"


def test_allure_step(suite: Suite) -> None:
    """A comparison within a step is attached to that step."""
    suite.write(
        """
        import allure
        def test_a(assert_similar):
            with allure.step("look"): assert_similar(picture())
        """
    )
    suite.run("--alluredir=allure")
    [path] = (suite.path / "allure").glob("*-result.json")
    [step] = json.loads(path.read_text(encoding="utf-8"))["steps"]
    names = [each["name"] for each in step["attachments"]]
    assert names == ["test_page/test_a: score", "test_page/test_a: actual"]


@pytest.mark.parametrize("blocked", ["html", "allure_pytest"])
def test_without_them(changed: Suite, blocked: str) -> None:
    """With one of them disabled, the other and the run are unchanged."""
    other = "--alluredir=allure" if blocked == "html" else "--html=report.html"
    changed.run(f"-pno:{blocked}", other).assert_outcomes(failed=3, passed=2)
    assert set(html_extras(changed) if blocked != "html" else allure_tests(changed)) > set(LINES)


def test_nothing_where_no_report_is_written(changed: Suite) -> None:
    """Installed, but without a report to write, they get nothing."""
    changed.run().assert_outcomes(failed=3, passed=2)
    assert not (changed.path / "report.html").exists()
    assert not (changed.path / "allure").exists()


def test_a_check_that_raises_attaches_nothing(suite: Suite, mode: tuple[str, ...]) -> None:
    """A check without a verdict has no picture; the report shows the error."""
    suite.write("def test_a(assert_similar): assert_similar(b'')")
    suite.run("--html=report.html", "--alluredir=allure", *mode).assert_outcomes(failed=1)
    assert allure_tests(suite) == {"test_a": []}
    assert html_extras(suite) == {"test_a": []}

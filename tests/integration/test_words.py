"""Changes in words and in groups, and flaky ones: in the terminal and in results.json."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from suite import Suite

#: A page of a name with a header; marked, moved down and so on by the test that fails.
PAGES = """
import os
from pathlib import Path
NAMES = ["home", "cart", "orders"]

def shop(name, header=(30, 60, 160), down=0, width=160):
    out = np.full((160, width, 3), 255, np.uint8)
    out[8:24, 8:40] = header
    rng = np.random.default_rng(sum(map(ord, name)))
    body = rng.integers(0, 2, (100, 120, 1), np.uint8).repeat(3, 2) * 200
    out[40 + down:140 + down, 20:140] = body
    return out

@pytest.mark.parametrize("name", NAMES)
def test_a(assert_similar, name):
    assert_similar(shop(name, **CHANGE))
"""


def change(suite: Suite, **values: object) -> None:
    """Write the suite with the pages as `shop` draws them with `values`."""
    suite.write(f"CHANGE = {values!r}\n{PAGES}")


@pytest.fixture
def pages(suite: Suite) -> Suite:
    """A suite of three pages with their baselines."""
    change(suite)
    suite.run("--update-baselines")
    return suite


def test_the_same_change_on_all_pages(pages: Suite, mode: tuple[str, ...]) -> None:
    """A header in another colour has its word everywhere, and is one change on three pages."""
    change(pages, header=(200, 30, 30))
    result = pages.run(*mode)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "*  worst at   32x16 at (8, 8): recoloured",
            "*failed*32x16 at (8, 8): recoloured",
            "3 of 3 show the same change: 32x16 at (8, 8): recoloured",
        ]
    )
    records = pages.records().values()
    assert {record["regions"][0]["kind"] for record in records} == {"recoloured"}
    assert len({record["fingerprint"] for record in records}) == 1


def test_a_push_is_one_finding(pages: Suite, mode: tuple[str, ...]) -> None:
    """What was pushed down by 12 pixels is one region, and few pixels, not most of them."""
    change(pages, down=12)
    result = pages.run(*mode)
    words = "120x* at (20, *): moved down by 12 px"
    result.stdout.fnmatch_lines([f"*  worst at   {words}", f"3 of 3 show the same change: {words}"])
    for record in pages.records().values():
        [region] = record["regions"]
        assert (region["kind"], region["dx"], region["dy"]) == ("moved", 0, 12)
        assert region["score"] == record["score"]
        assert record["pixel_difference"] < 0.1


def test_what_a_score_is_made_of(pages: Suite) -> None:
    """The cosine and the weight of the worst region stand below its score, and in results.json."""
    change(pages, header=(200, 30, 30))
    result = pages.run()
    result.stdout.re_match_lines(
        [
            r"  score +0\.\d{4} in the worst region \(1 is identical\)",
            r" {13}cosine -?0\.\d{4}, weighted \d\.?\d*: same renderer",
            r"  threshold .*",
        ]
    )
    for record in pages.records().values():
        [region] = record["regions"]
        # The fake model's features may be negative, and so may its cosines.
        assert -1 <= region["cosine"] < 1 < region["weight"] <= 3
        assert region["reason"] == "same renderer"


def test_a_lone_caret(suite: Suite, picture: Callable[..., Any]) -> None:
    """A caret fails at threshold 1 only; its rule is named, and the model is not asked."""
    suite.write("def test_a(assert_similar): assert_similar('now.png', 'a', 1)")
    suite.put("now.png", picture())
    suite.run("--update-baselines")
    page = picture()
    page[40:56, 30] = 0
    suite.put("now.png", page)
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["  score      0.9900 in the worst region*", " " * 13 + "text caret"]
    )
    result.stdout.no_fnmatch_line("*cosine*")
    result.stdout.no_fnmatch_line("  global *")
    [record] = suite.records().values()
    assert (record["score"], record["global_score"], record["model"]) == (0.99, None, None)
    [region] = record["regions"]
    assert [region[key] for key in ("cosine", "weight", "reason")] == [None, None, "text caret"]


def test_another_size_in_words(suite: Suite, picture: Callable[..., Any]) -> None:
    """A banner that makes the picture longer is reported as that, without a score."""
    suite.write("def test_a(assert_similar): assert_similar('now.png', 'a')")
    suite.put("now.png", picture())
    suite.run("--update-baselines")
    banner = np.full((20, 160, 3), (200, 30, 30))
    suite.put("now.png", np.concatenate([picture()[:4], banner, picture()[4:]]))
    result = suite.run()
    words = "160x20 at (0, 4): added; what is below moved down by 20 px"
    result.stdout.fnmatch_lines([f"*  change     {words}", "*160x96 -> 160x116: added"])
    [record] = suite.records().values()
    [region] = record["regions"]
    assert (region["score"], region["kind"], region["dy"]) == (None, "added", 20)
    assert record["fingerprint"] != ""


def test_what_passes_on_a_rerun_is_flaky(pages: Suite, mode: tuple[str, ...]) -> None:
    """A check that failed first is listed, with what it showed; one that failed for good is not."""
    pages.write(
        PAGES.replace(
            "    assert_similar(shop(name, **CHANGE))",
            "    first = Path(name).exists()\n"
            "    Path(name).touch()\n"
            "    red = name == 'orders' or (name == 'cart' and not first)\n"
            "    assert_similar(shop(name, **({'header': (200, 30, 30)} if red else {})))",
        )
    )
    result = pages.run("--reruns=1", *mode)
    result.stdout.fnmatch_lines(
        [
            "flaky: test_page/test_a[[]cart]: failed at first, with 32x16 at (8, 8) recoloured, "
            "then passed on a rerun"
        ]
    )
    flaky = {name: record["flaky"] != "" for name, record in pages.records().items()}
    assert flaky == {
        "test_page/test_a[home]": False,
        "test_page/test_a[cart]": True,
        "test_page/test_a[orders]": False,
    }


def test_what_comes_back_is_flaky(pages: Suite, mode: tuple[str, ...]) -> None:
    """A change that was there, was gone, and is back, with one baseline, is flaky in the end."""
    for down, flaky in ((12, False), (0, False), (12, True)):
        change(pages, down=down)
        result = pages.run(*mode)
        if flaky:
            result.stdout.fnmatch_lines(["flaky: test_page/test_a[[]home]: this change was seen *"])
        else:
            result.stdout.no_fnmatch_line("flaky:*")
        assert {record["flaky"] != "" for record in pages.records().values()} == {flaky}


def test_a_history_that_cannot_be_written(pages: Suite) -> None:
    """It is a note, and costs nothing else."""
    (pages.path / "imgsim-results/history.json").mkdir(parents=True)
    change(pages, down=12)
    result = pages.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["the history could not be written:*"])
    assert len(pages.records()) == 3

"""False passes and traps that other visual testing tools have, and this one must not.

The numbers are those of a survey of eight pytest plugins. All pictures go through the real
ResNet50 with its default weights and threshold.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from suite import Suite

pytestmark = pytest.mark.model

SUITE = """
import io, os
from PIL import Image, ImageDraw

NEW = "IMGSIM_TRAP_NEW" in os.environ

def page(size=(1280, 800), boxes=()):
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for place, colour in boxes:
        pen.rectangle(place, fill=colour)
    return image

def test_f1_truncated_render(assert_similar):
    assert_similar(page((200, 10) if NEW else (200, 100)))

def test_f2_small_square_moved(assert_similar):
    x, y = (100, 50) if NEW else (10, 10)
    assert_similar(page(boxes=[((x, y, x + 4, y + 4), "red")]))

def test_f3_alpha_vanishes(assert_similar):
    assert_similar(Image.new("RGBA", (200, 100), (255, 255, 255, 0 if NEW else 255)))

def test_f4_smaller_black(assert_similar):
    assert_similar(Image.new("RGB", (200, 10 if NEW else 100), "black"))

def test_f6_new_box(assert_similar):
    assert_similar(page(boxes=[((600, 300, 620, 320), "red")] if NEW else []))

def test_f7_other_colour(assert_similar):
    assert_similar(Image.new("RGB", (320, 200), "blue" if NEW else "red"))

def test_f9_same_pixels_other_bytes(assert_similar):
    out = io.BytesIO()
    page((64, 64)).save(out, "PNG", compress_level=9 if NEW else 0)
    record = assert_similar(out.getvalue())
    assert record.score == 1.0 or not NEW

@pytest.mark.parametrize("name", ["a/b", "a:b"])
def test_f10_parameters(assert_similar, name):
    assert_similar(page((64, 64), [((9, 9, 20, 20), "red" if name == "a/b" else "blue")]))

def test_f11_two_checks(assert_similar):
    assert_similar(page((64, 64)))
    assert_similar(page((64, 64), [((9, 9, 20, 20), "red")]))

def test_f12_zero_and_one(assert_similar):
    changed = page((64, 64), [((9, 9, 20, 20), "red")] if NEW else [])
    assert assert_similar(changed, "zero", threshold=0).threshold == 0
    assert_similar(changed, "one", threshold=1)
"""

CAUGHT = {
    "test_f1_truncated_render",
    "test_f2_small_square_moved",
    "test_f3_alpha_vanishes",
    "test_f4_smaller_black",
    "test_f6_new_box",
    "test_f7_other_colour",
    "test_f12_zero_and_one",
}


def failed_tests(result: pytest.RunResult) -> set[str]:
    """Return the names of the tests that failed."""
    lines = [line for line in result.outlines if line.startswith("FAILED ")]
    return {line.split("::")[1].split(" ")[0] for line in lines}


def test_traps(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """F1-F4, F6, F7, F9-F12: what changed fails, what is unchanged passes, each with its file."""
    suite.write(SUITE)
    run = suite.pytester.runpytest_subprocess
    run("--update-baselines").assert_outcomes(passed=11)
    run().assert_outcomes(passed=11)
    assert set(suite.verdicts().values()) == {"equal"}
    monkeypatch.setenv("IMGSIM_TRAP_NEW", "1")
    result = run()
    assert failed_tests(result) == CAUGHT
    result.stdout.fnmatch_lines(["*size*200 x 10, expected 200 x 100"])
    regions = {name: record["regions"][:1] for name, record in suite.records().items()}
    (square,) = regions["test_page/test_f2_small_square_moved"]
    assert (square["width"], square["height"]) == (5, 5)
    (box,) = regions["test_page/test_f6_new_box"]
    assert (box["x"], box["y"], box["width"], box["height"]) == (600, 300, 21, 21)


@pytest.mark.parametrize("reruns", [[], ["--reruns=1"]])
def test_f5_f7_ci_never_writes(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, reruns: list[str]
) -> None:
    """F5, F7: in CI a missing or changed baseline fails, again on a rerun, and none is written."""
    for name in ("CI", "GITHUB_ACTIONS", "TF_BUILD"):
        monkeypatch.setenv(name, "true")
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    assert suite.run(*reruns).ret == 1
    assert not (suite.path / "baselines").exists()
    suite.run("--update-baselines")
    before = suite.baselines()
    suite.write("def test_a(assert_similar): assert_similar(255 - picture())")
    assert suite.run(*reruns).ret == 1
    assert suite.baselines() == before


def test_f8_no_switch_turns_the_comparison_off(suite: Suite) -> None:
    """F8: a plain run compares; there is no flag to forget."""
    out = io.BytesIO()
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(out, "PNG")
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines")
    (suite.path / "baselines/test_page/test_a.png").write_bytes(out.getvalue())
    suite.run().assert_outcomes(failed=1)

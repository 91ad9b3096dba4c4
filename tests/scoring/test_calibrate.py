"""The noise of unchanged pages, and the threshold that is proposed for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeModel, flat, noise, png

from pytest_imgsim.cli import main
from pytest_imgsim.errors import PictureError, ResultsError
from pytest_imgsim.record import RegionScore
from pytest_imgsim.report.calibration import lines
from pytest_imgsim.scoring.calibrate import Sample, measure, proposed


def runs(root: Path, *pictures: dict[str, bytes]) -> list[Path]:
    """Write a folder for each run and return them."""
    folders = []
    for number, files in enumerate(pictures):
        folders.append(root / f"run{number}")
        for name, data in files.items():
            path = folders[-1] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folders


def sample(score: float | None, name: str = "a.png") -> Sample:
    """Return a sample with a score."""
    region = RegionScore(8, 16, 24, 32, score) if score else None
    return Sample(name, Path("run1", name), Path("run2", name), score, region)


def test_compares_what_has_one_name_with_the_first_run(tmp_path: Path) -> None:
    """Each further run is compared with the first, lowest scores first; loners do not count."""
    grey, other = flat(64, 64), flat(64, 64)
    other[8:16, 16:24] = (250, 0, 0)
    folders = runs(
        tmp_path,
        {"a.png": png(grey), "deep/b.png": png(grey), "alone.png": png(grey), "notes.txt": b"x"},
        {"a.png": png(grey), "deep/b.png": png(other)},
        {"a.png": png(grey), "new.png": png(grey)},
    )
    found = measure(folders, FakeModel())
    assert (found[0].name, found[0].again) == ("deep/b.png", folders[1] / "deep/b.png")
    assert [s.score == 1.0 for s in found] == [False, True, True]
    assert str(found[0].region) == "8x8 at (16, 8)"


def test_other_sizes_have_no_score_and_come_first(tmp_path: Path) -> None:
    """A page whose size changes between runs is told, not scored."""
    folders = runs(
        tmp_path,
        {"a.png": png(flat(32, 32)), "b.png": png(flat(32, 32))},
        {"a.png": png(flat(32, 32)), "b.png": png(flat(33, 32))},
    )
    assert [(s.name, s.score) for s in measure(folders, FakeModel())] == [
        ("b.png", None),
        ("a.png", 1.0),
    ]


def test_refuses_what_cannot_be_compared(tmp_path: Path) -> None:
    """A missing folder, one run alone, other names and broken files are told."""
    one, two, bad = runs(tmp_path, {"a.png": b"x"}, {"b.png": b"y"}, {"a.png": b"z"})
    with pytest.raises(ResultsError, match="gone: expected a folder"):
        measure([one, tmp_path / "gone"], FakeModel())
    for folders in ([one], [one, two]):
        with pytest.raises(ResultsError, match=r"--imgsim-baselines=run1"):
            measure(folders, FakeModel())
    with pytest.raises(PictureError, match=r"a\.png"):
        measure([one, bad], FakeModel())


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([0.9, 1.0], 0.87), ([0.999], 0.98), ([1.0], None), ([None], None), ([0.5, None], 0.37)],
)
def test_the_proposal_leaves_room(scores: list[float | None], expected: float | None) -> None:
    """The lowest score less a quarter of its distance from 1, in hundredths, at most 0.98."""
    assert proposed([sample(score) for score in scores]) == expected


def test_the_report() -> None:
    """It tells the worst pages, the floor, what the threshold would do, and the line to write."""
    samples = [sample(None, "s.png"), sample(0.8125), sample(0.95), sample(1.0, "b.png")]
    assert list(lines(samples, 0.76, 0.9)) == [
        "3 pages, 4 comparisons:",
        "  other size  run1/s.png and run2/s.png",
        "  0.8125  run1/a.png and run2/a.png, worst at 24x32 at (8, 16)",
        "  0.9500  run1/a.png and run2/a.png, worst at 24x32 at (8, 16)",
        "equal           1",
        "other size      1: these fail at any threshold",
        "noise floor     0.8125 (the lowest score without a change)",
        "threshold 0.9   would fail 1 of 3",
        "proposal        imgsim_threshold = 0.76",
    ]
    assert list(lines([sample(1.0)], None, 0.9))[-1].endswith("keep the default")
    assert list(lines([sample(None)], None, 0.9))[-1].startswith("other size")


def test_many_pages_are_not_all_listed() -> None:
    """Only the ten lowest are."""
    told = list(lines([sample(0.5 + i / 100) for i in range(40)], 0.37, 0.9))
    assert sum(line.startswith("  0.") for line in told) == 10


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal captures need no model; an error has its own exit code."""
    data = png(noise(40, 40))
    folders = runs(tmp_path, {"a.png": data}, {"a.png": data})
    assert main(["calibrate", *map(str, folders)]) == 0
    assert "keep the default" in capsys.readouterr().out
    assert main(["calibrate", str(folders[0])]) == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.model
def test_command_with_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that drifts by a level gets a proposal below its score."""
    page = noise(64, 64) // 2 + 60
    darker = (page.astype(np.int16) - 1).astype(np.uint8)
    folders = runs(tmp_path, {"a.png": png(page)}, {"a.png": png(darker)})
    assert main(["calibrate", *map(str, folders)]) == 0
    out = capsys.readouterr().out
    assert "proposal        imgsim_threshold = 0." in out
    assert "noise floor     0.9" in out

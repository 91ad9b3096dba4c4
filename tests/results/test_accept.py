"""What ``accept`` makes of the results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, a_record, encoded, flat, noise, png
from kept import NEW, folder_of, kept
from PIL import Image

from pytest_imgsim.errors import BaselineError, ResultsError
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.accept import apply, candidates, matching, plan


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with one baseline."""
    made = Bench(tmp_path)
    made.store(png(flat(8, 8)))
    return made


def accept(bench: Bench, *records: Record) -> list[str]:
    acceptances = plan(folder_of(bench), records, bench.root, bench.root / "baselines")
    apply(acceptances, folder_of(bench))
    return [acceptance.shown for acceptance in acceptances]


NAMES = ["t/a/x", "t/a/y", "t/b[1]", "t/b1", "t/c[[]"]
RECORDS = [a_record(name=n, test=f"t.py::{n[2:]}", actual="x.png") for n in NAMES]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["t/a/x"], ["t/a/x"]),
        (["t.py::a/y"], ["t/a/y"]),
        (["t/a/*"], ["t/a/x", "t/a/y"]),
        (["*"], NAMES),
        (["t/b[1]"], ["t/b[1]"]),
        (["t/b[[]1]"], ["t/b[1]"]),
        (["t/b[0-9]"], ["t/b1"]),
        (["t/c[[]"], ["t/c[[]"]),
        (["t.py::b?"], ["t/b1"]),
        (["y"], ["t/a/y"]),
        (["b[1]"], ["t/b[1]"]),
        (["t/b1", "t/b?", "t/a/x"], ["t/b1", "t/a/x"]),
    ],
)
def test_matching(patterns: list[str], expected: list[str]) -> None:
    """A name or test id matches whole, brackets included; otherwise it is a glob."""
    assert [record.name for record in matching(RECORDS, patterns)] == expected


@pytest.mark.parametrize("pattern", ["t/nothing", "T/A/X", "t/z*", "", "a", "/x"])
def test_matching_nothing(pattern: str) -> None:
    """A pattern that matches nothing is an error that lists what there is."""
    with pytest.raises(
        ResultsError, match=r"matches nothing that can be accepted; there is:\n  t/a"
    ):
        matching(RECORDS, ["t/a/x", pattern])


def test_candidates() -> None:
    """A comparison can be accepted if its picture was kept."""
    records = [a_record(), a_record(actual="a.png"), a_record(verdict=Verdict.EQUAL)]
    assert candidates(records) == records[1:2]


def test_accept(bench: Bench) -> None:
    """The kept picture becomes the baseline, byte for byte, also where there was none."""
    first, second = kept(bench), kept(bench, "tests/test_new/test_x")
    assert accept(bench, first, second) == [first.update_path, second.update_path]
    assert bench.baseline.read_bytes() == NEW
    assert (bench.root / second.update_path).read_bytes() == NEW


def test_accept_writes_the_own_path(bench: Bench) -> None:
    """Where the baseline is shared, this platform gets one of its own."""
    before = bench.baseline.read_bytes()
    accept(bench, kept(bench, update_path="baselines/linux/a.png"))
    assert (bench.root / "baselines/linux/a.png").read_bytes() == NEW
    assert bench.baseline.read_bytes() == before


REFUSED = [
    ({"actual_sha256": sha256(b"other")}, ResultsError, "got another one; run that test again"),
    ({"actual_sha256": None}, ResultsError, "got another one"),
    ({"actual": "gone.actual.png"}, ResultsError, "got no file; run that test again"),
    ({"actual": "../../x.png"}, BaselineError, "leads out of"),
    ({"update_path": "outside.png"}, BaselineError, "leads out of .*baselines"),
    ({"update_path": "../x.png", "claimed": False}, BaselineError, "leads out of"),
    ({"update_path": "linked/x.png", "claimed": False}, BaselineError, "remove the symbolic link"),
    ({"update_path": "baselines/x.jpg"}, BaselineError, "cannot be written as .jpg without loss"),
]


@pytest.mark.parametrize(("change", "error", "message"), REFUSED)
def test_nothing_is_written_when_one_is_refused(
    bench: Bench,
    tmp_path_factory: pytest.TempPathFactory,
    change: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    """A stale or missing picture, or a bad target, stops all of the others too."""
    (bench.root / "linked").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    good, bad = kept(bench), kept(bench, "tests/test_new/test_x", **change)
    before = bench.files(), bench.baseline.read_bytes()
    with pytest.raises(error, match=message):
        accept(bench, good, bad)
    assert (bench.files(), bench.baseline.read_bytes()) == before


def test_accept_by_path_outside_of_the_folder(bench: Bench) -> None:
    """A baseline given by its path may lie anywhere below rootdir."""
    accept(bench, kept(bench, update_path="pictures/x.png", claimed=False))
    assert (bench.root / "pictures/x.png").read_bytes() == NEW


def test_accept_a_jpeg(bench: Bench) -> None:
    """A kept picture in the format of its baseline is taken as it is."""
    jpeg = encoded(Image.fromarray(noise(8, 8)), "JPEG")
    record = kept(bench, update_path="baselines/x.jpg", actual_sha256=sha256(jpeg))
    (bench.root / "imgsim-results" / str(record.actual)).write_bytes(jpeg)
    accept(bench, record)
    assert (bench.root / "baselines/x.jpg").read_bytes() == jpeg

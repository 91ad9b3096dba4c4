"""The results folder, and what ``accept`` and ``trim`` make of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, a_record, encoded, flat, noise, png
from PIL import Image

from pytest_imgsim.errors import BaselineError, ResultsError
from pytest_imgsim.files import delete
from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.results.accept import apply, candidates, matching, plan
from pytest_imgsim.results.folder import Results, ResultsFolder
from pytest_imgsim.results.trim import orphans

NEW = png(noise(8, 8))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with one baseline."""
    made = Bench(tmp_path)
    made.store(png(flat(8, 8)))
    return made


def folder_of(bench: Bench) -> ResultsFolder:
    return ResultsFolder(bench.root / "imgsim-results")


def kept(bench: Bench, name: str = "tests/test_shop/test_cart", **changes: Any) -> Record:
    """Keep an actual picture and return its record."""
    path = folder_of(bench).keep(name, "actual", NEW)
    target = f"baselines/{name}.png"
    values = {"name": name, "baseline": target, "update_path": target, "actual": path}
    return a_record(**{**values, "actual_sha256": sha256(NEW), **changes})


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
    """A name or test id is matched exactly, brackets and all; else it is a glob."""
    assert [record.name for record in matching(RECORDS, patterns)] == expected


@pytest.mark.parametrize("pattern", ["t/nothing", "T/A/X", "t/z*", "", "a", "/x"])
def test_matching_nothing(pattern: str) -> None:
    """A pattern for nothing is a mistake, told with all there is."""
    with pytest.raises(
        ResultsError, match=r"matches nothing that can be accepted; there is:\n  t/a"
    ):
        matching(RECORDS, ["t/a/x", pattern])


def test_candidates() -> None:
    """What has kept its picture can be accepted."""
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


@pytest.mark.parametrize(("change", "error", "told"), REFUSED)
def test_nothing_is_written_when_one_is_refused(
    bench: Bench,
    tmp_path_factory: pytest.TempPathFactory,
    change: dict[str, Any],
    error: type[Exception],
    told: str,
) -> None:
    """A stale or missing picture, or a bad target, stops all of the others too."""
    (bench.root / "linked").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    good, bad = kept(bench), kept(bench, "tests/test_new/test_x", **change)
    before = bench.files(), bench.baseline.read_bytes()
    with pytest.raises(error, match=told):
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


def write(bench: Bench, results: Results) -> ResultsFolder:
    folder = folder_of(bench)
    folder.write(results, root=bench.root, version="0")
    return folder


@pytest.mark.parametrize("text", ["plain", "Grüße 日本 🙂", "lone \ud800 surrogate", 'a"\\\n'])
def test_results_round_trip(bench: Bench, text: str) -> None:
    """What was written is read again, with the rootdir, whatever a test is called."""
    results = Results([kept(bench, message=text)], "baselines", ["baselines/x.png"], "stopped")
    assert write(bench, results).read() == (results, bench.root.resolve())


def test_results_in_a_linked_folder(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rootdir is found again where the results folder is a link to another disk."""
    (bench.root / "imgsim-results").symlink_to(tmp_path_factory.mktemp("disk"))
    assert write(bench, Results([a_record()])).read()[1] == bench.root.resolve()


def test_no_results(bench: Bench) -> None:
    """Without a run there is nothing to read, and the message says what to do."""
    with pytest.raises(ResultsError, match="no results here; run pytest first"):
        folder_of(bench).read()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 2}, "expected schema 1"),
        ({"schema": None}, "expected schema 1"),
        ({"records": None}, "not as pytest-imgsim wrote it"),
        ({"records": [{}]}, r"not as pytest-imgsim wrote it \(KeyError: 'verdict'\)"),
        ({"records": [{"verdict": "x"}]}, "not as pytest-imgsim wrote it"),
        ({"baselines": ...}, r"not as pytest-imgsim wrote it \(KeyError: 'baselines'\)"),
        ({"root": ...}, "not as pytest-imgsim wrote it"),
        ({"environment": []}, "not as pytest-imgsim wrote it"),
        ({"root": 5}, "not as pytest-imgsim wrote it"),
    ],
)
def test_results_of_another_version(bench: Bench, change: dict[str, Any], told: str) -> None:
    """Results that are not of this version are refused by the rule that they break."""
    path = write(bench, Results([a_record()])).folder / "results.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), **change}
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not ...}))
    with pytest.raises(ResultsError, match=f"results.json: {told}"):
        folder_of(bench).read()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "cannot be read"),
        (b"", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[]", "schema"),
    ],
)
def test_broken_results(bench: Bench, data: bytes, told: str) -> None:
    """A file that is no JSON object is refused."""
    folder = folder_of(bench)
    folder.folder.mkdir()
    (folder.folder / "results.json").write_bytes(data)
    with pytest.raises(ResultsError, match=f"{told}.*run pytest again"):
        folder.read()


def test_sweep(bench: Bench) -> None:
    """Pictures of earlier runs go, what this run kept stays, and so do foreign files."""
    folder = folder_of(bench)
    old = [folder.keep("t/old/a", kind, NEW) for kind in ("actual", "baseline", "diff", "filled")]
    foreign = ["notes.txt", "t/shot.png", "deep/er/x.json"]
    for name in foreign:
        (folder.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.folder / name).write_bytes(b"")
    (folder.folder / ".imgsim-x.tmp").write_bytes(b"")
    record = kept(bench)
    write(bench, Results([record]))
    assert not [name for name in old if (folder.folder / name).exists()]
    left = {path.relative_to(folder.folder).as_posix() for path in folder.folder.rglob("*.*")}
    assert left == {*foreign, str(record.actual), "results.json", ".gitignore"}
    assert not (folder.folder / "t/old").exists()


def test_sweep_leaves_foreign_folders(bench: Bench) -> None:
    """An empty folder that is not of our making stays."""
    empty = bench.root / "imgsim-results/videos/today"
    empty.mkdir(parents=True)
    write(bench, Results([a_record()]))
    assert empty.is_dir()


def test_results_ignore_themselves(bench: Bench) -> None:
    """Git does not see the folder; a .gitignore that is there already stays."""
    kept(bench)
    ignore = bench.root / "imgsim-results/.gitignore"
    assert ignore.read_bytes() == b"*\n"
    ignore.write_bytes(b"mine")
    write(bench, Results([a_record()]))
    assert ignore.read_bytes() == b"mine"


def test_trim_deletes_what_is_listed(bench: Bench) -> None:
    """Listed files go, with the folders that this empties; neighbours stay."""
    lone = bench.store(NEW).with_name("lone") / "deep/x.png"
    lone.parent.mkdir(parents=True)
    lone.write_bytes(NEW)
    listed = ["baselines/tests/test_shop/lone/deep/x.png", "baselines/gone.png"]
    found = orphans(Results([], "baselines", listed), bench.root)
    assert found == [lone]
    delete(found, bench.root / "baselines")
    assert bench.files() == {"baselines/tests/test_shop/test_cart.png"}
    assert not lone.parent.parent.exists()


def test_trim_keeps_the_folder_of_baselines(bench: Bench) -> None:
    """The folder itself stays when its last file goes."""
    delete([bench.baseline], bench.root / "baselines")
    assert list((bench.root / "baselines").iterdir()) == []


def test_trim_after_a_partial_run(bench: Bench) -> None:
    """A run that left out tests cannot tell what is unused."""
    with pytest.raises(ResultsError, match=r"partial \(-k was given\).*run the whole suite"):
        orphans(Results([], "baselines", ["baselines/a.png"], "-k was given"), bench.root)


@pytest.mark.parametrize("path", ["notes.txt", "../x.png", "baselines/../x.png", "/etc/passwd"])
def test_trim_stays_in_the_folder(bench: Bench, path: str) -> None:
    """Results that name a file elsewhere delete nothing."""
    with pytest.raises(BaselineError, match="leads out of"):
        orphans(Results([], "baselines", [path]), bench.root)

"""Visual tests as one process collects them and reports them to the controller."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import a_record

from pytest_imgsim.plugin.inventory import Inventory, PictureFolders, RunLog
from pytest_imgsim.plugin.payload import PayloadWriter, read_payload
from pytest_imgsim.processes import SharedFlag


def visual(*names: str) -> list[Any]:
    """Return items of tests that ask for the fixture."""
    return [
        SimpleNamespace(nodeid=f"t.py::{name}", fixturenames=["assert_similar"]) for name in names
    ]


def a_report(outcome: str = "passed", **values: Any) -> Any:
    """Return a report of a test's call."""
    return SimpleNamespace(nodeid="t.py::a", when="call", outcome=outcome, **values)


def test_tests_that_are_renamed() -> None:
    """A test goes by its first id, whatever xdist calls it in a group; left out ones go once."""
    inventory = Inventory()
    items = visual("a", "b", "c")
    for item in items:
        inventory.add(item)
    items[0].nodeid += "@group"
    inventory.select(items[:1])
    writer = PayloadWriter(inventory)
    common = {"ran": "t.py::a", "deselected": True}
    first, second = a_report(), a_report()
    writer.attach(items[0], first, None)
    writer.attach(items[0], second, None)
    assert read_payload(first) == {**common, "left_out": ["t.py::b", "t.py::c"]}
    assert read_payload(second) == common


def test_a_record_is_sent_once() -> None:
    """Each report carries the comparisons since the last one; a plain test's carries nothing."""
    writer, records, sent = PayloadWriter(Inventory()), [a_record()], []
    session: Any = SimpleNamespace(records=records, refused=SharedFlag)
    for _ in range(3):
        report = a_report()
        writer.attach(visual("a")[0], report, session)
        sent.append([data["name"] for data in read_payload(report).get("records", [])])
        records.append(a_record(name="later"))
    assert sent == [[a_record().name], ["later"], ["later"]]
    report = a_report()
    PayloadWriter(Inventory()).attach(visual("a")[0], report, None)
    assert not hasattr(report, "imgsim")


def test_a_log_knows_reruns() -> None:
    """A comparison counts as one of a rerun only after its test's report said so."""
    log = RunLog()
    for outcome in ("rerun", "passed"):
        log.add(a_report(outcome), {"records": [{"name": outcome}]})
    assert log.comparisons == [({"name": "rerun"}, False), ({"name": "passed"}, True)]
    assert log.partial == ""


def test_a_log_without_a_payload_is_partial() -> None:
    """A failure that carries nothing, as of a crashed worker, hides which baselines are used."""
    log = RunLog()
    log.add(a_report("failed"), {})
    assert log.partial == "t.py::a ended without reporting its baselines"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("shots/a.png", True), ("shots/a.py", False), ("shots2/a.png", False), ("a.png", False)],
)
def test_picture_folders(tmp_path: Path, path: str, expected: bool) -> None:
    """Only pictures below one of the folders are kept from pytest's collection."""
    folders = PictureFolders([tmp_path / "shots", tmp_path / "out"])
    assert (tmp_path / path in folders) is expected

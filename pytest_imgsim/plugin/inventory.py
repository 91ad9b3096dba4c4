"""Which visual tests there are: as one process collects them, and as all reports of a run say."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_imgsim import baselines

if TYPE_CHECKING:
    from pytest_imgsim.baselines.naming import TestId
    from pytest_imgsim.plugin.payload import Payload

MARKER = "imgsim"
#: A test that asks for this fixture has baselines, whether or not it runs.
FIXTURE = "assert_similar"
#: How plugins that repeat tests begin the names of their parameters.
REPEATING = "__"
#: Markers that say nothing about a test's subject.
PLUMBING = {MARKER, "parametrize"}


def identify(item: pytest.Item) -> TestId:
    """Return the id of `item`, after which its baselines are named."""
    classes = tuple(node.name for node in item.listchain() if isinstance(node, pytest.Class))
    markers = {marker.name for marker in item.iter_markers()} - PLUMBING
    file = item.nodeid.partition("::")[0]
    name, repeat = _name_and_repeat(item)
    return baselines.TestId(item.nodeid, file, classes, name, tuple(sorted(markers)), repeat)


def _name_and_repeat(item: pytest.Item) -> tuple[str, str]:
    """Return the name of a test, and what plugins that repeat tests have added to it.

    pytest-repeat and pytest-flakefinder make a test several by a parameter of their own, whose name
    begins as no test would begin one. It comes before or after all others.
    """
    function, arguments = getattr(item, "originalname", ""), _arguments(item)
    # Pytest tells the ids of single parameters nowhere else.
    ids = [*getattr(getattr(item, "callspec", None), "_idlist", ())]
    if item.name != f"{function}[{'-'.join(ids)}]":  # renamed by another plugin
        return item.name, ""
    first = _count_theirs(arguments)
    last = len(ids) - _count_theirs(reversed(arguments[first:]))
    own = "-".join(ids[first:last])
    return f"{function}[{own}]" if own else function, "-".join(ids[:first] + ids[last:])


def is_repeated(item: pytest.Item) -> bool:
    """Return whether a parameter of a test may come from a plugin that repeats it."""
    return any(name.startswith(REPEATING) for name in _arguments(item))


def _arguments(item: pytest.Item) -> Sequence[str]:
    """Return the names of a test's parameters."""
    callspec = getattr(item, "callspec", None)
    return [*callspec.indices] if callspec else ()


def _count_theirs(arguments: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda name: name.startswith(REPEATING), arguments))


class PictureFolders:
    """The folders of baselines and results; either may hold tests too.

    Parameters
    ----------
    folders : iterable of Path
        The folders.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._prefixes = tuple(str(folder) + os.sep for folder in folders)

    def __contains__(self, path: Path) -> bool:
        """Return whether a path is a picture in one of the folders."""
        text = str(path)
        return text.endswith(".png") and text.startswith(self._prefixes)


class Inventory:
    """The visual tests that one process collects, and those of them that it will not run.

    Attributes
    ----------
    deselected : bool
        Whether this run leaves out tests.
    """

    def __init__(self) -> None:
        self.deselected = False
        self._visual: dict[int, str] = {}
        self._left_out: list[str] = []

    def add(self, item: pytest.Item) -> None:
        """Note a collected test if it is a visual one, before a plugin can deselect it."""
        if FIXTURE in getattr(item, "fixturenames", ()):
            # By identity: xdist gives items of a group other node ids later on.
            self._visual[id(item)] = item.nodeid

    def select(self, items: Sequence[pytest.Item]) -> None:
        """Note which tests will run; not every plugin reports what it deselects."""
        left_out = self._visual.keys() - {id(item) for item in items}
        self._left_out = sorted(self._visual[key] for key in left_out)
        self.deselected |= bool(self._left_out)

    def node_of(self, item: pytest.Item) -> str | None:
        """Return the node id under which a visual test was collected, or None for another."""
        return self._visual.get(id(item))

    def take_left_out(self) -> list[str]:
        """Return the visual tests that do not run; once, for there may be many."""
        taken, self._left_out = self._left_out, []
        return taken


class RunLog:
    """What the reports of a run say, from all its processes.

    Attributes
    ----------
    comparisons : list of (dict, int)
        Each record, as builtins, and how often its test had been rerun (pytest-rerunfailures).
    repeats : dict of str to str
        For node ids of tests that a plugin repeats, the one that all repeats have in common.
    reruns : Counter of str
        How often a test was rerun in all, by its node id.
    unfinished : dict of str to str
        Node ids of tests that were skipped or failed, and the names of their baselines.
    ran, left_out : set of str
        Node ids of visual tests that ran, and of those that were deselected.
    refused : set of str
        Node ids of tests in which a child process was refused a comparison.
    partial : str
        Why the run does not see all baselines, or "".
    deselected : bool
        Whether tests were deselected.
    """

    def __init__(self) -> None:
        self.comparisons: list[tuple[dict[str, Any], int]] = []
        self.repeats: dict[str, str] = {}
        self.reruns: Counter[str] = Counter()
        self.unfinished: dict[str, str] = {}
        self.ran: set[str] = set()
        self.left_out: set[str] = set()
        self.refused: set[str] = set()
        self.partial = ""
        self.deselected = False

    def add_collection(self, report: pytest.CollectReport) -> None:
        """Take in the report of a collected file or folder."""
        if report.failed:
            self.partial = f"{report.nodeid} could not be collected"

    def add(self, report: pytest.TestReport, payload: Payload) -> None:
        """Take in the report of a test's setup, call or teardown, and what it carries."""
        node, outcome = report.nodeid, str(report.outcome)
        self.comparisons += [(data, self.reruns[node]) for data in payload.get("records", ())]
        self.reruns[node] += outcome == "rerun"
        if report.when == "setup":
            self.unfinished.pop(node, None)
        if "unfinished" in payload:
            self.unfinished[node] = payload["unfinished"]
        elif outcome not in ("passed", "rerun"):
            self.partial = f"{node} ended without reporting its baselines"
        if "refused" in payload:
            self.refused.add(node)
            self.partial = f"{node} compared a picture in a child process"
        if "repeats" in payload:
            self.repeats[node] = payload["repeats"]
        if "ran" in payload:
            self.ran.add(payload["ran"])
        self.deselected |= "deselected" in payload
        self.left_out.update(payload.get("left_out", ()))

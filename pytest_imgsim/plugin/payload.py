"""What a test's report carries from the process that ran the test to xdist's controller.

Without xdist it goes the same way, within one process. A report arrives when its phase ends, so a
worker that crashes later takes nothing with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

import pytest

from pytest_imgsim.plugin.inventory import Inventory, identify, is_repeated

if TYPE_CHECKING:
    from pytest_imgsim.checks.session import Session

#: The attribute of a report; pytest and xdist carry it along.
ATTRIBUTE = "imgsim"


class Payload(TypedDict, total=False):
    """Exact builtins, since xdist's pipe takes nothing else.

    Attributes
    ----------
    records : list of dict
        The comparisons of the phase.
    refused : bool
        Only where a child process was refused a comparison.
    unfinished : str
        The name of the test's baselines, where the phase did not pass.
    repeats : str
        The node id that the repeats of the test have in common, where a plugin repeats it.
    ran : str
        The node id under which the test was collected, if it is a visual one.
    deselected : bool
        Only where tests are left out.
    left_out : list of str
        Node ids of the visual tests among them, on one report of each process.
    """

    records: list[dict[str, Any]]
    refused: bool
    unfinished: str
    repeats: str
    ran: str
    deselected: bool
    left_out: list[str]


def read_payload(report: Any) -> Payload:
    """Return what a test's report carries for us, which may be nothing."""
    return cast(Payload, getattr(report, ATTRIBUTE, {}))


class PayloadWriter:
    """Puts onto the reports of one process what the controller has to learn.

    Parameters
    ----------
    inventory : Inventory
        The tests of this process.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._sent = 0

    def attach(
        self, item: pytest.Item, report: pytest.TestReport, session: Session | None
    ) -> Payload:
        """Attach to a report what happened since the last one, and return it.

        Parameters
        ----------
        item : pytest.Item
            The test.
        report : pytest.TestReport
            The report of one of its phases.
        session : Session or None
            The comparisons of this process so far, if there are any.
        """
        payload = self._tests(item, report)
        if session and (new := session.records[self._sent :]):
            self._sent += len(new)
            payload["records"] = [record.to_dict() for record in new]
        if session and session.refused().lower():
            payload["refused"] = True
        if payload:
            setattr(report, ATTRIBUTE, payload)
        return payload

    def _tests(self, item: pytest.Item, report: pytest.TestReport) -> Payload:
        payload: Payload = {}
        if report.outcome != "passed" and isinstance(item, pytest.Function):
            payload["unfinished"] = identify(item).baseline_name()
        if node := self._inventory.node_of(item):
            payload["ran"] = node
            if is_repeated(item):
                payload["repeats"] = identify(item).subject
        if self._inventory.deselected:
            payload["deselected"] = True
        if left_out := self._inventory.take_left_out():
            payload["left_out"] = left_out
        return payload

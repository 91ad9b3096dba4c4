"""What the reports of a run have told, from all its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_imgsim.record import Record


class RunLog:
    """What has been told so far.

    Attributes
    ----------
    records : dict of (str, str) to Record
        The last record of each test and baseline name.
    unfinished : dict of str to str
        Node ids of tests that were skipped or failed, and the names of their baselines.
    ran, left_out : set of str
        Node ids of tests with baselines that ran, and of those that were deselected.
    partial : str
        Why the run does not see all baselines, or "".
    deselected : bool
        Whether tests were deselected.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self.unfinished: dict[str, str] = {}
        self.ran: set[str] = set()
        self.left_out: set[str] = set()
        self.partial = ""
        self.deselected = False

"""Pictures of the comparisons to review, for the reports of pytest-html and Allure.

Both are optional. Nothing of them is imported unless this run writes such a report.
"""

from __future__ import annotations

import base64
import html
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.plugin.payload import read_payload
from pytest_imgsim.record import Record
from pytest_imgsim.report.message import one_line

#: What is attached, and the field of a record with its path; pytest-html shows the first.
PICTURES = {"diff": "diff", "baseline": "baseline_copy", "actual": "actual"}
#: Allure shows these three pictures in one view, with a switch between them.
SCREEN_DIFF = "application/vnd.allure.image.diff"


def attach_to_allure(config: pytest.Config, record: Record, folder: Path) -> None:
    """Attach a comparison to the current Allure step, if this run writes Allure's results.

    A full disk leaves them without it, and the test with its verdict.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    record : Record
        The comparison that has just been made.
    folder : Path
        The results folder.
    """
    if record.actual is None or not config.pluginmanager.hasplugin("allure_listener"):
        return
    with suppress(OSError):
        _attach(record, folder)


def _attach(record: Record, folder: Path) -> None:
    import allure

    kinds = allure.attachment_type
    allure.attach(one_line(record), f"{record.name}: score", kinds.TEXT)
    pictures = _pictures(record, folder)
    for kind, data in pictures.items():
        allure.attach(data, f"{record.name}: {kind}", kinds.PNG)
    if len(pictures) == len(PICTURES):
        body = _screen_diff(pictures)
        allure.attach(body, f"{record.name}: screen diff", SCREEN_DIFF, "imagediff")


def attach_to_html(config: pytest.Config, report: Any, folder: Path) -> None:
    """Add a phase's comparisons to its report, if this run writes pytest-html's page.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    report : pytest.TestReport
        The phase's report, with our payload on it.
    folder : Path
        The results folder.
    """
    plugin = config.pluginmanager.getplugin("html")
    if plugin is None or not config.getoption("htmlpath", None):
        return
    records = map(Record.from_dict, read_payload(report).get("records", ()))
    shown = [record for record in records if record.actual is not None]
    if shown:
        ours = [extra for record in shown for extra in _extras(plugin.extras, record, folder)]
        report.extras = [*getattr(report, "extras", ()), *ours]


def _extras(extras: Any, record: Record, folder: Path) -> list[Any]:
    """Return a comparison as pytest-html's extras; in base64, which any page can hold."""
    return [
        extras.html(f"<p>{html.escape(one_line(record))}</p>"),
        *(
            extras.png(_base64(data), f"{record.name}: {kind}")
            for kind, data in _pictures(record, folder).items()
        ),
    ]


def _pictures(record: Record, folder: Path) -> dict[str, bytes]:
    """Return the bytes of the pictures that were kept and are still there, by what they show."""
    found = {}
    for kind, field in PICTURES.items():
        if path := getattr(record, field):
            with suppress(OSError):
                found[kind] = read_regular(folder / path)
    return found


def _screen_diff(pictures: dict[str, bytes]) -> str:
    names = {"expected": "baseline", "actual": "actual", "diff": "diff"}
    return json.dumps(
        {key: f"data:image/png;base64,{_base64(pictures[kind])}" for key, kind in names.items()}
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

"""The review page: results in, one HTML text out. Its parts lie in ``page/``."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from pytest_imgsim.record import HEAT_CELL, Record
from pytest_imgsim.report.message import accept_any
from pytest_imgsim.report.terminal import headline
from pytest_imgsim.results.folder import Results

#: Nothing is loaded but pictures beside the page; nothing runs but the page's own script.
POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)
#: A page that is served may also talk to its server.
SERVED = "; connect-src 'self'"


def page(results: Results, report: str, *, accepted: Sequence[int] | None = None) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    results : Results
        The run; pictures are asked for by their paths below the results folder.
    report : str
        The results folder, for the command that accepts pictures.
    accepted : sequence of int, optional
        Where a server applies what is decided: the places of the records that are accepted
        already. None for a file, whose reader runs the command.
    """
    served = accepted is not None
    content = {
        "accept": accept_any(report),
        "accepted": accepted or [],
        "cell": HEAT_CELL,
        "environment": dict(results.environment),
        "records": [_shown(record) for record in results.records],
        "served": served,
    }
    script = _part("page.js")
    values = {
        "title": html.escape(headline(results.records)),
        "policy": POLICY.format(script=_digest(script)) + (SERVED if served else ""),
        "style": _part("page.css"),
        # "<" would let a test's name end the script element.
        "data": json.dumps(content).replace("<", "\\u003c"),
        "script": script,
    }
    out = _part("page.html")
    before, *parts = out.split("{{")
    for part in parts:
        name, _, after = part.partition("}}")
        before += values[name] + after
    return before


def _shown(record: Record) -> dict[str, Any]:
    """Return a record as the page's script takes it: with each region's change in words."""
    data = record.to_dict()
    for region, known in zip(data["regions"], record.regions, strict=True):
        region["words"] = known.words
    return data


def _part(name: str) -> str:
    return (files("pytest_imgsim") / "report" / "page" / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

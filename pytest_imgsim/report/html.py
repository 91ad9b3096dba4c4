"""The review page: results in, one HTML text out, made of the parts in ``page/``."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from pytest_imgsim.record import HEAT_CELL, Record
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.words import accept_any, score_origin
from pytest_imgsim.results.content import Results

#: The parts of the page's script, in their order.
SCRIPTS = ("state.js", "list.js", "comparison.js", "stage.js", "decisions.js", "events.js")
#: Nothing loads but pictures beside the page; nothing runs but the page's own script.
POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)
#: A served page may also send requests to its server.
SERVED = "; connect-src 'self'"


def page(results: Results, report: str, *, accepted: Sequence[int] | None = None) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    results : Results
        The run; the page refers to pictures by their paths below the results folder.
    report : str
        The results folder, for the command that accepts pictures.
    accepted : sequence of int, optional
        For a page whose server applies the decisions: the indices of the records that are
        accepted already. None for a file, whose reader runs the command.
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
    script = "\n".join(map(_part, SCRIPTS))
    values = {
        "title": html.escape(headline(results.records)),
        "policy": POLICY.format(script=_digest(script)) + (SERVED if served else ""),
        "style": _part("page.css"),
        # "<" would let a test's name end the script element.
        "data": json.dumps(content).replace("<", "\\u003c"),
        "script": script,
    }

    def value_of(placeholder: re.Match[str]) -> str:
        return values[placeholder[1]]

    return re.sub(r"\{\{(\w+)\}\}", value_of, _part("page.html"))


def _shown(record: Record) -> dict[str, Any]:
    """Return a record for the page's script, with each region's change and score in words."""
    data = record.to_dict()
    for region, known in zip(data["regions"], record.regions, strict=True):
        region["words"] = known.words
        region["origin"] = score_origin(known)
    return data


def _part(name: str) -> str:
    return (files("pytest_imgsim") / "report" / "page" / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

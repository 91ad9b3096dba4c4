"""The review page: results in, one HTML text out. Its parts lie in ``page/``."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files

from pytest_imgsim.report.message import accept_any
from pytest_imgsim.report.terminal import headline
from pytest_imgsim.results import HEAT_CELL, Results

#: Nothing is loaded but pictures beside the page; nothing runs but the page's own script.
POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)


def page(results: Results, report: str) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    results : Results
        The run; pictures are asked for by their paths below the results folder.
    report : str
        The results folder, for the command that accepts pictures.
    """
    content = {
        "accept": accept_any(report),
        "cell": HEAT_CELL,
        "records": [record.to_dict() for record in results.records],
    }
    script = _part("page.js")
    values = {
        "title": html.escape(headline(results.records)),
        "policy": POLICY.format(script=_digest(script)),
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


def _part(name: str) -> str:
    return (files("pytest_imgsim") / "report" / "page" / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

"""What tests of the review's server share: a rootdir, a server on it, and a small browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from fakes import Bench, flat, png
from kept import NEW, folder_of

from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.record import Record
from pytest_imgsim.results.content import Results
from pytest_imgsim.review.server import Server

OLD = png(flat(8, 8))
CART = "tests/test_shop/test_cart"
OTHER = "tests/test_shop/test_[x]"


@dataclass
class Reply:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def error(self) -> str:
        """The error that the page would show."""
        return str(json.loads(self.body)["error"])


@dataclass
class Desk:
    """A rootdir with results, a server on it, and a browser of a few lines."""

    bench: Bench
    server: Server
    thread: threading.Thread
    printed: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        """The token in the address that is printed."""
        return self.server.review.url.partition("token=")[2]

    def headers(self, **changes: str | None) -> dict[str, str]:
        """Return the headers that the page sends; a change to None leaves one out."""
        host = f"127.0.0.1:{self.server.server_port}"
        values = {
            "Host": host,
            "Cookie": f"theme=dark; imgsim-{self.server.server_port}={self.token}",
            "Origin": f"http://{host}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        return {name: value for name, value in values.items() if value is not None}

    def ask(self, method: str, path: str, body: bytes = b"", /, **changes: str | None) -> Reply:
        """Send one request as it is, and return the reply."""
        line = HTTPConnection("127.0.0.1", self.server.server_port, timeout=60)
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        length = str(len(body)) if method == "POST" else None
        headers = self.headers(**{"Content_Length": length, **changes})
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders(body)
        response = line.getresponse()
        reply = Reply(response.status, response.read(), dict(response.getheaders()))
        line.close()
        return reply

    def accept(self, *wanted: Any, **changes: str | None) -> Reply:
        """Post what is accepted: baseline names, or whole items."""
        items = [
            {"name": item, "actual_sha256": sha256(NEW)} if isinstance(item, str) else item
            for item in wanted
        ]
        return self.ask("POST", "/accept", json.dumps(items).encode(), **changes)

    def files(self) -> dict[str, bytes]:
        """Return all files below the rootdir."""
        return {name: (self.bench.root / name).read_bytes() for name in self.bench.files()}


def write(bench: Bench, *records: Record) -> None:
    """Write results.json."""
    folder_of(bench).write(Results(records), root=bench.root, version="0")

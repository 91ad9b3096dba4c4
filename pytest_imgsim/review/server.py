"""The server of a review, on a socket of this machine."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.review.app import ADDRESS, Answer, Review, as_json

#: Largest body of a request in bytes; each accepted picture takes some 300.
MAX_BODY = 8_000_000
#: What a length is written with; Python refuses to read a number of thousands of digits.
LENGTH = re.compile("[0-9]{1,10}")
#: Characters of a wrong value that an answer repeats.
MAX_SHOWN = 60
#: Connections that have not sent their whole request yet, each with a thread: far more than a
#: browser opens.
MAX_WAITING = 256
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Serves one review on 127.0.0.1.

    Parameters
    ----------
    folder : ResultsFolder
        The results.
    shown : str
        The folder's path, as the page's command shows it.
    port : int
        The port to listen on; 0 for any free one.
    rootdir : Path, optional
        Rootdir, where the user names it.
    echo : callable
        Prints a line of text, for each baseline that is written.

    Raises
    ------
    SettingsError
        If the port is not available.
    """

    daemon_threads = True
    request_queue_size = 512  # connections that may wait to be taken; the usual 5 refuse a page's
    max_waiting = MAX_WAITING

    def __init__(
        self,
        folder: ResultsFolder,
        shown: str,
        *,
        port: int = 0,
        rootdir: Path | None = None,
        echo: Callable[[str], None],
    ) -> None:
        try:
            super().__init__((ADDRESS, port), _Handler)
        except (OSError, OverflowError) as error:
            raise SettingsError(
                f"--port: expected a free port, got {port} ({error}); leave it out for any"
            ) from None
        self._waiting: dict[Any, None] = {}  # the longest waiting first
        self._lock = threading.Lock()
        self.review = Review(folder, shown, self.server_port, echo, rootdir)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread, cutting the one that has stalled for longest."""
        with self._lock:
            self._waiting[request] = None
            stalled = next(iter(self._waiting)) if len(self._waiting) > self.max_waiting else None
        if stalled is not None:
            self.arrived(stalled)
            with suppress(OSError):
                stalled.shutdown(socket.SHUT_RDWR)  # its thread then reads the end, and closes it
        super().process_request(request, client_address)

    def arrived(self, request: Any) -> None:
        """Note that a connection has sent its request, or never will."""
        with self._lock:
            self._waiting.pop(request, None)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self.arrived(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore browsers that hang up, as they do when the reader goes to the next picture."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 30

    def do_GET(self) -> None:
        self.server.arrived(self.connection)
        review = self.server.review
        refused = review.refusal("GET", self.path, self.headers)
        self._send(refused or review.get(self.path))

    def do_POST(self) -> None:
        review = self.server.review
        answer = review.refusal("POST", self.path, self.headers)
        length = self.headers.get("Content-Length", "")
        if answer is None and not (LENGTH.fullmatch(length) and int(length) <= MAX_BODY):
            text = f"Content-Length: expected at most {MAX_BODY}, got {length[:MAX_SHOWN]!r}"
            answer = as_json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error=text)
        body = b"" if answer else self.rfile.read(int(length))
        self.server.arrived(self.connection)
        answer = answer or review.post(self.path, body)
        self._send(answer)
        if answer.last:
            self.server.shutdown()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.media_type,
            "Content-Length": str(len(answer.body)),
            **HEADERS,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.cookie:
            self.send_header("Set-Cookie", answer.cookie)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the terminal shows what was accepted."""

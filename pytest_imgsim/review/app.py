"""The requests that a review answers, and its answers. Opens no socket.

Whoever can write a baseline decides what later runs accept. So a request is answered only if it
comes from the page that was opened here: it has the session's token, its ``Host`` is this machine
(a foreign site's name may be made to resolve to it), and if it changes something, its ``Origin``
is the page itself.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, unquote

from pytest_imgsim.errors import ImgsimError, ResultsError
from pytest_imgsim.files.paths import check_inside
from pytest_imgsim.record import Record
from pytest_imgsim.report.html import page
from pytest_imgsim.results.accept import Acceptance, apply, candidates, plan
from pytest_imgsim.results.folder import PAGE, ResultsFolder
from pytest_imgsim.results.rootdir import baselines_folder, find_rootdir

ADDRESS = "127.0.0.1"
ACCEPT = "/accept"
DONE = "/done"


@dataclass(frozen=True)
class Answer:
    """A response to the browser.

    Parameters
    ----------
    status : HTTPStatus
        The status.
    body : bytes
        The content.
    media_type : str
        The type of `body`.
    cookie : str
        A cookie to set, or "".
    last : bool
        Whether the server stops after it.
    """

    status: HTTPStatus
    body: bytes
    media_type: str
    cookie: str = ""
    last: bool = False


def as_json(status: HTTPStatus, *, last: bool = False, **content: object) -> Answer:
    """Return an answer for the page's script, which shows the text under ``error``, if any."""
    return Answer(status, json.dumps(content).encode(), "application/json", last=last)


class Review:
    """One review of one results folder.

    Parameters
    ----------
    folder : ResultsFolder
        The results.
    shown : str
        The folder's path, as the page's command shows it.
    port : int
        The port on 127.0.0.1 that the server listens on.
    echo : callable
        Prints a line of text, for each baseline that is written.
    rootdir : Path, optional
        Rootdir, where the user names it.
    """

    def __init__(
        self,
        folder: ResultsFolder,
        shown: str,
        port: int,
        echo: Callable[[str], None],
        rootdir: Path | None = None,
    ) -> None:
        self._folder = folder
        self._shown = shown
        self._echo = echo
        self._rootdir = rootdir
        self._token = secrets.token_urlsafe(32)
        self._hosts = (f"{ADDRESS}:{port}", f"localhost:{port}")
        # Cookies are shared by all ports of a host.
        self._cookie = f"imgsim-{port}={self._token}"
        self._accepted: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self.url = f"http://{ADDRESS}:{port}/?token={self._token}"

    def refusal(self, method: str, target: str, headers: Message) -> Answer | None:
        """Return the answer to a request that is refused, or None if it is allowed.

        Parameters
        ----------
        method : {"GET", "POST"}
            The request's method.
        target : str
            Its path and query.
        headers : Message
            Its headers.
        """
        host = headers.get("Host", "")
        if host not in self._hosts:
            return as_json(
                HTTPStatus.FORBIDDEN, error=f"Host: expected {self._hosts[0]}, got {host!r}"
            )
        if not self._has_token(target, headers):
            return as_json(
                HTTPStatus.FORBIDDEN,
                error="token: expected the one of this review; open the address that the command "
                "printed",
            )
        if method == "POST" and headers.get("Origin") != f"http://{host}":
            return as_json(
                HTTPStatus.FORBIDDEN,
                error=f"Origin: expected http://{host}, got {headers.get('Origin')!r}",
            )
        if method == "POST" and headers.get_content_type() != "application/json":
            return as_json(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                error=f"Content-Type: expected application/json, got {headers.get_content_type()}",
            )
        return None

    def _has_token(self, target: str, headers: Message) -> bool:
        given = parse_qs(target.partition("?")[2]).get("token", [""])[0]
        cookies = [part.strip() for part in headers.get("Cookie", "").split(";")]
        return secrets.compare_digest(given.encode(), self._token.encode()) or any(
            secrets.compare_digest(cookie.encode(), self._cookie.encode()) for cookie in cookies
        )

    def get(self, target: str) -> Answer:
        """Return the page or one of its pictures; nothing else is served."""
        path = unquote(target.partition("?")[0])
        try:
            if path in ("/", f"/{PAGE}"):
                cookie = f"{self._cookie}; HttpOnly; SameSite=Strict; Path=/"
                return Answer(HTTPStatus.OK, self._page(), "text/html; charset=utf-8", cookie)
            return Answer(HTTPStatus.OK, self._picture(path[1:]), "image/png")
        except (ImgsimError, OSError) as error:
            return as_json(HTTPStatus.NOT_FOUND, error=str(error))

    def post(self, target: str, body: bytes) -> Answer:
        """Make baselines of the accepted pictures, or end the review."""
        path = target.partition("?")[0]
        if path == DONE:
            return as_json(HTTPStatus.OK, last=True)
        if path != ACCEPT:
            return as_json(HTTPStatus.NOT_FOUND, error=f"{path}: expected {ACCEPT} or {DONE}")
        try:
            wanted = {(str(item["name"]), str(item["actual_sha256"])) for item in json.loads(body)}
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            text = f"{ACCEPT}: expected a list of name and actual_sha256, got {error!r}"
            return as_json(HTTPStatus.BAD_REQUEST, error=text)
        try:
            with self._lock:
                return as_json(HTTPStatus.OK, accepted=self._accept(wanted))
        except (ImgsimError, OSError) as error:
            return as_json(HTTPStatus.CONFLICT, error=str(error))

    def _page(self) -> bytes:
        results, _ = self._folder.read()
        accepted = [
            index for index, record in enumerate(results.records) if _key(record) in self._accepted
        ]
        return page(results, self._shown, accepted=accepted).encode()

    def _picture(self, path: str) -> bytes:
        results, _ = self._folder.read()
        if not any(path in record.pictures.values() for record in results.records):
            raise ResultsError(f"{path}: expected {PAGE} or a picture that it shows")
        kept = self._folder.folder / path
        check_inside(kept, self._folder.folder)
        return kept.read_bytes()

    def _accept(self, wanted: set[tuple[str, str]]) -> list[str]:
        results, named = self._folder.read()
        root = find_rootdir([self._folder.folder], named, self._rootdir)
        kept = {_key(record): record for record in candidates(results.records)}
        if unknown := sorted(wanted - set(kept)):
            raise ResultsError(
                f"{unknown[0][0]}: expected a picture of the last run, got one that it did not "
                "keep; reload the page"
            )
        chosen = [record for key, record in kept.items() if key in wanted]
        baselines = baselines_folder(root, results.baselines)
        acceptances = plan(self._folder, chosen, root, baselines)
        apply(acceptances, self._folder, self._note)
        return [acceptance.shown for acceptance in acceptances]

    def _note(self, acceptance: Acceptance) -> None:
        self._accepted.add(_key(acceptance.record))
        self._echo(f"accepted {acceptance.shown}")


def _key(record: Record) -> tuple[str, str]:
    """Return what identifies a kept picture: a later run may keep another one by its name."""
    return record.name, str(record.actual_sha256)

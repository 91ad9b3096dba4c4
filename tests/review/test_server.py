"""The connections of the review's server."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from desk import Desk

from pytest_imgsim.errors import SettingsError
from pytest_imgsim.results.folder import ResultsFolder
from pytest_imgsim.review.server import Server


def connected(server: Server) -> socket.socket:
    """Connect without sending anything."""
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=60)


def test_the_longest_stalled_connection_is_cut(desk: Desk) -> None:
    """Beyond a limit, a new connection takes the place of the one that has waited for longest."""
    desk.server.max_waiting = 3
    with ExitStack() as stack:
        stalled = [stack.enter_context(connected(desk.server)) for _ in range(5)]
        for line in stalled[:2]:
            assert line.recv(1) == b""
        stalled[-1].sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert stalled[-1].recv(12).startswith(b"HTTP/1.0 403")
        assert desk.ask("GET", "/").status == 200


def test_stalled_bodies_are_cut_too(desk: Desk) -> None:
    """A request has stalled until its body is there."""
    desk.server.max_waiting = 1
    head = [f"{name}: {value}" for name, value in desk.headers(Content_Length="99").items()]
    with connected(desk.server) as line:
        line.sendall("\r\n".join(["POST /accept HTTP/1.0", *head, "", "["]).encode())
        assert desk.ask("GET", "/").status == 200
        assert line.recv(1) == b""


def test_many_requests_at_once(desk: Desk) -> None:
    """After a crowd of stalled connections, every one of many requests is answered."""
    with ExitStack() as stack, ThreadPoolExecutor(50) as pool:
        for _ in range(300):
            stack.enter_context(connected(desk.server))
        replies = list(pool.map(lambda _: desk.ask("GET", "/"), range(100)))
    assert {reply.status for reply in replies} == {200}


def test_connections_wait_to_be_taken(tmp_path: Path) -> None:
    """While the server is busy, a hundred connections are not refused."""
    with Server(ResultsFolder(tmp_path), "x", echo=print) as server, ExitStack() as stack:
        for _ in range(100):
            address = ("127.0.0.1", server.server_port)
            stack.enter_context(socket.create_connection(address, timeout=5))


def test_a_port_that_is_taken(desk: Desk) -> None:
    """A port that is in use or invalid is an error that names the option."""
    folder = ResultsFolder(desk.bench.root)
    for port in (desk.server.server_port, 70_000):
        with pytest.raises(SettingsError, match=rf"--port: expected a free port, got {port} \("):
            Server(folder, "x", port=port, echo=print)


def test_it_listens_on_this_machine_alone(desk: Desk) -> None:
    """It listens on the loopback address, and every session has its own token."""
    assert desk.server.server_address[0] == "127.0.0.1"
    folder = ResultsFolder(desk.bench.root)
    with Server(folder, "x", echo=print) as other:
        assert other.review.url.partition("token=")[2] != desk.token
        assert len(desk.token) >= 40

"""A review that is served."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import CART, OLD, OTHER, Desk, write
from fakes import Bench
from kept import folder_of, kept

from pytest_imgsim.review.server import Server


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Serve two pictures to accept; the rootdir has a baseline for one of them."""
    bench = Bench(tmp_path)
    bench.store(OLD)
    write(bench, kept(bench, CART), kept(bench, OTHER))
    printed: list[str] = []
    with Server(folder_of(bench), "imgsim-results", echo=printed.append) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Desk(bench, server, thread, printed)
        server.shutdown()
        thread.join()

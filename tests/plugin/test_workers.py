"""What xdist's workers share: the cores of their machine."""

from __future__ import annotations

import pytest

from pytest_imgsim.plugin.workers import worker_threads


@pytest.mark.parametrize(("workers", "cores", "threads"), [(1, 8, 0), (2, 8, 4), (4, 2, 1)])
def test_workers_share_the_cores(
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
    cores: int,
    threads: int,
) -> None:
    """Each of xdist's workers takes its share of the cores, and no less than one."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(pytestconfig, "workerinput", {"workercount": workers}, raising=False)
    assert worker_threads(pytestconfig) == threads

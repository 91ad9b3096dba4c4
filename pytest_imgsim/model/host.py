"""The machine that the model runs on."""

from __future__ import annotations

import os


def usable_cpus() -> int:
    """Return how many CPUs this process may use, which a container or taskset may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""What belongs to one process: a fork copies it, and a copy does not work."""

from __future__ import annotations

import os
from collections.abc import Callable
from mmap import mmap
from typing import Generic, TypeVar

Value = TypeVar("Value")


class PerProcess(Generic[Value]):
    """A value that each process makes for itself.

    A forked child inherits locks that nobody will release, runtimes whose threads are gone, and
    pipes that its parent reads. It gets a value of its own instead. The parent's stays referenced,
    since to end a runtime without its threads may hang.

    Parameters
    ----------
    make : callable
        Returns the value. Threads that ask at once may each make one, of which all get the first.
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._values: dict[int, Value] = {}

    def __call__(self) -> Value:
        """Return the value of this process."""
        process = os.getpid()
        if process not in self._values:
            self._values.setdefault(process, self._make())
        return self._values[process]

    def inherited(self) -> list[Value]:
        """Return the values of the processes that this one was forked from."""
        process = os.getpid()
        return [value for other, value in self._values.items() if other != process]


class SharedFlag:
    """A flag that a process shares with the children that it forks."""

    def __init__(self) -> None:
        self._memory = mmap(-1, 1)

    def raise_(self) -> None:
        """Raise it, in the process that made it or in a child."""
        self._memory[0] = 1

    def lower(self) -> bool:
        """Lower it, and return whether it was raised."""
        raised, self._memory[0] = bool(self._memory[0]), 0
        return raised

"""Values that each process has of its own, and flags that processes share."""

from __future__ import annotations

import os

import pytest
from fakes import in_child

from pytest_imgsim.processes import PerProcess, SharedFlag

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_a_forked_child_makes_its_own_value() -> None:
    """It gets another one, and the parent keeps the one that it had."""
    values = PerProcess(object)
    mine = values()
    assert in_child(lambda: values() is not mine and values() is values())
    assert in_child(lambda: values() and values.inherited() == [mine])
    assert values() is mine
    assert values.inherited() == []


def test_a_flag_that_a_child_raises() -> None:
    """The parent sees it, and lowers it for both."""
    flag = SharedFlag()
    assert not flag.lower()
    assert in_child(lambda: raised(flag))
    assert flag.lower()
    assert not flag.lower()


def raised(flag: SharedFlag) -> bool:
    """Raise a flag."""
    flag.raise_()
    return True

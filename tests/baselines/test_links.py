"""Baselines that are symbolic links into a store: read where a setting allows it, never written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from fakes import Bench, a_test, flat, noise, png
from kept import NEW, folder_of, kept
from suite import Suite

from pytest_imgsim.errors import BaselineError
from pytest_imgsim.record import Verdict
from pytest_imgsim.results.accept import apply, plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows lets few make symbolic links")

OLD, OTHER = flat(40, 60), noise(40, 60)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir whose one baseline is a link to a read-only object of a store beside it."""
    made = Bench(tmp_path / "repo")
    stored = tmp_path / "store/ab/cdef"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(png(OLD))
    stored.chmod(0o444)
    made.baseline.parent.mkdir(parents=True)
    made.baseline.symlink_to(stored)
    return made


def stored(bench: Bench) -> Path:
    """Return the object in the store."""
    return bench.root.parent / "store/ab/cdef"


def test_a_link_is_refused_with_the_setting(bench: Bench) -> None:
    """Without the setting nothing is read, and the message names the setting."""
    with pytest.raises(BaselineError, match=r"leads out of .* give --imgsim-follow-links=yes"):
        bench.check(OLD)


def test_a_link_is_read(bench: Bench) -> None:
    """With the setting a link is a baseline like any other."""
    assert bench.check(OLD, follow_links=True).verdict is Verdict.EQUAL
    assert bench.check(png(OLD), follow_links=True).verdict is Verdict.EQUAL
    assert bench.check(OTHER, follow_links=True).verdict is Verdict.FAILED


def test_a_variant_that_is_a_link_is_read(bench: Bench) -> None:
    """What holds for a baseline holds for its variants."""
    (bench.root.parent / "store/2").write_bytes(png(OTHER))
    bench.baseline.with_name("test_cart~2.png").symlink_to(bench.root.parent / "store/2")
    assert bench.check(png(OTHER), follow_links=True).variant == 2


@pytest.mark.parametrize("baseline", [None, "logo.png"])
def test_an_update_replaces_the_link(bench: Bench, baseline: str | None) -> None:
    """A new file, which its owner can write, takes the place of the link; the store stays."""
    path = bench.root / baseline if baseline else bench.baseline
    if baseline:
        path.symlink_to(stored(bench))
    record = bench.check(OTHER, baseline, update="changed", follow_links=True)
    assert record.verdict is Verdict.UPDATED
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o200
    assert bench.check(OTHER, baseline).verdict is Verdict.EQUAL
    assert stored(bench).read_bytes() == png(OLD)


def test_a_rerun_puts_the_link_back(bench: Bench) -> None:
    """What an attempt replaced is a link again, not a file with what the link led to."""
    session = bench.session(update="changed", follow_links=True)
    session.begin(a_test().node)
    assert session.check(a_test(), OTHER).verdict is Verdict.UPDATED
    session.begin(a_test().node)
    assert bench.baseline.readlink() == stored(bench)
    assert stored(bench).read_bytes() == png(OLD)


@pytest.mark.parametrize("as_variants", [False, True])
def test_accept_replaces_the_link(bench: Bench, as_variants: bool) -> None:
    """What accept writes is a file of its own too."""
    record = kept(bench)
    baselines = bench.root / "baselines"
    results = folder_of(bench)
    apply(plan(results, [record], bench.root, baselines, as_variants=as_variants), results)
    assert bench.baseline.is_symlink() == as_variants
    name = "test_cart~2.png" if as_variants else "test_cart.png"
    assert bench.baseline.with_name(name).read_bytes() == NEW
    assert stored(bench).read_bytes() == png(OLD)


def test_nothing_is_written_into_a_linked_folder(bench: Bench) -> None:
    """A baseline in a folder that is a link is read, and refused to be written."""
    folder = bench.root.parent / "store/folder"
    bench.baseline.parent.rename(folder)
    bench.baseline.parent.symlink_to(folder)
    assert bench.check(OLD, follow_links=True).verdict is Verdict.EQUAL
    with pytest.raises(BaselineError, match="nothing is written through a symbolic link"):
        bench.check(OTHER, update="changed", follow_links=True)
    assert (folder / "test_cart.png").is_symlink()
    assert stored(bench).read_bytes() == png(OLD)


@pytest.mark.parametrize("update", ["none", "missing", "all"])
def test_a_link_to_nothing(bench: Bench, update: str) -> None:
    """A picture that was not fetched is an error with the commands, and not a missing baseline."""
    stored(bench).unlink()
    message = re.escape(f"got a link to {stored(bench)}, where there is none; fetch the pictures")
    with pytest.raises(BaselineError, match=message):
        bench.check(OLD, follow_links=True, update=update)
    assert bench.baseline.is_symlink()


def test_a_named_pipe_is_no_baseline(bench: Bench) -> None:
    """Nothing waits for somebody to write into it."""
    bench.baseline.unlink()
    os.mkfifo(bench.baseline)
    with pytest.raises(BaselineError, match="cannot be read: not a regular file"):
        bench.check(OLD)


def test_the_option(suite: Suite, mode: tuple[str, ...]) -> None:
    """A suite whose baselines are all links runs with the option, or with the ini key."""
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines")
    path, store = suite.path / "baselines/test_page/test_a.png", suite.path / "store.png"
    path.rename(store)
    path.symlink_to(store)
    result = suite.run(*mode)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--imgsim-follow-links=yes (ini imgsim_follow_links)*"])
    suite.run("--imgsim-follow-links=yes", *mode).assert_outcomes(passed=1)
    suite.pytester.makeini("[pytest]\nimgsim_follow_links = yes\n")
    suite.run(*mode).assert_outcomes(passed=1)

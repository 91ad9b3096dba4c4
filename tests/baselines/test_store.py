"""Where baselines lie."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from pytest_imgsim.baselines.store import Store, is_path, read
from pytest_imgsim.errors import BaselineError, SettingsError


def a_store(folder: Path, template: str = "{name}") -> Store:
    return Store(folder / "baselines", template, scratch=folder / "scratch")


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("{platform}", "that has {name} once"),
        ("", "that has {name} once"),
        ("{name}{name}", "that has {name} once"),
        ("{{name}}", "that has {name} once"),
        ("{os}/{name}", "got {os}"),
        ("{}/{name}", "got {}"),
        ("{name.upper}", "got {name.upper}"),
        ("{name", "expected '}'"),
        ("name}", "Single '}'"),
        ("/abs/{name}", "stays inside"),
        ("../{name}", "stays inside"),
        ("a/../../{name}", "stays inside"),
        ("{platform}\\{name}", "stays inside"),
        ("{name!r}", "template '{name!r}'"),
        ("{name:d}", "template '{name:d}'"),
        ("{name}/", "template '{name}/'"),
        ("{name}~2", "without '~', which is for the numbers of variants"),
    ],
)
def test_refuses_templates(tmp_path: Path, template: str, rule: str) -> None:
    """A template with unknown parts, without the name, or leading out is refused at once."""
    with pytest.raises(SettingsError, match="expected a relative path of {name}, {platform}") as e:
        a_store(tmp_path, template)
    assert rule in str(e.value)


def test_own_path(tmp_path: Path) -> None:
    """Every placeholder stands for what its name says."""
    store = a_store(tmp_path, "{platform}/{machine}/py{python}/{browser}/{name}")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    system, machine = platform.system().lower(), platform.machine().lower()
    expected = tmp_path / f"baselines/{system}/{machine}/py{version}/web kit/t/a[1].b.png"
    assert store.own_path("t/a[1].b", "web kit") == expected


@pytest.mark.parametrize(("browser", "shown"), [("", "any"), ("a/b", "a%2Fb"), ("..", "%2E%2E")])
def test_browser_is_one_safe_segment(tmp_path: Path, browser: str, shown: str) -> None:
    """Whatever a browser calls itself, it makes no folder and does not climb."""
    store = a_store(tmp_path, "{browser}/{name}")
    assert store.own_path("x", browser) == tmp_path / f"baselines/{shown}/x.png"


def test_falls_back_to_the_shared_baseline(tmp_path: Path) -> None:
    """The own baseline comes first, then the shared one, and the own place if there is none."""
    store = a_store(tmp_path, "{browser}/{name}")
    own, shared = store.own_path("t/a", "firefox"), tmp_path / "baselines/t/a.png"
    assert store.find("t/a", "firefox").path == own
    store.write(shared, b"shared", inside=store.folder)
    assert store.find("t/a", "firefox").path == shared
    store.write(own, b"own", inside=store.folder)
    assert store.find("t/a", "firefox").path == own
    assert store.find("t/a", "chromium").path == shared
    assert store.find("t/a", "chromium").own == store.own_path("t/a", "chromium")


def test_refuses_a_folder_that_is_linked_out(tmp_path: Path) -> None:
    """A link inside the folder cannot send a baseline elsewhere."""
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines/t").symlink_to(tmp_path)
    with pytest.raises(BaselineError, match="leads out of"):
        a_store(tmp_path).find("t/a", "")


def test_write_goes_through_scratch(tmp_path: Path) -> None:
    """A write makes its folder and leaves nothing unfinished."""
    store = a_store(tmp_path)
    path = store.own_path("deep/er/a", "")
    store.write(path, b"data", inside=store.folder)
    assert read(path) == b"data"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_read(tmp_path: Path) -> None:
    """A missing file is None; an empty one is not."""
    assert read(tmp_path / "a.png") is None
    (tmp_path / "a.png").write_bytes(b"")
    assert read(tmp_path / "a.png") == b""


def test_read_refuses_a_folder(tmp_path: Path) -> None:
    """What is there but cannot be read is an error, not a missing baseline."""
    with pytest.raises(BaselineError, match="cannot be read"):
        read(tmp_path)


def test_read_refuses_a_pointer_of_git_lfs(tmp_path: Path) -> None:
    """A picture that Git LFS has not fetched is an error with the command that fetches it."""
    path = tmp_path / "a.png"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    with pytest.raises(BaselineError, match="Git LFS pointer.*git lfs pull"):
        read(path)


@pytest.mark.parametrize(
    ("template", "file", "name"),
    [
        ("{name}", "tests/t/a", "tests/t/a"),
        ("{platform}/{name}", "windows/tests/t/a", "tests/t/a"),
        ("{platform}/{name}", "tests/t/a", "tests/t/a"),
        ("{name}-{platform}", "tests/t/a-windows", "tests/t/a"),
        ("{name}-{platform}", "tests/t/a-b-windows", "tests/t/a-b"),
        ("{name}-{platform}", "tests/t/a-b", "tests/t/a-b"),
        ("v1.{python}/{name}", "v1.3.12/tests/t/a", "tests/t/a"),
        ("{name}-{browser}", "tests/t/a-chrome-headless-shell", "tests/t/a"),
        ("{platform}-{name}", "windows-e2e-tests/t/a", "e2e-tests/t/a"),
        ("{name}", "tests/t/a~2", "tests/t/a"),
        ("{name}-{platform}", "tests/t/a-windows~12", "tests/t/a"),
    ],
)
def test_names_of(tmp_path: Path, template: str, file: str, name: str) -> None:
    """Among the names that a file may serve is the one that it was written for."""
    store = a_store(tmp_path, template)
    assert name in store.names_of(tmp_path / f"baselines/{file}.png")


def test_names_of_keeps_what_follows_a_dot(tmp_path: Path) -> None:
    """Only the picture's suffix is taken off."""
    store = a_store(tmp_path)
    assert store.names_of(tmp_path / "baselines/t/a[1.5].v2.png") == {"t/a[1.5].v2"}


def test_names_of_another_template(tmp_path: Path) -> None:
    """A file that the template cannot have made is the baseline of its own path alone."""
    store = a_store(tmp_path, "{platform}/{name}")
    assert store.names_of(tmp_path / "baselines/a.png") == {"a"}


def test_files(tmp_path: Path) -> None:
    """Pictures are listed in order; other files, hidden ones and links are left out."""
    folder = tmp_path / "baselines"
    for name in ("b/z.png", "b/a.JPG", "a.png", ".x.png", ".git/a.png", "notes.txt", "c.png/d.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "link.png").symlink_to(folder / "a.png")
    (folder / "linked").symlink_to(folder / "b")
    found = [path.relative_to(folder).as_posix() for path in a_store(tmp_path).files()]
    assert found == ["a.png", "b/a.JPG", "b/z.png", "c.png/d.png"]


def test_files_without_a_folder(tmp_path: Path) -> None:
    """Before the first baseline there is nothing to list."""
    assert list(a_store(tmp_path).files()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.png", True),
        ("a/b.JPEG", True),
        ("x.tif", True),
        ("form", False),
        ("v1.2", False),
        ("a.png/b", False),
        ("png", False),
        (".webp", True),
    ],
)
def test_is_path(text: str, expected: bool) -> None:
    """A text that ends as pictures do is a path; all else is a name."""
    assert is_path(text) is expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_baseline_that_is_no_file(tmp_path: Path) -> None:
    """A named pipe or a folder is refused at once, whoever put it there."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    for name, why in (("pipe.png", "not a regular file"), ("folder.png", "Is a directory")):
        with pytest.raises(BaselineError, match=f"{name}: cannot be read: {why}"):
            read(tmp_path / name)

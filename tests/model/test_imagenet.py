"""The download of Keras' ImageNet weights; nothing here imports TensorFlow."""

from __future__ import annotations

import hashlib
import http.client
import io
import urllib.error
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import imagenet
from pytest_imgsim.model.imagenet import NAME, TIMEOUT, URL, imagenet_file
from pytest_imgsim.model.resnet50 import ResNet50

CONTENT = b"weights" * 1000


class Web:
    """Answers every request with its content, or raises it."""

    def __init__(self) -> None:
        self.answer: bytes | Exception = CONTENT
        self.requests: list[tuple[str, float]] = []

    def urlopen(self, url: str, *, timeout: float) -> io.BytesIO:
        """Note the request and answer it."""
        self.requests.append((url, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return io.BytesIO(self.answer)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A network with the file, and an empty folder for Keras."""
    web = Web()
    monkeypatch.setattr("urllib.request.urlopen", web.urlopen)
    monkeypatch.setattr(imagenet, "MD5", hashlib.md5(CONTENT).hexdigest())
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return web


def test_downloads_once_to_where_keras_keeps_it(web: Web, tmp_path: Path) -> None:
    """The file is kept under Keras' own name, and used from there the next time."""
    for _ in range(2):
        assert imagenet_file() == tmp_path / "keras/models" / NAME
    assert (tmp_path / "keras/models" / NAME).read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "keras/models").iterdir()] == [NAME]
    assert web.requests == [(URL, TIMEOUT)]


def test_the_home_folder_is_the_default(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without KERAS_HOME, Keras' folder is ``.keras`` in the user's home."""
    monkeypatch.delenv("KERAS_HOME")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert imagenet_file() == tmp_path / ".keras/models" / NAME


def test_a_damaged_file_is_downloaded_again(web: Web, tmp_path: Path) -> None:
    """A file of another hash, as a broken download leaves it, is replaced."""
    path = tmp_path / "keras/models" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:-1])
    assert imagenet_file().read_bytes() == CONTENT


def test_the_constants_are_those_of_keras() -> None:
    """Name, address and hash are what Keras' own code has for this network."""
    # Read as text: an import of it would load TensorFlow.
    folder = Path(str(distribution("keras").locate_file("keras/src")))
    source = (folder / "applications/resnet.py").read_text(encoding="utf-8")
    assert f'"{imagenet.MD5}"' in source.partition('"resnet101"')[0]
    assert URL == "https://storage.googleapis.com/tensorflow/keras-applications/resnet/" + NAME
    assert URL.removesuffix(NAME) in source


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"x", b"<html>Log in</html>"])
def test_another_file_is_refused(web: Web, tmp_path: Path, content: bytes) -> None:
    """What has another hash is neither kept nor loaded."""
    web.answer = content
    message = (
        rf"^weights 'imagenet': expected a file with the MD5 \w{{32}} from https.*{len(content)}"
    )
    with pytest.raises(WeightsError, match=message):
        imagenet_file()
    assert not (tmp_path / "keras").exists()


@pytest.mark.parametrize(
    "error",
    [
        urllib.error.URLError("Name or service not known"),
        TimeoutError("timed out"),
        ConnectionResetError("reset by peer"),
        http.client.IncompleteRead(b"", 10),
    ],
)
def test_without_network(web: Web, tmp_path: Path, error: Exception) -> None:
    """The error says what went wrong and what to do, before TensorFlow is imported."""
    web.answer = error
    message = (
        r"^weights 'imagenet': could not download Keras' ResNet50 file from https://.*\(.+\)\. "
        r"Connect once, or .*--imgsim-weights=bundled, which needs no network$"
    )
    with pytest.raises(WeightsError, match=message):
        _ = ResNet50("imagenet").model_id
    assert not (tmp_path / "keras").exists()


def test_a_folder_that_cannot_be_written(web: Web, tmp_path: Path) -> None:
    """The error names the file and the variable that moves it."""
    (tmp_path / "keras").write_bytes(b"")
    with pytest.raises(WeightsError, match=rf"could not write .*{NAME}.* Set KERAS_HOME to a"):
        imagenet_file()


def test_a_user_without_a_home(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no home folder, the error names the variable too."""

    def homeless(_: Any) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(WeightsError, match=r"^weights 'imagenet': .*directory. Set KERAS_HOME to"):
        imagenet_file()

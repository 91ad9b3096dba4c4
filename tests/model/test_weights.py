"""The weights of the ResNet50: names, files, and the packed format."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import weights
from pytest_imgsim.model.weights import (
    BUNDLED_DIGEST,
    bundled,
    digest,
    named,
    packed,
    unpacked,
    weights_file,
)


@pytest.mark.parametrize("name", ["bundled", "imagenet"])
def test_known_names_need_no_file(name: str, tmp_path: Path) -> None:
    """A known name stays one, even if a file has the same name."""
    (tmp_path / name).write_bytes(b"")
    assert weights_file(name, tmp_path) is None


@pytest.mark.parametrize("name", ["w.weights.h5", "w.h5", "deep/w.keras"])
def test_files_below_root(name: str, tmp_path: Path) -> None:
    """A relative path starts at the root; an absolute one is used as it is."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    assert weights_file(name, tmp_path) == path
    assert weights_file(str(path), Path("/elsewhere")) == path


@pytest.mark.parametrize("name", ["Bundled", "resnet50", "w.pt", "w.h5.txt", ""])
def test_refuses_unknown_weights(name: str, tmp_path: Path) -> None:
    """The error for anything else names both: the known names and the suffixes of files."""
    message = (
        f"^weights '{name}': expected 'bundled' or 'imagenet', or a file ending in .weights.h5"
    )
    with pytest.raises(WeightsError, match=message):
        weights_file(name, tmp_path)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    """The error for a missing file gives the whole path."""
    (tmp_path / "d.keras").mkdir()
    for name in ("w.h5", "d.keras"):
        with pytest.raises(WeightsError, match=f"there is no file {tmp_path / name}"):
            weights_file(name, tmp_path)


def test_bundled_weights_are_whole() -> None:
    """The file that ships is the one of this release, and small enough for a package."""
    layers = unpacked(bundled())
    assert len(layers) == 106  # 53 convolutions and as many BatchNorms
    assert layers["conv1_conv"][0].shape == (7, 7, 3, 64)
    assert {len(arrays) for name, arrays in layers.items() if name.endswith("_bn")} == {4}
    arrays = [array for arrays in layers.values() for array in arrays]
    assert all(array.dtype == np.float32 for array in arrays)
    assert all(np.isfinite(array).all() for array in arrays)
    file = Path(weights.__file__).parent / "data" / weights.BUNDLED_FILE
    assert file.stat().st_size < 50e6


def test_the_digest_is_known_before_the_file_is_read() -> None:
    """The constant in the model's id is the digest of the file that ships."""
    assert digest(bundled()) == BUNDLED_DIGEST


def test_refuses_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another hash is not loaded, and the message says how to get the right one."""
    monkeypatch.setattr(weights, "BUNDLED_SHA256", "0" * 64)
    message = r"weights 'bundled': expected SHA-256 0+\.\.\., got \w{12}.*damaged.*--force-re"
    with pytest.raises(WeightsError, match=message):
        bundled()


def test_packing_keeps_kernels_to_half_a_step() -> None:
    """Kernels come back to half of their filter's step, and everything else exactly."""
    draw = np.random.default_rng(0)
    kernel = (draw.normal(size=(3, 3, 4, 5)) * [1, 10, 0.1, 0, 1e-9]).astype(np.float32)
    bias = draw.normal(size=5).astype(np.float32)
    arrays = packed({"c": [kernel, bias], "n": [bias]})
    assert arrays["c/0"].dtype == np.int8
    again = unpacked(arrays)
    steps = np.abs(kernel).max(axis=(0, 1, 2)) / 127
    assert (np.abs(again["c"][0] - kernel) <= 0.5001 * steps).all()
    assert np.array_equal(again["c"][1], bias)
    assert np.array_equal(again["n"][0], bias)
    assert all(array.dtype == np.float32 for arrays in again.values() for array in arrays)


def test_digest() -> None:
    """The digest is that of the little-endian bytes in order of name, whatever the layout."""
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(2, np.int8)
    expected = hashlib.sha256(a.astype("<f4").tobytes() + b.tobytes()).hexdigest()[:8]
    assert digest({"a": a, "b": b}) == expected
    assert digest({"b": b, "a": np.asfortranarray(a)}) == expected
    assert digest({"a": a.astype(">f4"), "b": b}) == expected
    assert digest({"b": a, "a": b}) != expected
    assert digest({"a": a}) != expected


def test_names_of_arrays() -> None:
    """Arrays are named by layer and position."""
    one, two = np.zeros(1, np.float32), np.ones(2, np.float32)
    assert named({"c": [one, two], "n": [two]}) == {"c/0": one, "c/1": two, "n/0": two}

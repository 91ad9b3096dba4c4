"""Which weights the ResNet50 gets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.weights import digest, seeded_kernels, seeded_statistics, weights_file


@pytest.mark.parametrize("name", ["seeded", "imagenet"])
def test_known_names_need_no_file(name: str, tmp_path: Path) -> None:
    """A known name is taken as such, even where a file is called like that."""
    (tmp_path / name).write_bytes(b"")
    assert weights_file(name, tmp_path) is None


@pytest.mark.parametrize("name", ["w.weights.h5", "w.h5", "deep/w.keras"])
def test_files_below_root(name: str, tmp_path: Path) -> None:
    """A relative path begins at the root; an absolute one is taken as it is."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    assert weights_file(name, tmp_path) == path
    assert weights_file(str(path), Path("/elsewhere")) == path


@pytest.mark.parametrize("name", ["Seeded", "resnet50", "w.pt", "w.h5.txt", ""])
def test_refuses_unknown_weights(name: str, tmp_path: Path) -> None:
    """What is neither a name nor a file of weights is refused with both."""
    told = f"^weights '{name}': expected 'seeded' or 'imagenet', or a file ending in .weights.h5"
    with pytest.raises(WeightsError, match=told):
        weights_file(name, tmp_path)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    """A missing file is told with the whole path."""
    (tmp_path / "d.keras").mkdir()
    for name in ("w.h5", "d.keras"):
        with pytest.raises(WeightsError, match=f"there is no file {tmp_path / name}"):
            weights_file(name, tmp_path)


def test_seeded_kernels_are_always_the_same() -> None:
    """The kernels are those of the first release, bit by bit, on every machine."""
    kernels = seeded_kernels([(7, 7, 3, 64), (1, 1, 64, 256)])
    assert [kernel.shape for kernel in kernels] == [(7, 7, 3, 64), (1, 1, 64, 256)]
    assert all(kernel.dtype == np.float32 for kernel in kernels)
    assert digest(kernels) == "9abbba0a"


def test_seeded_kernels_are_of_he() -> None:
    """Values are uniform within the limit of He et al. for the kernel's fan-in."""
    [kernel] = seeded_kernels([(3, 3, 64, 64)])
    limit = (6 / (3 * 3 * 64)) ** 0.5
    assert 0.99 * limit < np.abs(kernel).max() <= np.float32(limit)
    assert abs(kernel.mean()) < 0.01 * limit
    assert kernel.std() == pytest.approx(limit / 3**0.5, rel=0.01)


def test_seeded_statistics() -> None:
    """The shipped statistics fit the 53 layers of a ResNet50 and are sound."""
    means, variances = seeded_statistics()
    assert means.shape == variances.shape == (26560,)
    assert means.dtype == variances.dtype == np.float32
    assert np.isfinite(means).all()
    assert np.isfinite(variances).all()
    assert (variances > 0).all()


def test_digest() -> None:
    """The digest is that of the little-endian float32 bytes in order, whatever the layout."""
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(2, np.float32)
    expected = hashlib.sha256(a.astype("<f4").tobytes() + b.astype("<f4").tobytes()).hexdigest()[:8]
    assert digest([a, b]) == expected
    assert digest([np.asfortranarray(a), b.astype(">f4")]) == expected
    assert digest([b, a]) != expected
    assert digest([a]) != expected

"""Decoding, for arrays of all kinds and for files that anybody may send."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from fakes import encoded, noise
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

from pytest_imgsim.errors import PictureError
from pytest_imgsim.pictures.convert import from_array
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.picture import PNG_MAGIC, Picture

SIDES = st.integers(1, 6)
SHAPES = st.one_of(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES, st.sampled_from([1, 3, 4])))
ACCEPTED = st.sampled_from(["u1", "<u2", ">u2", "?", "<f2", "<f4", ">f4", "<f8"]).map(np.dtype)
#: The ways in which PNG keeps colours, as Pillow names them.
MODES = ("RGB", "RGBA", "P", "L", "LA", "1", "I;16")


@st.composite
def accepted_arrays(draw: st.DrawFn) -> NDArray[Any]:
    """Draw an array of an accepted dtype, shape and range."""
    dtype = draw(ACCEPTED)
    shares = {"min_value": 0, "max_value": 1} if dtype.kind == "f" else None
    array: NDArray[Any] = draw(arrays.arrays(dtype, SHAPES, elements=shares))
    return array


def levels(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return what each value stands for, from 0 to 255."""
    most = 1.0 if array.dtype.kind in "bf" else float(np.iinfo(array.dtype).max)
    # In the array's own precision: half of a level may fall on either side.
    values = array * array.dtype.type(255) if array.dtype.kind == "f" else array / most * 255
    return np.rint(values).astype(np.uint8)


@given(accepted_arrays())
def test_an_accepted_array_is_a_picture(array: NDArray[Any]) -> None:
    """Grey, RGB and RGBA of every accepted dtype give these levels, and read back from a PNG."""
    before = array.copy()
    picture = from_array(array)
    np.testing.assert_array_equal(array, before)
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.shape == (*array.shape[:2], 3)
    expected = levels(array.reshape(*array.shape[:2], -1))
    if expected.shape[2] == 4:
        alpha = np.full(array.shape[:2], 255) if picture.alpha is None else picture.alpha
        np.testing.assert_array_equal(alpha, expected[:, :, 3])
        opaque = alpha == 255
        np.testing.assert_array_equal(picture.rgb[opaque], expected[:, :, :3][opaque])
    else:
        assert picture.alpha is None
        np.testing.assert_array_equal(picture.rgb, np.broadcast_to(expected, picture.rgb.shape))
    assert decode(picture.png).same_pixels(picture)


@given(
    arrays.arrays(
        arrays.scalar_dtypes() | arrays.unicode_string_dtypes(),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_any_array_is_a_picture_or_refused(array: NDArray[Any]) -> None:
    """Any dtype, shape and range gives a picture or the error for that."""
    try:
        assert from_array(array).size == array.shape[1::-1]
    except PictureError as error:
        assert "expected" in str(error)  # noqa: PT017 - both outcomes are right


def read(data: bytes) -> Picture | None:
    """Return the picture, or None where it is refused; any other error fails the test."""
    try:
        return decode(data, what="sent", max_pixels=10_000)
    except PictureError as error:
        assert str(error).startswith("sent: expected ")  # noqa: PT017 - a refusal is right too
        return None


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: PNG_MAGIC + data))
def test_random_bytes_are_refused(data: bytes) -> None:
    """What is no file is refused."""
    assert read(data) is None


@given(
    st.sampled_from(MODES),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(max_size=3))),
)
def test_a_damaged_png_is_a_picture_or_refused(
    mode: str, damages: list[tuple[int, int, bytes]]
) -> None:
    """A PNG in which bytes were replaced, added or lost does no harm."""
    grey = Image.fromarray(noise(5, 7)).convert("L")
    image = grey.convert("I").convert(mode) if mode == "I;16" else grey.convert(mode)
    data = encoded(image, "PNG")
    for place, lost, added in damages:
        data = data[:place] + added + data[place + lost :]
    if picture := read(data):
        assert decode(picture.png).same_pixels(picture)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG whose check sum is right."""
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


@given(
    st.tuples(*[st.integers(0, 9) | st.integers(0, 2**32 - 1)] * 2),
    st.tuples(st.sampled_from([1, 2, 4, 8, 16]), st.sampled_from([0, 2, 3, 4, 6])),
    st.lists(
        st.tuples(st.sampled_from([b"PLTE", b"tRNS", b"gAMA", b"iCCP", b"zTXt"]), st.binary())
    ),
    st.binary(max_size=400),
)
def test_a_strange_png_is_a_picture_or_refused(
    size: tuple[int, int], colour: tuple[int, int], more: list[tuple[bytes, bytes]], rows: bytes
) -> None:
    """A PNG that claims anything with right check sums is not larger than allowed, or refused."""
    header = struct.pack(">IIBBBBB", *size, *colour, 0, 0, 0)
    data = PNG_MAGIC + chunk(b"IHDR", header) + b"".join(chunk(*each) for each in more)
    picture = read(data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    assert picture is None or picture.size == size

"""Whether a file is a whole picture, whatever the suite has told Pillow to put up with.

``PIL.ImageFile.LOAD_TRUNCATED_IMAGES`` belongs to the whole process, and is not ours to change. A
suite that sets it to open pictures of its own would have cut baselines pass for whole ones, with
grey in place of what is missing.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from types import FunctionType
from typing import Any

from PIL import Image, ImageFile

from pytest_imgsim.pictures.picture import PNG_MAGIC


class WholeFile(io.BytesIO):
    """A picture's bytes, whose end must not be read beyond while the pixels are decoded."""

    decoding = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises
        ------
        OSError
            If there are none left, and pixels are missing.
        """
        data = super().read(size)
        if self.decoding and not data and size != 0:
            raise OSError("the file is cut off")
        return data


def load_whole(image: Image.Image, file: WholeFile) -> None:
    """Decode the pixels of a picture that was opened from `file`.

    Raises
    ------
    OSError
        If some are missing or damaged.
    """
    file.decoding = True
    load: Callable[[Image.Image], Any] = type(image).load
    try:
        (_STRICT_LOAD if load is ImageFile.ImageFile.load else load)(image)
    finally:
        file.decoding = False


def check_png(data: bytes) -> None:
    """Refuse a PNG file with a chunk that is cut off or does not fit its checksum.

    Pillow does not look at the checksums of the chunks with pixels.

    Parameters
    ----------
    data : bytes
        A file that begins with the signature of a PNG.

    Raises
    ------
    OSError
        If it is not whole.
    """
    view, start, kind = memoryview(data), len(PNG_MAGIC), b""
    while kind != b"IEND":
        end = start + 8 + int.from_bytes(view[start : start + 4], "big")
        kind = bytes(view[start + 4 : start + 8])
        stored = view[end : end + 4]
        if len(stored) < 4:
            raise OSError(f"the file is cut off in chunk {kind!r} at byte {start}")
        if zlib.crc32(view[start + 4 : end]) != int.from_bytes(stored, "big"):
            raise OSError(f"chunk {kind!r} at byte {start} does not fit its checksum")
        start = end + 4


def _strict(load: Any) -> Any:
    """Return Pillow's function with a copy of its globals, in which nothing is put up with."""
    space = {**load.__globals__, "LOAD_TRUNCATED_IMAGES": False}
    return FunctionType(load.__code__, space, load.__name__, load.__defaults__, load.__closure__)


_STRICT_LOAD = _strict(ImageFile.ImageFile.load)

"""Draw golden pictures: all that are missing, or those that are named.

From the repository::

    python tests/golden/draw.py [NAME ...]

The files in pictures/ are what counts, since fonts and browsers differ between machines; this
shows where they come from. A picture that is drawn again gets new values: run refresh.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden.drawing import carets, limits, pages, screens, shapes
from golden.values import PICTURES


def drawn() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield all pictures by name, those of a browser last."""
    for module in (pages, shapes, carets, limits, screens):
        yield from module.pictures()


def smallest(image: Image.Image) -> Image.Image:
    """Return the image with a palette, if it has few enough colours."""
    few = image.mode == "RGB" and image.getcolors(256) is not None
    return image.quantize(256) if few else image


def main(names: list[str]) -> None:
    """Write the pictures as small files."""
    for name, pixels in drawn():
        path = PICTURES / f"{name}.png"
        if name in names or not (names or path.exists()):
            smallest(Image.fromarray(pixels)).save(path, optimize=True)
            print(f"{path.stat().st_size:7,d} bytes  {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pack trained weights into the file that ships with the package, and tell its hashes.

    python training/pack_weights.py DIR/checkpoints/NAME/whole.weights.h5

Kernels go in as 8-bit numbers (see `pytest_imgsim.model.weights`). The hashes are to be written
into `pytest_imgsim/model/weights.py`, and the file is to be committed once, when it is final.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pytest_imgsim.model import weights


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="a .weights.h5 file")
    target = Path(weights.__file__).parent / "data" / weights.BUNDLED_FILE
    parser.add_argument("--target", type=Path, default=target)
    given = parser.parse_args()
    network = keras.applications.ResNet50(include_top=False, weights=None)
    network.load_weights(given.weights)
    layers = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    given.target.parent.mkdir(exist_ok=True)
    arrays: dict[str, Any] = weights.packed(layers)
    np.savez(given.target, **arrays)  # compressed it is a tenth smaller, and read in twice the time
    content = given.target.read_bytes()
    print(f"{given.target}: {len(content) / 1e6:.1f} MB")
    print(f'BUNDLED_DIGEST = "{weights.digest(arrays)}"')
    print(f'BUNDLED_SHA256 = "{hashlib.sha256(content).hexdigest()}"')


if __name__ == "__main__":
    main()

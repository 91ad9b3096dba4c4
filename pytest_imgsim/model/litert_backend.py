"""LiteRT, TensorFlow's small runtime: starts in a tenth of a second, and runs on any size.

When the first model of a process is loaded, LiteRT writes one line to stderr ("INFO: Created
TensorFlow Lite XNNPACK delegate for CPU."). It has no option or variable against it, and moving
file descriptor 2 away for a moment would lose what the suite's other threads write.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray


def available() -> bool:
    """Return whether LiteRT is installed; it does not exist for some machines."""
    return find_spec("ai_edge_litert") is not None


class LiteModel:
    """A model that is ready to run.

    Parameters
    ----------
    content : bytes
        The model file: from (1, H, W, 3) float32 to one tensor.
    threads : int
        CPU threads.
    """

    def __init__(self, content: bytes, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter: Any = Interpreter(model_content=content, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the output for (1, H, W, 3) float32 pixels."""
        if pixels.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, pixels.shape)
            self._interpreter.allocate_tensors()
            self._shape = pixels.shape
        self._interpreter.set_tensor(self._input, pixels)
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output))

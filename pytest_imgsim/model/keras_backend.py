"""The ResNet50 on Keras: the only module that imports Keras and TensorFlow.

The models for LiteRT are tested against it, it reads the weights that Keras writes, and it runs
where a GPU is to be used or LiteRT is not available.

A suite may use Keras itself, so what Keras would take from its global settings (precision, order
of the axes) is passed to each layer, and so is the initializer: Keras would draw the seed of a
random one from Python's `random`. None of these is read or changed here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import weights as weights_of
from pytest_imgsim.model.weights import BLOCKS, EPSILON

#: The stages that the network gives: the local one, and the last.
STAGES = ("conv2_block3_out", "conv5_block3_out")
LAYOUT = "channels_last"
PRECISION = "float32"


def reference(weights: str, source: Path | None, threads: int) -> Any:
    """Return the Keras model: BGR float32 pixels less their mean in, `STAGES` out.

    Parameters
    ----------
    weights : str
        "bundled", "imagenet", or the path that `source` was found by.
    source : Path or None
        The file of the weights; None for those that have a name.
    threads : int
        CPU threads, 0 for TensorFlow's own choice; without effect once the process has used
        TensorFlow.

    Raises
    ------
    WeightsError
        If TensorFlow cannot be imported, or the weights are not available or do not fit.
    """
    if weights == weights_of.IMAGENET:  # before TensorFlow, which takes seconds to import
        source = _imagenet_file()
    keras = _import_keras(threads)
    network = _Network(keras).build()
    if source is None:
        _set_bundled(network)
    else:
        _set_from_file(network, source)
    return _model(keras, network.input, [network.get_layer(name).output for name in STAGES])


def arrays_of(model: Any) -> weights_of.Arrays:
    """Return the weights of a model of `reference`, named as the bundled ones are, float32."""
    return weights_of.named({layer.name: layer.get_weights() for layer in model.layers})


def traced(model: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return graphs from (1, H, W, 3) float32 to the local stage and to the pooled vector.

    Each is traced once for pictures of all sizes.
    """
    import keras
    import tensorflow

    signature = [tensorflow.TensorSpec([1, None, None, 3], tensorflow.float32)]
    local_model = _model(keras, model.input, model.outputs[0])

    def local(pixels: Any) -> Any:
        return local_model(pixels, training=False)

    def pooled(pixels: Any) -> Any:
        return tensorflow.reduce_mean(model(pixels, training=False)[-1], axis=[1, 2])

    return (
        tensorflow.function(local, input_signature=signature),
        tensorflow.function(pooled, input_signature=signature),
    )


def _import_keras(threads: int) -> Any:
    """Return Keras, running on TensorFlow."""
    try:
        import keras
        import tensorflow
    except ImportError as error:
        raise WeightsError(
            f"TensorFlow cannot be imported ({error}), and these weights or this runtime need it; "
            "install it with: python -m pip install tensorflow"
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise WeightsError(
            f"Keras runs on {keras.backend.backend()!r}; expected 'tensorflow': unset "
            "KERAS_BACKEND or set it to tensorflow"
        )
    _limit_threads(tensorflow, threads)
    return keras


def _limit_threads(tensorflow: Any, threads: int) -> None:
    if threads <= 0:
        return
    try:
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # The suite has used TensorFlow before us, and its thread pools exist already.
        return


def _model(keras: Any, inputs: Any, outputs: Any) -> Any:
    model = keras.Model(inputs, outputs, name="resnet50")
    model.dtype_policy = PRECISION  # else Keras' global one, which may round the pixels
    return model


class _Network:
    """Keras' ``ResNet50(include_top=False)``, layer by layer under the same names.

    Parameters
    ----------
    keras : module
        Keras.
    """

    def __init__(self, keras: Any) -> None:
        self._keras = keras
        self._layers = keras.layers

    def build(self) -> Any:
        """Return the network, its weights not yet set."""
        pixels = self._keras.Input((None, None, 3), dtype=PRECISION, name="pixels")
        tensor = self._pad(pixels, 3, "conv1_pad")
        tensor = self._relu(self._convolve(tensor, "conv1", 64, size=7, stride=2), "conv1_relu")
        tensor = self._pool(self._pad(tensor, 1, "pool1_pad"), "pool1_pool")
        for stage, blocks in enumerate(BLOCKS, start=2):
            for block in range(1, blocks + 1):
                tensor = self._block(tensor, stage, block)
        return _model(self._keras, pixels, tensor)

    def _block(self, tensor: Any, stage: int, block: int) -> Any:
        """Add a bottleneck block; the first one of a stage changes the size and the channels."""
        name, filters = f"conv{stage}_block{block}", 16 * 2**stage
        stride = 2 if block == 1 and stage > 2 else 1
        shortcut = tensor
        if block == 1:
            shortcut = self._convolve(tensor, f"{name}_0", 4 * filters, stride=stride)
        tensor = self._convolve(tensor, f"{name}_1", filters, stride=stride)
        tensor = self._relu(tensor, f"{name}_1_relu")
        tensor = self._convolve(tensor, f"{name}_2", filters, size=3, padding="same")
        tensor = self._relu(tensor, f"{name}_2_relu")
        tensor = self._convolve(tensor, f"{name}_3", 4 * filters)
        tensor = self._layers.Add(dtype=PRECISION, name=f"{name}_add")([shortcut, tensor])
        return self._relu(tensor, f"{name}_out")

    def _convolve(
        self,
        tensor: Any,
        name: str,
        filters: int,
        *,
        size: int = 1,
        stride: int = 1,
        padding: str = "valid",
    ) -> Any:
        """Add a convolution and the BatchNorm after it."""
        convolution = self._layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding=padding,
            data_format=LAYOUT,
            kernel_initializer="zeros",
            dtype=PRECISION,
            name=f"{name}_conv",
        )
        norm = self._layers.BatchNormalization(
            axis=3, epsilon=EPSILON, dtype=PRECISION, name=f"{name}_bn"
        )
        return norm(convolution(tensor))

    def _relu(self, tensor: Any, name: str) -> Any:
        return self._layers.Activation("relu", dtype=PRECISION, name=name)(tensor)

    def _pad(self, tensor: Any, pixels: int, name: str) -> Any:
        return self._layers.ZeroPadding2D(pixels, data_format=LAYOUT, dtype=PRECISION, name=name)(
            tensor
        )

    def _pool(self, tensor: Any, name: str) -> Any:
        return self._layers.MaxPooling2D(
            3, strides=2, data_format=LAYOUT, dtype=PRECISION, name=name
        )(tensor)


def _set_bundled(network: Any) -> None:
    for name, arrays in weights_of.unpacked(weights_of.bundled()).items():
        network.get_layer(name).set_weights(arrays)


def _set_from_file(network: Any, source: Path) -> None:
    """Read the arrays of a file; a ``.keras`` file's own description of its network is ignored."""
    try:
        network.load_weights(source)
    except Exception as error:  # Keras and h5py raise nearly anything on a bad file
        raise WeightsError(
            f"weights {source}: expected the weights of Keras' ResNet50(include_top=False), "
            f"which this file does not hold: {_first_line(error)}"
        ) from None


def _imagenet_file() -> Path:
    # Imports urllib, which costs more than all of ours, for a download.
    from pytest_imgsim.model.imagenet import imagenet_file

    return imagenet_file()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__

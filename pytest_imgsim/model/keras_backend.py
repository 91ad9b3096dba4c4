"""The ResNet50 as Keras builds it, whatever its weights: the only module that imports TensorFlow.

It is what LiteRT's models are held against, it reads the weights that Keras writes, and it is what
runs where a GPU is to be used or LiteRT cannot be had.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.model import weights as weights_of
from pytest_imgsim.model.host import quiet_stderr

#: The stages that the network gives: the local one, and the last.
STAGES = ("conv2_block3_out", "conv5_block3_out")
DOWNLOAD_TIMEOUT = 15.0


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
        If TensorFlow cannot be imported, or the weights cannot be had or do not fit.
    """
    keras = _import_tensorflow(threads)
    with _plain_keras(keras):
        network = _network(keras, weights, source)
        return keras.Model(network.input, [network.get_layer(name).output for name in STAGES])


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
    with _plain_keras(keras):
        local = keras.Model(model.input, model.outputs[0])

    def see(pixels: Any) -> Any:
        return local(pixels, training=False)

    def pool(pixels: Any) -> Any:
        return tensorflow.reduce_mean(model(pixels, training=False)[-1], axis=[1, 2])

    return (
        tensorflow.function(see, input_signature=signature),
        tensorflow.function(pool, input_signature=signature),
    )


def _network(keras: Any, weights: str, source: Path | None) -> Any:
    if weights == weights_of.IMAGENET:
        return _imagenet(keras)
    network = keras.applications.ResNet50(include_top=False, weights=None)
    if source is None:
        _set_bundled(network)
    else:
        _set_from_file(keras, network, source)
    return network


def _set_bundled(network: Any) -> None:
    for name, arrays in weights_of.unpacked(weights_of.bundled()).items():
        network.get_layer(name).set_weights(arrays)


def _set_from_file(keras: Any, network: Any, source: Path) -> None:
    try:
        if source.suffix == ".keras":
            given = keras.models.load_model(source, compile=False).get_weights()
            _check_shapes(source, [w.shape for w in given], [w.shape for w in network.weights])
            network.set_weights(given)
        else:
            network.load_weights(source)
    except WeightsError:
        raise
    except Exception as error:  # Keras and h5py raise nearly anything on a bad file
        raise WeightsError(
            f"weights {source}: expected the weights of Keras' ResNet50(include_top=False), "
            f"which this file does not hold: {_first_line(error)}"
        ) from None


def _check_shapes(source: Path, got: list[Any], expected: list[Any]) -> None:
    if [tuple(shape) for shape in got] != [tuple(shape) for shape in expected]:
        raise WeightsError(
            f"weights {source}: expected the {len(expected)} arrays of Keras' "
            f"ResNet50(include_top=False), got {len(got)} arrays of other shapes"
        )


def _imagenet(keras: Any) -> Any:
    """Return Keras' own ImageNet network; its file is hash-checked and kept by Keras."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)
    try:
        return keras.applications.ResNet50(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise WeightsError(
            "weights 'imagenet': Keras could not download its ResNet50 file "
            f"({_first_line(error)}). Connect once, or download the file elsewhere and pass its "
            "path with --imgsim-weights, or use --imgsim-weights=bundled, which needs no network"
        ) from None
    finally:
        socket.setdefaulttimeout(before)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _import_tensorflow(threads: int) -> Any:
    """Return Keras, once it stands on a TensorFlow that has started."""
    try:
        with quiet_stderr():
            import keras
            import tensorflow

            _limit_threads(tensorflow, threads)
            # Looks for a GPU now, while nobody has to read that there is none.
            tensorflow.config.list_logical_devices()
    except ImportError as error:
        raise WeightsError(
            f"TensorFlow cannot be imported ({error}), and it is needed for these weights or this "
            "runtime; install it with: python -m pip install tensorflow"
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise WeightsError(
            f"Keras runs on {keras.backend.backend()!r}; expected 'tensorflow': unset "
            "KERAS_BACKEND or set it to tensorflow"
        )
    return keras


def _limit_threads(tensorflow: Any, threads: int) -> None:
    if threads <= 0:
        return
    try:
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # The suite has used TensorFlow before us, and its thread pools are already made.
        return


@contextmanager
def _plain_keras(keras: Any) -> Iterator[None]:
    """Build under Keras' defaults, whatever the suite or ~/.keras/keras.json has set."""
    layout, policy = keras.config.image_data_format(), keras.config.dtype_policy()
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_image_data_format(layout)
        keras.config.set_dtype_policy(policy)

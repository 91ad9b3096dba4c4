"""The ResNet50: the only module that imports TensorFlow and Keras, and only when it is used."""

from __future__ import annotations

import os
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim import weights as weights_of
from pytest_imgsim.capture import as_picture
from pytest_imgsim.compare import pooled
from pytest_imgsim.errors import WeightsError
from pytest_imgsim.scoring import FeatureMap, Features, cosine

#: Counts the ways in which pixels have been fed to the network; part of the model's id.
PREPROCESSING = 1
#: The stages in which a change is looked for, with their strides in pixels.
LOCAL_STAGES = (("conv2_block3_out", 4), ("conv3_block4_out", 8))
TOP_STAGE = ("conv5_block3_out", 32)
#: ImageNet's mean in BGR order, which Keras' ResNet50 subtracts ("caffe" preprocessing).
MEAN_BGR = (103.939, 116.779, 123.68)
DOWNLOAD_TIMEOUT = 15.0


class ResNet50:
    """A ResNet50 without its classifier; built when it is first used.

    Parameters
    ----------
    weights : str
        "bundled", "imagenet", or the path of a ``.weights.h5``, ``.h5`` or ``.keras`` file.
    root : Path
        Where a relative path of weights begins.
    threads : int
        CPU threads for TensorFlow, 0 for its own choice; without effect once the process
        has used TensorFlow.
    max_pixels : int
        Largest picture that is decoded.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition",
       CVPR 2016. :doi:`10.1109/CVPR.2016.90`
    """

    def __init__(
        self,
        weights: str = weights_of.BUNDLED,
        *,
        root: Path = Path(),
        threads: int = 0,
        max_pixels: int = 80_000_000,
    ) -> None:
        self._weights = weights
        self._root = root
        self._threads = threads
        self._max_pixels = max_pixels
        self._loaded: tuple[Any, Any, str] | None = None
        self.seconds = 0.0

    @property
    def model_id(self) -> str:
        """Architecture, weights, their digest and the preprocessing's number."""
        return self._load()[2]

    @property
    def model(self) -> Any:
        """The Keras model: BGR float32 pixels less `MEAN_BGR` in, the three stages out."""
        return self._load()[0]

    def extract(self, rgb: NDArray[np.uint8]) -> Features:
        """Return the features of one picture.

        Parameters
        ----------
        rgb : ndarray of shape (H, W, 3), uint8
            Pixels; H and W are multiples of 32.

        Returns
        -------
        Features
            Local maps (H/4, W/4, 256) and (H/8, W/8, 512), top map (H/32, W/32, 2048).
        """
        run = self._load()[1]
        with self._working():
            maps = [np.asarray(output)[0] for output in run(rgb[None])]
        strides = [stride for _, stride in (*LOCAL_STAGES, TOP_STAGE)]
        *local, top = (FeatureMap(s, values) for s, values in zip(strides, maps, strict=True))
        return Features(tuple(local), top)

    def features(self, image: Any) -> NDArray[np.float32]:
        """Return a picture's pooled feature vector.

        Parameters
        ----------
        image : path, bytes, PIL image, numpy array, page, element or figure
            Anything that ``assert_similar`` takes.

        Returns
        -------
        ndarray of shape (2048,), float32
            The mean of the last stage over the picture at its own size; values are >= 0.

        Raises
        ------
        PictureError, WeightsError
            If the picture or the weights cannot be read.
        """
        return pooled(as_picture(image, max_pixels=self._max_pixels), self)

    def similarity(self, a: Any, b: Any) -> float:
        """Return the cosine of two pictures' pooled vectors, in [0, 1]; 1 is the same.

        The pictures may differ in size. A small change on a large page hardly moves this
        number: ``assert_similar`` judges the worst region instead.
        """
        return float(cosine(self.features(a), self.features(b)))

    def _load(self) -> tuple[Any, Any, str]:
        if self._loaded is None:
            with self._working():
                self._loaded = self._build()
        return self._loaded

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Count the seconds, and keep Keras' own warnings from a suite that raises on them."""
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
        self.seconds += time.perf_counter() - started

    def _build(self) -> tuple[Any, Any, str]:
        source = weights_of.weights_file(self._weights, self._root)
        tensorflow, keras = _import_tensorflow(self._threads)
        with _plain_keras(keras):
            network = _network(keras, self._weights, source)
            stages = [network.get_layer(name).output for name, _ in (*LOCAL_STAGES, TOP_STAGE)]
            model = keras.Model(network.input, stages)
        label = source.stem.removesuffix(".weights") if source else self._weights
        digest = weights_of.digest(network.get_weights())
        return model, _compiled(tensorflow, model), f"resnet50-{label}-{digest}-p{PREPROCESSING}"


def _compiled(tensorflow: Any, model: Any) -> Any:
    """Return a graph from (1, H, W, 3) uint8 RGB to the stages, traced once for all sizes."""
    signature = [tensorflow.TensorSpec([1, None, None, 3], tensorflow.uint8)]

    def run(rgb: Any) -> Any:
        pixels = tensorflow.cast(rgb[..., ::-1], tensorflow.float32) - MEAN_BGR
        return model(pixels, training=False)

    return tensorflow.function(run, input_signature=signature)


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
    for name, arrays in weights_of.bundled().items():
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


def _import_tensorflow(threads: int) -> tuple[Any, Any]:
    try:
        with _quiet_stderr():
            import keras
            import tensorflow

            _limit_threads(tensorflow, threads)
            # Looks for a GPU now, while nobody has to read that there is none.
            tensorflow.config.list_logical_devices()
    except ImportError as error:
        raise WeightsError(
            f"TensorFlow cannot be imported ({error}), and these pictures differ, so the model "
            "is needed; install it with: python -m pip install tensorflow"
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise WeightsError(
            f"Keras runs on {keras.backend.backend()!r}; expected 'tensorflow': unset "
            "KERAS_BACKEND or set it to tensorflow"
        )
    return tensorflow, keras


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


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep the start-up notes of TensorFlow's C++ side, which no logger filters, off stderr."""
    kept = os.dup(2)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)

"""The ResNet50 of a run: its weights, its runtime, and the features of a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.errors import WeightsError
from pytest_imgsim.files.reading import read_regular
from pytest_imgsim.files.system import System
from pytest_imgsim.model import keras_backend, litert_backend
from pytest_imgsim.model import weights as weights_of
from pytest_imgsim.model.host import usable_cpus
from pytest_imgsim.pictures.capture import as_picture
from pytest_imgsim.processes import PerProcess
from pytest_imgsim.scoring.cosine import CosineMap, FeatureMap, cosine, cosine_map
from pytest_imgsim.scoring.pooled import thumbnail
from pytest_imgsim.settings import RUNTIMES

#: Version of how pixels are fed to the network and features taken from it; part of the model's id.
PREPROCESSING = 3
#: Stride of the local stage, conv2, in pixels.
LOCAL_STRIDE = 4
#: conv2 sees 35 x 35 pixels around a cell's first one (Araujo et al., "Computing receptive
#: fields of convolutional neural networks", doi:10.23915/distill.00021).
RECEPTIVE_RADIUS = 17
#: ImageNet's mean in BGR order, which Keras' ResNet50 subtracts ("caffe" preprocessing).
MEAN_BGR = (103.939, 116.779, 123.68)
AUTO, LITERT, TENSORFLOW = RUNTIMES
FORKED = (
    "runtime 'tensorflow': TensorFlow would hang in a process that was forked from one that has "
    "used it; start the process with the method 'spawn' of multiprocessing, or use the bundled "
    "weights and --imgsim-runtime=litert"
)

#: From (1, H, W, 3) float32 to an array of the runtime's.
Network = Callable[[NDArray[np.float32]], Any]


@dataclass(frozen=True)
class _Loaded:
    """The two networks, and the id of their weights.

    Parameters
    ----------
    model_id : str
        The id.
    local : callable
        From (1, H, W, 3) float32 to the map of the local stage.
    pooled : callable
        Waits until the network from (1, H, W, 3) float32 to (1, 2048) is ready, and returns it.
    """

    model_id: str
    local: Network
    pooled: Callable[[], Network]


@dataclass
class _Held:
    """What one process has of a model, and the lock of whoever uses it.

    Parameters
    ----------
    lock : RLock
        Held while the model is loaded and while it runs: a runtime serves one thread at a time.
    keras : keras.Model or None
        The Keras model, once it is loaded.
    loaded : _Loaded or None
        The networks, once they are loaded.
    """

    lock: RLock = field(default_factory=RLock)
    keras: Any = None
    loaded: _Loaded | None = None


class ResNet50:
    """A ResNet50 without its classifier; loaded when it is first used.

    Threads may share one; they take turns. A forked child loads a model of its own.

    Parameters
    ----------
    weights : str
        "bundled", "imagenet", or the path of a ``.weights.h5``, ``.h5`` or ``.keras`` file.
    root : Path
        The folder that a relative path of weights starts from.
    runtime : {"auto", "litert", "tensorflow"}
        What runs the network: "auto" is LiteRT if it is installed. TensorFlow uses a GPU if it
        finds one.
    threads : int
        CPU threads, 0 for all; without effect on a TensorFlow that the process has used before.
    max_pixels : int
        Largest picture that is decoded.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition",
       CVPR 2016. :doi:`10.1109/CVPR.2016.90`
    """

    receptive_radius = RECEPTIVE_RADIUS

    def __init__(
        self,
        weights: str = weights_of.BUNDLED,
        *,
        root: Path = Path(),
        runtime: str = AUTO,
        threads: int = 0,
        max_pixels: int = 80_000_000,
    ) -> None:
        self._weights = weights
        self._root = root
        self._runtime = runtime
        self._threads = threads
        self._max_pixels = max_pixels
        self._held = PerProcess(_Held)
        #: Seconds that loading and running the model have taken so far.
        self.seconds = 0.0

    @property
    def model_id(self) -> str:
        """Architecture, weights, their digest and the version of the preprocessing."""
        if self._is_bundled:
            return self._id_for(weights_of.BUNDLED_DIGEST)
        with self._turn() as held:
            return self._load(held).model_id

    @cached_property
    def identity(self) -> str:
        """An id of the model that is known without loading it; other scores, another id."""
        if self._is_bundled:
            return self.model_id
        with self._turn():
            try:
                # The hash of Keras' own file is checked when it is loaded.
                content = read_regular(self._source) if self._source else b""
            except OSError:
                return self.model_id  # raises an error that says what is wrong with the file
            return self._id_for(hashlib.sha256(content).hexdigest())

    @property
    def model(self) -> Any:
        """The Keras model: BGR float32 pixels less `MEAN_BGR` in, conv2 and conv5 out."""
        with self._turn() as held:
            return self._load_keras(held)

    def local(self, rgb: NDArray[np.uint8]) -> FeatureMap:
        """Return the features around each cell.

        Parameters
        ----------
        rgb : ndarray of shape (H, W, 3), uint8
            Pixels; H and W are multiples of 8.

        Returns
        -------
        FeatureMap
            Of shape (H/4, W/4, 256), float32.
        """
        with self._turn() as held:
            values = self._load(held).local(_prepared(rgb))
        return FeatureMap(LOCAL_STRIDE, np.asarray(values)[0])

    def cosines(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> CosineMap:
        """Return the cosine of the local features around each cell.

        Parameters
        ----------
        a, b : ndarray of shape (H, W, 3), uint8
            Pixels; H and W are multiples of 8.

        Returns
        -------
        CosineMap
            Of (H/4, W/4) cosines.
        """
        return cosine_map(self.local(a), self.local(b))

    def vector(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the mean of the last stage over (H, W, 3) uint8 pixels, (2048,) float32."""
        with self._turn() as held:
            pooled = self._load(held).pooled()
            means: NDArray[np.float32] = np.asarray(pooled(_prepared(rgb)))[0]
        return means

    def features(self, image: Any) -> NDArray[np.float32]:
        """Return the pooled feature vector of a picture.

        Parameters
        ----------
        image : path, bytes, PIL image, numpy array, page, element or figure
            Anything that ``assert_similar`` takes.

        Returns
        -------
        ndarray of shape (2048,), float32
            The mean of the last stage over the picture; values are >= 0. A picture of more than
            `pytest_imgsim.scoring.pooled.THUMBNAIL_PIXELS` pixels is reduced to that many.

        Raises
        ------
        PictureError, WeightsError
            If the picture or the weights cannot be read.
        """
        return self.vector(thumbnail(as_picture(image, max_pixels=self._max_pixels).rgb))

    def similarity(self, a: Any, b: Any) -> float:
        """Return the cosine of the pooled vectors of two pictures, in [0, 1]; 1 is the same.

        The pictures may differ in size. A small change on a large page hardly moves this
        number: ``assert_similar`` judges the worst region instead.
        """
        return float(cosine(self.features(a), self.features(b)))

    @property
    def _is_bundled(self) -> bool:
        """Whether the weights, and so the id, are known before they are read."""
        return self._weights == weights_of.BUNDLED

    @contextmanager
    def _turn(self) -> Iterator[_Held]:
        """Wait until no other thread uses the model, and give what this process has of it."""
        held = self._held()
        with held.lock, self._timed():
            yield held

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Add the time that a block takes to `seconds`; to be used under a lock."""
        started = System.clock()
        yield
        self.seconds += System.clock() - started

    @cached_property
    def _source(self) -> Path | None:
        return weights_of.weights_file(self._weights, self._root)

    def _id_for(self, digest: str) -> str:
        label = self._source.stem.removesuffix(".weights") if self._source else self._weights
        return f"resnet50-{label}-{digest}-p{PREPROCESSING}"

    def _load(self, held: _Held) -> _Loaded:
        if held.loaded is None:
            held.loaded = self._load_networks(held)
        return held.loaded

    def _load_keras(self, held: _Held) -> Any:
        if held.keras is None:
            if any(other.keras is not None for other in self._held.inherited()):
                raise WeightsError(FORKED)
            held.keras = keras_backend.reference(self._weights, self._source, self._threads)
        return held.keras

    def _load_networks(self, held: _Held) -> _Loaded:
        if self._is_bundled:
            arrays, model_id = weights_of.bundled(), self.model_id
        else:
            arrays = keras_backend.arrays_of(self._load_keras(held))
            model_id = self._id_for(weights_of.digest(arrays))
        if self._uses_litert():
            return self._load_litert(model_id, arrays)
        local, pooled = keras_backend.traced(self._load_keras(held))
        return _Loaded(model_id, local, lambda: pooled)

    def _uses_litert(self) -> bool:
        if self._runtime == LITERT and not litert_backend.available():
            raise WeightsError(
                "runtime 'litert': LiteRT is not installed; install it with: python -m pip "
                "install ai-edge-litert, or use --imgsim-runtime=tensorflow"
            )
        return self._runtime != TENSORFLOW and litert_backend.available()

    def _load_litert(self, model_id: str, arrays: weights_of.Arrays) -> _Loaded:
        from pytest_imgsim.model import litert_graph  # imports LiteRT

        threads = self._threads or usable_cpus()
        local = litert_backend.LiteModel(litert_graph.local_graph(arrays), threads)

        def load_pooled() -> Network:
            return litert_backend.LiteModel(litert_graph.pooled_graph(arrays), threads)

        # The larger network is loaded while the smaller one runs.
        executor = ThreadPoolExecutor(1)
        pooled = executor.submit(load_pooled)
        executor.shutdown(wait=False)
        return _Loaded(model_id, local, pooled.result)


def _prepared(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (H, W, 3) uint8 pixels as the network takes them, (1, H, W, 3) float32."""
    return np.subtract(rgb[None, :, :, ::-1], MEAN_BGR, dtype=np.float32)

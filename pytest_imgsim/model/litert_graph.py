"""The ResNet50 as a LiteRT model: written in a fraction of a second, without TensorFlow.

LiteRT is TensorFlow's small runtime. Its model file is a flatbuffer: a table of tensors, one of
operators, and one of buffers with the weights; LiteRT's own schema classes write it. BatchNorm is
folded into the convolution before it, and ReLU into the operator before it, which changes no value
except by rounding. int8 kernels stay int8 in the file, which takes a quarter of the memory, and
LiteRT converts them to float32 once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from pytest_imgsim.model.weights import BLOCKS, EPSILON, STEPS, Arrays

#: Marks the file as a LiteRT model, at a place that the schema fixes.
IDENTIFIER = b"TFL3"
SCHEMA_VERSION = 3

#: LiteRT's version of an operator if it is not 1: the first with a step for each filter.
VERSIONS = {schema.BuiltinOperator.DEQUANTIZE: 5}

_ACTIVATION = schema.ActivationFunctionType
_OPERATOR = schema.BuiltinOperator
_OPTIONS = schema.BuiltinOptions


@dataclass(frozen=True, eq=False)
class Convolution:
    """A convolution with the BatchNorm after it folded in.

    Parameters
    ----------
    kernel : ndarray of shape (channels out, h, w, channels in), float32 or int8
        The filters.
    steps : ndarray of shape (channels out,), float32, or None
        The value of 1 in each filter of an int8 kernel.
    bias : ndarray of shape (channels out,), float32
        Added to each filter's sum.
    """

    kernel: NDArray[Any]
    steps: NDArray[np.float32] | None
    bias: NDArray[np.float32]


def local_graph(arrays: Arrays) -> bytes:
    """Return the model of the local stage.

    Parameters
    ----------
    arrays : dict of str to ndarray
        The weights, named as :func:`pytest_imgsim.model.weights.bundled` does.

    Returns
    -------
    bytes
        From (1, H, W, 3) float32 to the output of conv2, (1, H/4, W/4, 256).
    """
    graph = _Graph(arrays)
    return graph.finish(graph.stage(graph.stem(), 2))


def pooled_graph(arrays: Arrays) -> bytes:
    """Return the model of the whole network: from (1, H, W, 3) float32 to (1, 2048).

    Parameters
    ----------
    arrays : dict of str to ndarray
        The weights, named as :func:`pytest_imgsim.model.weights.bundled` does.
    """
    graph = _Graph(arrays)
    tensor = graph.stem()
    for stage in (2, 3, 4, 5):
        tensor = graph.stage(tensor, stage)
    return graph.finish(graph.mean(tensor))


def folded(arrays: Arrays, name: str) -> Convolution:
    r"""Return the layers ``<name>_conv`` and ``<name>_bn`` as one convolution.

    With kernel :math:`k` and bias :math:`b`, BatchNorm turns them into
    :math:`k \gamma / \sqrt{\sigma^2 + \epsilon}` and
    :math:`(b - \mu) \gamma / \sqrt{\sigma^2 + \epsilon} + \beta`.

    Parameters
    ----------
    arrays : dict of str to ndarray
        The weights.
    name : str
        The layers' common name.

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by
       reducing internal covariate shift", ICML 2015. :arxiv:`1502.03167`
    """
    kernel, bias = (arrays[f"{name}_conv/{number}"] for number in (0, 1))
    gamma, beta, mean, variance = (arrays[f"{name}_bn/{number}"] for number in range(4))
    scale = gamma / np.sqrt(variance + np.float32(EPSILON))
    steps = arrays.get(f"{name}_conv/0{STEPS}")
    # A step is positive: the sign goes into the kernel, whose values are -127 to 127.
    kernel = kernel * (scale if steps is None else np.sign(scale).astype(kernel.dtype))
    return Convolution(
        np.ascontiguousarray(np.moveaxis(kernel, 3, 0)),
        None if steps is None else np.abs(scale) * steps,
        np.asarray((bias - mean) * scale + beta, dtype=np.float32),
    )


class _Graph:
    """A model under construction; its tensors are numbered.

    Parameters
    ----------
    arrays : dict of str to ndarray
        The weights.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._buffers = [schema.BufferT()]  # the first one stays empty: "no constant"
        self._tensors: list[Any] = []
        self._operators: list[Any] = []
        self._codes: list[int] = []
        self._input = self._picture("input", 3)

    def stem(self) -> int:
        """Add everything before the first stage, and return its output."""
        tensor = self._convolved(self._padded(self._input, 3), "conv1", stride=2)
        return self._pooled(self._padded(tensor, 1))

    def stage(self, tensor: int, number: int) -> int:
        """Add the blocks of stage conv2, conv3, conv4 or conv5."""
        for block in range(1, BLOCKS[number - 2] + 1):
            stride = 2 if block == 1 and number > 2 else 1
            tensor = self._block(tensor, f"conv{number}_block{block}", stride)
        return tensor

    def mean(self, tensor: int) -> int:
        """Add the mean over all cells."""
        axes = self._constant(np.array([1, 2], dtype=np.int32))
        output = self._tensor("mean", [1, self._channels(tensor)])
        options = schema.ReducerOptionsT()
        return self._add(_OPERATOR.MEAN, [tensor, axes], output, _OPTIONS.ReducerOptions, options)

    def finish(self, output: int) -> bytes:
        """Return the file of the model whose output is a tensor."""
        part = schema.SubGraphT()
        part.tensors, part.operators = self._tensors, self._operators
        part.inputs, part.outputs = [self._input], [output]
        model = schema.ModelT()
        model.version = SCHEMA_VERSION
        model.operatorCodes = [_code(each) for each in self._codes]
        model.buffers, model.subgraphs = self._buffers, [part]
        room = 2**20 + sum(0 if each.data is None else each.data.nbytes for each in self._buffers)
        builder = flatbuffers.Builder(room)
        builder.Finish(model.Pack(builder), IDENTIFIER)
        return bytes(builder.Output())

    def _block(self, tensor: int, name: str, stride: int) -> int:
        """Add a bottleneck block; as in Keras, its first convolution has the stride."""
        shortcut = tensor
        if f"{name}_0_conv/0" in self._arrays:
            shortcut = self._convolved(tensor, f"{name}_0", stride=stride, relu=False)
        tensor = self._convolved(tensor, f"{name}_1", stride=stride)
        tensor = self._convolved(tensor, f"{name}_2", padding=schema.Padding.SAME)
        tensor = self._convolved(tensor, f"{name}_3", relu=False)
        options = schema.AddOptionsT()
        options.fusedActivationFunction = _ACTIVATION.RELU
        output = self._picture(name, self._channels(tensor))
        return self._add(_OPERATOR.ADD, [shortcut, tensor], output, _OPTIONS.AddOptions, options)

    def _convolved(
        self,
        tensor: int,
        name: str,
        *,
        stride: int = 1,
        padding: int = schema.Padding.VALID,
        relu: bool = True,
    ) -> int:
        layer = folded(self._arrays, name)
        options = schema.Conv2DOptionsT()
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        options.padding = padding
        options.fusedActivationFunction = _ACTIVATION.RELU if relu else _ACTIVATION.NONE
        inputs = [tensor, self._kernel(layer), self._constant(layer.bias)]
        output = self._picture(name, len(layer.bias))
        return self._add(_OPERATOR.CONV_2D, inputs, output, _OPTIONS.Conv2DOptions, options)

    def _padded(self, tensor: int, pixels: int) -> int:
        margins = self._constant(np.array([[0, 0], [pixels] * 2, [pixels] * 2, [0, 0]], np.int32))
        output = self._picture("padded", self._channels(tensor))
        options = schema.PadOptionsT()
        return self._add(_OPERATOR.PAD, [tensor, margins], output, _OPTIONS.PadOptions, options)

    def _pooled(self, tensor: int) -> int:
        options = schema.Pool2DOptionsT()
        options.filterHeight = options.filterWidth = 3
        options.strideH = options.strideW = 2
        options.padding = schema.Padding.VALID
        output = self._picture("pooled", self._channels(tensor))
        return self._add(_OPERATOR.MAX_POOL_2D, [tensor], output, _OPTIONS.Pool2DOptions, options)

    def _kernel(self, layer: Convolution) -> int:
        """Add the kernel, and for int8 its conversion to float32."""
        constant = self._constant(layer.kernel)
        if layer.steps is None:
            return constant
        numbers = schema.QuantizationParametersT()
        numbers.scale = layer.steps
        numbers.zeroPoint = np.zeros(len(layer.steps), dtype=np.int64)
        self._tensors[constant].quantization = numbers
        output = self._tensor("kernel", list(layer.kernel.shape))
        options = schema.DequantizeOptionsT()
        return self._add(
            _OPERATOR.DEQUANTIZE, [constant], output, _OPTIONS.DequantizeOptions, options
        )

    def _add(self, code: int, inputs: list[int], output: int, kind: int, options: Any) -> int:
        """Add an operator and return its output."""
        if code not in self._codes:
            self._codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = self._codes.index(code)
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        self._operators.append(operator)
        return output

    def _constant(self, values: NDArray[Any]) -> int:
        buffer = schema.BufferT()
        buffer.data = values.reshape(-1).view(np.uint8)
        self._buffers.append(buffer)
        number = self._tensor("constant", list(values.shape))
        self._tensors[number].buffer = len(self._buffers) - 1
        self._tensors[number].type = getattr(schema.TensorType, values.dtype.name.upper())
        return number

    def _picture(self, name: str, channels: int) -> int:
        """Add a tensor whose height and width are known only when the model runs."""
        number = self._tensor(name, [1, 1, 1, channels])
        self._tensors[number].shapeSignature = [1, -1, -1, channels]
        return number

    def _tensor(self, name: str, shape: list[int]) -> int:
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.hasRank = name, shape, True
        tensor.type = schema.TensorType.FLOAT32
        self._tensors.append(tensor)
        return len(self._tensors) - 1

    def _channels(self, tensor: int) -> int:
        return int(self._tensors[tensor].shape[-1])


def _code(operator: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = operator
    code.version = VERSIONS.get(operator, 1)
    return code

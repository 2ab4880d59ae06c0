"""The layers of our nets as nodes of ONNX, in one table.

Keras has the channels last, ONNX before height and width: weights are turned once, here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray

from trainer.backend import keras
from trainer.errors import TrainerError

Layer = Any
"""A layer or an operation of Keras."""

Operand = str | NDArray[Any]
"""The name of a value, or a constant."""


@dataclass(frozen=True)
class Value:
    """What flows between two layers.

    Attributes:
        name: Its name in the graph, where maps are (n, c, h, w).
        shape: Its shape in Keras without n: (h, w, c) or (d,).
    """

    name: str
    shape: tuple[int, ...]


@dataclass
class Graph:
    """Nodes and constants as they are added."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, operands: Sequence[Operand], **attributes: Any) -> str:
        """Add a node of one output and return that output's name."""
        name = f"{kind}_{len(self.nodes)}"
        names = [one if isinstance(one, str) else self._constant(one) for one in operands]
        self.nodes.append(onnx.helper.make_node(kind, names, [name], name, **attributes))
        return name

    def _constant(self, numbers: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name


LayerWriter = Callable[[Graph, Layer, list[Value]], str]
"""Adds a layer to a graph and returns the name of what it gives."""


def write_layer(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    """Add a layer.

    Raises:
        TrainerError: ONNX knows no such layer by us.
    """
    kind = type(layer).__name__
    if kind not in LAYERS:
        raise TrainerError(
            "Expected a layer of a kind that has its ONNX form in "
            f"trainer/deployment/onnx_layers.py ({', '.join(LAYERS)}). "
            f"Received: {layer.name}, a {kind}. Add it there."
        )
    return LAYERS[kind](graph, layer, inputs)


def _array(weights: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(keras.ops.convert_to_numpy(weights), np.float32)


def _for_maps(numbers: ArrayLike) -> NDArray[np.float32]:
    """Shape a number, or one for each channel, to go with maps."""
    return np.asarray(numbers, np.float32).reshape(1, -1, 1, 1)


def _passed_on(_: Graph, __: Layer, inputs: list[Value]) -> str:
    return inputs[0].name


def _activated(graph: Graph, name: str, activation: str) -> str:
    if activation == "linear":
        return name
    if activation == "silu":
        return graph.add("Mul", [name, graph.add("Sigmoid", [name])])
    if activation not in _ACTIVATIONS:
        raise TrainerError(
            f"Expected an activation among {', '.join(_ACTIVATIONS)}, linear, silu. "
            f"Received: {activation}. Add it to trainer/deployment/onnx_layers.py."
        )
    return graph.add(_ACTIVATIONS[activation], [name])


_ACTIVATIONS: Final = {"relu": "Relu", "sigmoid": "Sigmoid", "hard_silu": "HardSwish"}


def _activation(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    return _activated(graph, inputs[0].name, layer.activation.__name__)


def _relu(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    if layer.max_value is None:
        return graph.add("Relu", [inputs[0].name])
    bounds = [np.array(bound, np.float32) for bound in (0, layer.max_value)]
    return graph.add("Clip", [inputs[0].name, *bounds])


def _softmax(graph: Graph, _: Layer, inputs: list[Value]) -> str:
    return graph.add("Softmax", [inputs[0].name], axis=-1)


def _window(layer: Layer, size: Sequence[int], shape: tuple[int, ...]) -> dict[str, list[int]]:
    """Say how a window slides: as Keras does, which pads more at the end where it must."""
    strides = list(layer.strides)
    before, after = [0, 0], [0, 0]
    if layer.padding == "same":
        missing = [
            max((ceil(length / step) - 1) * step + width - length, 0)
            for length, step, width in zip(shape, strides, size, strict=False)
        ]
        before = [pixels // 2 for pixels in missing]
        after = [pixels - half for pixels, half in zip(missing, before, strict=True)]
    return {"kernel_shape": list(size), "strides": strides, "pads": before + after}


def _convolution(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    kernel = _array(layer.kernel).transpose(3, 2, 0, 1)
    return _convolved(graph, layer, inputs[0], kernel, groups=layer.groups)


def _depthwise(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    kernel = _one_a_channel(layer.kernel)
    return _convolved(graph, layer, inputs[0], kernel, groups=inputs[0].shape[-1])


def _one_a_channel(weights: ArrayLike) -> NDArray[np.float32]:
    """Turn (h, w, channels, multiplier) to (channels * multiplier, 1, h, w)."""
    kernel = _array(weights).transpose(2, 3, 0, 1)
    return kernel.reshape(-1, 1, *kernel.shape[2:])


def _separable(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    kernel = _one_a_channel(layer.depthwise_kernel)
    window = _window(layer, kernel.shape[2:], inputs[0].shape)
    name = graph.add("Conv", [inputs[0].name, kernel], group=inputs[0].shape[-1], **window)
    mixing = _array(layer.pointwise_kernel).transpose(3, 2, 0, 1)
    name = graph.add("Conv", [name, mixing, *_bias(layer)])
    return _activated(graph, name, layer.activation.__name__)


def _convolved(
    graph: Graph, layer: Layer, value: Value, kernel: NDArray[np.float32], *, groups: int
) -> str:
    if tuple(layer.dilation_rate) != (1, 1):
        raise TrainerError(
            f"{layer.name} is dilated, which trainer/deployment/onnx_layers.py has no form of."
        )
    window = _window(layer, kernel.shape[2:], value.shape)
    name = graph.add("Conv", [value.name, kernel, *_bias(layer)], group=groups, **window)
    return _activated(graph, name, layer.activation.__name__)


def _bias(layer: Layer) -> list[NDArray[np.float32]]:
    return [_array(layer.bias)] if layer.use_bias else []


def _dense(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    name = graph.add("Gemm", [inputs[0].name, _array(layer.kernel), *_bias(layer)])
    return _activated(graph, name, layer.activation.__name__)


def _normalised(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    mean, variance = _array(layer.moving_mean), _array(layer.moving_variance)
    scale = _array(layer.gamma) if layer.scale else np.ones_like(mean)
    shift = _array(layer.beta) if layer.center else np.zeros_like(mean)
    operands: list[Operand] = [inputs[0].name, scale, shift, mean, variance]
    return graph.add("BatchNormalization", operands, epsilon=layer.epsilon)


def _pooled(kind: str) -> LayerWriter:
    def write(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
        window = _window(layer, layer.pool_size, inputs[0].shape)
        return graph.add(kind, [inputs[0].name], **window)

    return write


def _averaged(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    name = graph.add("GlobalAveragePool", [inputs[0].name])
    return name if layer.keepdims else graph.add("Flatten", [name])


def _padded(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    (top, bottom), (left, right) = layer.padding
    pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
    return graph.add("Pad", [inputs[0].name, pads])


def _rescaled(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    name = graph.add("Mul", [inputs[0].name, _for_maps(layer.scale)])
    return graph.add("Add", [name, _for_maps(layer.offset)])


def _standardised(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    deviation = np.maximum(np.sqrt(_array(layer.variance)), keras.config.epsilon())
    name = graph.add("Sub", [inputs[0].name, _for_maps(_array(layer.mean))])
    return graph.add("Div", [name, _for_maps(deviation)])


def _resized(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    height, width = inputs[0].shape[:2]
    # A little more than exact: runtimes multiply and round down, and 75 * 0.64 is below 48.
    scales = [np.nextafter(np.float32(layer.height / height), np.float32(np.inf)),
              np.nextafter(np.float32(layer.width / width), np.float32(np.inf))]  # fmt: skip
    none, by = np.array([], np.float32), np.array([1, 1, *scales], np.float32)
    choices = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    return graph.add("Resize", [inputs[0].name, none, by], **choices)


def _mirrored(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    """Turn the order of the channels by a 1 x 1 convolution, which every runtime knows."""
    channels = inputs[0].shape[-1]
    if layer.axis not in {-1, 3}:
        raise TrainerError(f"Expected a flip of the channels. Received: axis {layer.axis}.")
    kernel = np.eye(channels, dtype=np.float32)[::-1].reshape(channels, channels, 1, 1)
    return graph.add("Conv", [inputs[0].name, kernel])


def _flattened(graph: Graph, _: Layer, inputs: list[Value]) -> str:
    channels_last = graph.add("Transpose", [inputs[0].name], perm=[0, 2, 3, 1])
    return graph.add("Flatten", [channels_last])


def _reshaped(graph: Graph, layer: Layer, inputs: list[Value]) -> str:
    """Make maps of one pixel of (d,); no other shapes keep their order in both forms."""
    target = tuple(layer.target_shape)
    if target[:2] != (1, 1) or len(inputs[0].shape) != 1:
        raise TrainerError(
            f"{layer.name} reshapes {inputs[0].shape} to {target}, and only (d,) to (1, 1, d) "
            "has a form in trainer/deployment/onnx_layers.py."
        )
    shape = np.array([-1, inputs[0].shape[0], 1, 1], np.int64)
    return graph.add("Reshape", [inputs[0].name, shape])


def _joined(graph: Graph, _: Layer, inputs: list[Value]) -> str:
    return graph.add("Concat", [value.name for value in inputs], axis=1)


def _elementwise(kind: str) -> LayerWriter:
    def write(graph: Graph, _: Layer, inputs: list[Value]) -> str:
        name, *others = (value.name for value in inputs)
        for other in others:
            name = graph.add(kind, [name, other])
        return name

    return write


LAYERS: Final[dict[str, LayerWriter]] = {
    "Activation": _activation,
    "Add": _elementwise("Add"),
    "AveragePooling2D": _pooled("AveragePool"),
    "BatchNormalization": _normalised,
    "Concatenate": _joined,
    "Conv2D": _convolution,
    "Dense": _dense,
    "DepthwiseConv2D": _depthwise,
    "Dropout": _passed_on,
    "Flatten": _flattened,
    "Flip": _mirrored,
    "GlobalAveragePooling2D": _averaged,
    "Identity": _passed_on,
    "MaxPooling2D": _pooled("MaxPool"),
    "Multiply": _elementwise("Mul"),
    "Normalization": _standardised,
    "ReLU": _relu,
    "Rescaling": _rescaled,
    "Reshape": _reshaped,
    "Resizing": _resized,
    "SeparableConv2D": _separable,
    "Softmax": _softmax,
    "ZeroPadding2D": _padded,
}
"""How each kind of layer is written, by the name of its class in Keras."""

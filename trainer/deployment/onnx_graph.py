"""A net as ONNX, which OpenCV, ONNX Runtime and phones run without Keras.

Written by us layer by layer: `tf2onnx` 1.17 writes two of our nets so that ONNX Runtime
refuses to load them, takes up to 46 s a net, and needs TensorFlow behind Keras.
"""

from functools import partial
from typing import Any, Final

import numpy as np
import onnx
from onnx import helper

from trainer.backend import KerasModel, keras
from trainer.deployment.onnx_layers import Graph, Layer, Value, write_layer

OPSET: Final = 17
FORMAT_VERSION: Final = 8
"""Of the file; what OPSET came out with, so that runtimes of 2022 open it."""

CROPS: Final = "crops"
COUNT: Final = "n"


def onnx_of(net: KerasModel) -> onnx.ModelProto:
    """Write a net of `trainer.nets` as ONNX.

    Returns:
        A model from `crops`, float32 (n, size_px, size_px, 3) as the net takes them, to
        `features` (n, d) and `probabilities` (n, 7), both float32.

    Raises:
        TrainerError: A layer has no ONNX form.
    """
    graph = Graph()
    shape = net.input.shape[1:]
    turned = Value(graph.add("Transpose", [CROPS], perm=[0, 3, 1, 2]), shape)
    outputs = _through(graph, net, turned)
    for name, value in outputs.items():
        graph.nodes.append(helper.make_node("Identity", [value.name], [name], name))
    whole = helper.make_graph(
        graph.nodes,
        net.name,
        [_described(CROPS, shape)],
        [_described(name, value.shape) for name, value in outputs.items()],
        graph.constants,
    )
    return _checked(whole)


def _described(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [COUNT, *shape])


def _checked(graph: onnx.GraphProto) -> onnx.ModelProto:
    versions = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=FORMAT_VERSION)
    onnx.checker.check_model(model)
    return model


def _through(graph: Graph, net: KerasModel, *inputs: Any) -> Any:
    """Send values through a net in the order of its layers, nets within it too.

    Keras has no public way to visit each call of each layer in order.
    """
    return net._run_through_graph(inputs, operation_fn=lambda layer: partial(_call, graph, layer))  # noqa: SLF001


def _call(graph: Graph, layer: Layer, *args: Any, **_: Any) -> Any:
    operands = keras.tree.flatten(args)
    if isinstance(layer, keras.Model):
        return _through(graph, layer, *operands)
    values = [_value(graph, operand) for operand in operands]
    spec = layer.compute_output_spec(*keras.tree.map_structure(_spec, args))
    return Value(write_layer(graph, layer, values), tuple(spec.shape[1:]))


def _value(graph: Graph, operand: Any) -> Value:
    if isinstance(operand, Value):
        return operand
    constant = np.array([operand], np.float32)
    return Value(graph.add("Identity", [constant]), ())


def _spec(operand: Any) -> Any:
    return keras.KerasTensor((None, *operand.shape)) if isinstance(operand, Value) else operand

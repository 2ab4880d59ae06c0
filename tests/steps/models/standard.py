"""A standard model that can be checked by eye, made without Keras.

Red crops are angry, green ones happy, blue ones sad.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from db.labels import Expression
from db.model_folder.model_card import MODEL_FILES, ModelCard, NetExport, write_card
from tests.makers import NOW

BY_CHANNEL = (Expression.ANGRY, Expression.HAPPY, Expression.SAD)


def colour_net() -> bytes:
    """Write a net in ONNX whose answer is the colour of a crop."""
    weights = np.zeros((3, len(Expression)), np.float32)
    for channel, label in enumerate(BY_CHANNEL):
        weights[channel, list(Expression).index(label)] = 0.1
    nodes = [
        helper.make_node("Transpose", ["crops"], ["maps"], perm=[0, 3, 1, 2]),
        helper.make_node("GlobalAveragePool", ["maps"], ["pixel"]),
        helper.make_node("Flatten", ["pixel"], ["features"]),
        helper.make_node("Gemm", ["features", "weights"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=-1),
    ]
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("crops", kind, ["n", 75, 75, 3])],
        [helper.make_tensor_value_info("probabilities", kind, ["n", len(Expression)])],
        [numpy_helper.from_array(weights, "weights")],
    )
    versions = [helper.make_opsetid("", 17)]
    content: bytes = helper.make_model(
        graph, opset_imports=versions, ir_version=8
    ).SerializeToString()
    return content


def make_standard(
    folder: Path, *, classifier: str = "softmax", exports: tuple[NetExport, ...] | None = None
) -> ModelCard:
    """Write the standard model of colours into a folder."""
    card = ModelCard(
        net="colours",
        classifier=classifier,
        snapshot="faces@1",
        snapshot_hash="ab" * 32,
        preprocessing="none",
        validation_accuracy=0.8,
        test_accuracy=0.75,
        test_interval=(0.7, 0.8),
        chosen_by="A test.",
        promoted_at=NOW.isoformat(),
    )
    card = replace(card, exports=(NetExport("onnx", "", 0.0, 1.0),) if exports is None else exports)
    write_card(folder, card)
    (folder / MODEL_FILES["onnx"]).write_bytes(colour_net())
    return card

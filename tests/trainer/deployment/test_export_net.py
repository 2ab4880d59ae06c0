from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from db.jobs.progress import finished
from db.model_folder.model_card import MODEL_FILES
from tests.trainer.promoting import make_untrained
from trainer.backend import KerasModel, keras
from trainer.deployment.export_net import (
    FORMATS,
    MOST_DIFFERENCE,
    checked,
    drawn_crops,
    write_exports,
)
from trainer.deployment.onnx_graph import CROPS, onnx_of
from trainer.nets import FEATURES, NETS, PROBABILITIES
from trainer.training.features import net_outputs

pytestmark = pytest.mark.slow

WRITTEN_WHOLE = ["MiniResNet", "AlexNet", "MobileNetV3"]
"""Nets whose TFLite is written too; for the large ones it takes half a minute each."""


@pytest.mark.parametrize("name", NETS)
def test_every_net_as_onnx_gives_its_answers_in_another_runtime(name: str) -> None:
    net = make_untrained(name)
    crops = drawn_crops(NETS[name].size_px)
    wanted = net_outputs(net, crops)

    session = onnxruntime.InferenceSession(onnx_of(net).SerializeToString())
    features, probabilities = session.run(
        [FEATURES, PROBABILITIES], {CROPS: crops.astype(np.float32)}
    )

    for given, expected in ((features, wanted.features), (probabilities, wanted.probabilities)):
        # Beside how far crops differ, since the answers of an untrained net are much alike.
        spread = expected.std(axis=0).max()
        assert np.abs(given - expected).max() / spread < 0.02


@pytest.mark.parametrize("name", WRITTEN_WHOLE)
def test_a_net_is_written_in_every_form_and_each_answers_as_it_does(
    name: str, tmp_path: Path
) -> None:
    exports = finished(write_exports(make_untrained(name), tmp_path))

    assert [(export.format, export.problem) for export in exports] == [
        ("onnx", ""),
        ("tflite", ""),
    ]
    for export in exports:
        assert export.difference is not None
        assert export.difference <= MOST_DIFFERENCE
        assert export.milliseconds
        assert (tmp_path / MODEL_FILES[export.format]).stat().st_size > 100_000


def small_net(layer: object) -> KerasModel:
    """Make a net with one layer of choice before its head."""
    crops = keras.Input((8, 8, 3), name="crops")
    features = keras.layers.GlobalAveragePooling2D()(layer(crops))  # type: ignore[operator]
    probabilities = keras.layers.Dense(7, activation="linear")(features)
    return keras.Model(crops, {FEATURES: features, PROBABILITIES: probabilities})


def test_a_layer_without_a_form_in_onnx_is_named_and_the_other_forms_are_written(
    tmp_path: Path,
) -> None:
    onnx, tflite = finished(write_exports(small_net(keras.layers.UpSampling2D()), tmp_path))

    assert "Received: up_sampling2d" in onnx.problem
    assert "a UpSampling2D. Add it there" in onnx.problem
    assert (onnx.difference, tflite.problem) == (None, "")
    assert [path.name for path in tmp_path.iterdir()] == ["net.tflite"]


def test_a_kernel_that_skips_pixels_is_refused_rather_than_written_wrongly(tmp_path: Path) -> None:
    onnx, _ = finished(
        write_exports(small_net(keras.layers.Conv2D(2, 3, dilation_rate=2)), tmp_path)
    )

    assert "is dilated" in onnx.problem


@pytest.mark.parametrize("wrong", [0.01, np.nan])
def test_answers_that_are_off_or_no_numbers_are_a_problem(wrong: float, tmp_path: Path) -> None:
    net, crops = small_net(keras.layers.ReLU()), drawn_crops(8)
    given = net_outputs(net, crops)
    wanted = {FEATURES: given.features, PROBABILITIES: given.probabilities + np.float32(wrong)}
    FORMATS["onnx"].write(net, tmp_path / "net.onnx")

    found = checked("onnx", tmp_path / "net.onnx", crops, wanted)

    assert found.problem.startswith(f"Its answers are {wrong:.2g} off the net's; 0.001 is allowed")


def test_every_form_that_a_card_can_name_is_written() -> None:
    assert set(FORMATS) == set(MODEL_FILES) - {"keras"}

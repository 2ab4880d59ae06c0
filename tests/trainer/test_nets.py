from pathlib import Path

import numpy as np
import pytest

from db.paper import PAPER_NETS, TABLE_TWO_NET
from trainer.backend import keras
from trainer.errors import TrainerError
from trainer.features import net_outputs
from trainer.nets import CROP_SIZE_PX, NETS, PROBABILITIES
from trainer.weights import IMAGENET_FILES, backbone

TRUE_PARAMETERS = {
    "AlexNet": 28_873_219,
    "InceptionV3": 23_908_135,
    "ResNet50": 23_602_055,
    "VGG16": 33_625_927,
    "Xception": 21_387_823,
    "Xception-ResNetV2": 48_628_783,
}
FEATURE_COUNTS = {
    "AlexNet": 1000,
    "InceptionV3": 1024,
    "ResNet50": 2048,
    "VGG16": 4096,
    "Xception": 256,
    "Xception-ResNetV2": 1024,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_every_net_has_its_parameters_and_gives_features_and_probabilities(name: str) -> None:
    keras.utils.set_random_seed(0)
    net = NETS[name].build()
    net.run_eagerly = True
    crops = np.random.default_rng(0).integers(0, 256, (3, 75, 75, 3), dtype=np.uint8)

    outputs = net_outputs(net, crops)

    assert net.count_params() == TRUE_PARAMETERS[name]
    assert outputs.features.shape == (3, FEATURE_COUNTS[name])
    assert outputs.features.dtype == np.float32
    assert outputs.probabilities.shape == (3, 7)
    np.testing.assert_allclose(outputs.probabilities.sum(axis=1), 1, rtol=1e-5)
    assert np.isfinite(outputs.features).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_every_net_learns_from_a_batch(name: str) -> None:
    keras.utils.set_random_seed(0)
    net = NETS[name].build()
    learner = keras.Model(net.input, net.output[PROBABILITIES])
    learner.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", run_eagerly=True)
    crops = np.random.default_rng(0).integers(0, 256, (2, 75, 75, 3), dtype=np.uint8)
    before = [weight.numpy() for weight in net.trainable_weights]

    loss = learner.train_on_batch(crops, np.array([1, 5]))

    assert np.isfinite(loss)
    changed = [
        not np.array_equal(old, new.numpy())
        for old, new in zip(before, net.trainable_weights, strict=True)
    ]
    assert changed[0]
    assert changed[-1]


def test_five_nets_have_exactly_the_parameters_that_the_paper_prints() -> None:
    exact = [name for name in NETS if PAPER_NETS[name].parameters == TRUE_PARAMETERS[name]]

    assert set(NETS) - set(exact) == {TABLE_TWO_NET}


def test_nets_and_the_papers_rows_have_the_same_names_in_the_same_order() -> None:
    assert list(NETS) == list(PAPER_NETS)


def test_missing_weights_say_where_the_file_must_be_put(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=f"at .*{IMAGENET_FILES['VGG16']}; there is no such"):
        backbone("VGG16", CROP_SIZE_PX, str(tmp_path))


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    (tmp_path / IMAGENET_FILES["VGG16"]).write_bytes(b"no weights")

    with pytest.raises(TrainerError, match="weights of VGG16 could not be loaded"):
        backbone("VGG16", CROP_SIZE_PX, str(tmp_path))

from pathlib import Path

import numpy as np
import pytest

from db.run_folder.benchmark_choices import NET_NAMES
from db.run_folder.paper import PAPER_NETS, TABLE_TWO_NET
from db.run_folder.run_files import NetFiles
from db.snapshot_folder.manifest import read_snapshot
from tests.trainer.makers import make_preset, make_snapshot
from trainer.backend import keras
from trainer.data.loading import load_faces
from trainer.errors import TrainerError
from trainer.nets import CROP_SIZE_PX, NETS
from trainer.nets.weights import IMAGENET_FILES, backbone
from trainer.training.epochs import go_on, new_training
from trainer.training.features import net_outputs

TRUE_PARAMETERS = {
    "AlexNet": 28_873_219,
    "InceptionV3": 23_908_135,
    "ResNet50": 23_602_055,
    "VGG16": 33_625_927,
    "Xception": 21_387_823,
    "Xception-ResNetV2": 48_628_783,
    "MobileNetV3": 1_088_631,
    "MiniResNet": 687_591,
    "EfficientNetV2B0": 5_928_279,
}
FEATURE_COUNTS = {
    "AlexNet": 1000,
    "InceptionV3": 1024,
    "ResNet50": 2048,
    "VGG16": 4096,
    "Xception": 256,
    "Xception-ResNetV2": 1024,
    "MobileNetV3": 256,
    "MiniResNet": 192,
    "EfficientNetV2B0": 1280,
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
def test_every_net_learns_a_tiny_snapshot(name: str, tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path, faces_per_label={"train": 1, "validation": 1}))
    faces = {
        split: load_faces(snapshot, snapshot.faces[snapshot.faces["split"] == split], CROP_SIZE_PX)
        for split in ("train", "validation")
    }
    # VGG16 has no batch normalisation and learns nothing at the rate of the others. Its steps are
    # soon traced and many; of the deep nets, tracing takes longer than the few that they need.
    preset = make_preset(
        epochs=40,
        learning_rate=0.0003,
        learning_rate_by_net={"VGG16": 0.00007},
        augments=False,
        checkpoint_seconds=3600.0,
        traced_nets=["VGG16"],
    )
    training = new_training(name, preset, 0, NetFiles(tmp_path / name))

    reached = (step.history for step in go_on(training, faces, ()) if not step.share)

    assert any(history[-1].training_accuracy >= 0.95 for history in reached)


def test_five_nets_have_exactly_the_parameters_that_the_paper_prints() -> None:
    exact = [name for name in PAPER_NETS if PAPER_NETS[name].parameters == TRUE_PARAMETERS[name]]

    assert set(PAPER_NETS) - set(exact) == {TABLE_TWO_NET}


def test_nets_and_the_papers_rows_have_the_same_names_in_the_same_order() -> None:
    assert list(NETS)[: len(PAPER_NETS)] == list(PAPER_NETS)
    assert tuple(NETS) == NET_NAMES


def test_missing_weights_say_where_the_file_must_be_put(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=f"at .*{IMAGENET_FILES['VGG16']}; there is no such"):
        backbone("VGG16", CROP_SIZE_PX, str(tmp_path))


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    (tmp_path / IMAGENET_FILES["VGG16"]).write_bytes(b"no weights")

    with pytest.raises(TrainerError, match="weights of VGG16 could not be loaded"):
        backbone("VGG16", CROP_SIZE_PX, str(tmp_path))

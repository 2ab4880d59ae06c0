"""Where the weights of a net come from before training: nowhere, ImageNet, or a run of ours."""

from pathlib import Path
from typing import Any

from db.run_folder.results import RUN_FILE
from db.run_folder.run_files import net_files
from trainer.backend import KerasModel, keras
from trainer.errors import TrainerError

IMAGENET = "imagenet"

IMAGENET_FILES = {
    "EfficientNetV2B0": "efficientnetv2-b0_notop.h5",
    "InceptionV3": "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "MobileNetV3Small": "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    "ResNet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "ResNet50V2": "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "VGG16": "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "Xception": "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
}
"""The file of each backbone in `keras.applications`, by the names Keras gives them."""


def backbone(name: str, size_px: int, weights: str | None, **choices: Any) -> KerasModel:
    """Build a backbone of `keras.applications` without its top.

    Args:
        name: Its name there.
        size_px: Width and height of the crops.
        weights: None to start from chance, `imagenet` to let Keras download its weights,
            or a folder that holds the files of `IMAGENET_FILES`.
        choices: What else its builder takes.

    Raises:
        TrainerError: The weights are not where they were said to be, or do not fit.
    """
    source = _source(name, weights)
    build = getattr(keras.applications, name)
    try:
        return build(
            include_top=False, weights=source, input_shape=(size_px, size_px, 3), **choices
        )
    except Exception as error:
        if source is None:
            raise
        raise TrainerError(
            f"The ImageNet weights of {name} could not be loaded from {source}: {error}. "
            f"Put {IMAGENET_FILES[name]} into a folder and name it with --weights FOLDER, "
            "or train from chance without --weights."
        ) from error


def _source(name: str, weights: str | None) -> str | None:
    if weights is None or weights == IMAGENET:
        return weights
    path = Path(weights) / IMAGENET_FILES[name]
    if not path.is_file():
        raise TrainerError(
            f"Expected the ImageNet weights of {name} at {path}; there is no such file. "
            "Put it there under that name, as Keras publishes it."
        )
    return str(path)


def earlier_run(weights: str | None) -> Path | None:
    """Return the folder of the run whose nets `weights` names; None when it is no run."""
    folder = Path(weights) if weights and weights != IMAGENET else None
    return folder if folder and (folder / RUN_FILE).is_file() else None


def take_weights(net: KerasModel, run_folder: Path, net_name: str) -> None:
    """Give a net the weights that it was left with by an earlier run.

    Raises:
        TrainerError: That run has no such net, or built it in another way.
    """
    path = net_files(run_folder, net_name).model
    if not path.is_file():
        raise TrainerError(
            f"{run_folder} has no trained {net_name}. Let that run train it first, "
            "or leave it out here."
        )
    try:
        net.set_weights(keras.models.load_model(path, compile=False).get_weights())
    except ValueError as error:
        raise TrainerError(
            f"{path} does not fit {net_name} as it is built now: {error}. Train it again."
        ) from error

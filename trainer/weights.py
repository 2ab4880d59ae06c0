"""Where the weights of a backbone come from before training."""

from pathlib import Path

from trainer.backend import KerasModel, keras
from trainer.errors import TrainerError

IMAGENET = "imagenet"

IMAGENET_FILES = {
    "InceptionV3": "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "ResNet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "ResNet50V2": "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "VGG16": "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "Xception": "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
}
"""The file of each backbone in `keras.applications`, by the names Keras gives them."""


def backbone(name: str, size_px: int, weights: str | None) -> KerasModel:
    """Build a backbone of `keras.applications` without its top.

    Args:
        name: Its name there.
        size_px: Width and height of the crops.
        weights: None to start from chance, `imagenet` to let Keras download its weights,
            or a folder that holds the files of `IMAGENET_FILES`.

    Raises:
        TrainerError: The weights are not where they were said to be, or do not fit.
    """
    source = _source(name, weights)
    build = getattr(keras.applications, name)
    try:
        return build(include_top=False, weights=source, input_shape=(size_px, size_px, 3))
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

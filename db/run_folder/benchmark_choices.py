"""What a benchmark can be asked for, by name, for pages that must not import Keras.

`tests/trainer` holds these names against the tables of the trainer.
"""

from enum import StrEnum
from typing import Final

PRESET_NAMES: Final = ("quick", "paper", "thorough")

NET_NAMES: Final = (
    "AlexNet",
    "InceptionV3",
    "ResNet50",
    "VGG16",
    "Xception",
    "Xception-ResNetV2",
    "MobileNetV3",
    "MiniResNet",
    "EfficientNetV2B0",
)

SOFTMAX: Final = "softmax"
"""The classifier that is a net's own head."""

CLASSIFIER_NAMES: Final = (
    SOFTMAX,
    "svm",
    "knn",
    "random-forest",
    "softmax-svm",
    "logistic",
)


class LabelKind(StrEnum):
    """What a net is taught of a face's votes."""

    HARD = "hard"
    """The label alone."""
    SOFT = "soft"
    """Every label by its share of the votes; the label alone where nobody voted."""
    WEIGHTED = "weighted"
    """The label alone, the face counting by the share of its votes for it."""


class Schedule(StrEnum):
    """How the learning rate changes from epoch to epoch."""

    CONSTANT = "constant"
    COSINE = "cosine"
    """Down to nothing along half a cosine (Loshchilov and Hutter 2017)."""
    PLATEAU = "plateau"
    """Halved when the validation loss has not fallen for some epochs."""

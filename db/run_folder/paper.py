"""The figures that the paper printed, to stand beside ours.

Source: "Facial Emotion Recognition using Deep Learning", IJIRCCE vol. 11 issue 5, May
2023, Tables I and II.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PaperNet:
    """One row of Table I.

    Attributes:
        training_accuracy: TA, in [0, 1].
        validation_accuracy: VA, in [0, 1].
        training_loss: TL, cross entropy in nats.
        validation_loss: VL, cross entropy in nats.
        parameters: Weights of the net, trained or not.
        learning_rate: LR. All rows have 100 epochs and mini-batches of 32; the 2 that is
            printed for ResNet50 is a misprint.
    """

    training_accuracy: float
    validation_accuracy: float
    training_loss: float
    validation_loss: float
    parameters: int
    learning_rate: float


@dataclass(frozen=True)
class PaperClassifier:
    """One row of Table II: classifiers on the features of Xception-ResNetV2.

    Attributes:
        title: What the paper calls it.
        training_accuracy: TA, in [0, 1].
        validation_accuracy: VA, in [0, 1].
    """

    title: str
    training_accuracy: float
    validation_accuracy: float


TABLE_TWO_NET: Final = "Xception-ResNetV2"
"""The net whose features Table II classifies."""

PAPER_EPOCHS: Final = 100
PAPER_BATCH_SIZE: Final = 32

PAPER_NETS: Final = {
    "AlexNet": PaperNet(0.9486, 0.79796, 0.2494, 0.6845, 28_873_219, 0.0005),
    "InceptionV3": PaperNet(0.9585, 0.81835, 0.1127, 3.4558, 23_908_135, 0.0005),
    "ResNet50": PaperNet(0.9643, 0.7813, 0.1132, 1.0198, 23_602_055, 0.0005),
    "VGG16": PaperNet(0.9831, 0.8054, 0.0497, 3.4285, 33_625_927, 0.0005),
    "Xception": PaperNet(0.9727, 0.793333, 0.0803, 0.9082, 21_387_823, 0.0001),
    TABLE_TWO_NET: PaperNet(0.9995, 0.9, 0.0031, 0.8348, 41_236_958, 0.0001),
}

PAPER_CLASSIFIERS: Final = {
    "softmax": PaperClassifier("Softmax", 0.9995, 0.975867),
    "svm": PaperClassifier("SVM", 0.9634, 0.664765),
    "knn": PaperClassifier("KNN, K = 5", 0.9995, 0.974989),
    "random-forest": PaperClassifier("Random forest", 0.9995, 0.975428),
    "softmax-svm": PaperClassifier("Softmax + SVM", 0.9995, 0.974989),
}

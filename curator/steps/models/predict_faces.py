"""Say by the standard model's net which expression each face of an image shows.

It runs the net that was written as ONNX when the model was promoted, so that nothing here
needs Keras or another process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.crops import CROP_SIZE_PX, aligned_crop
from curator.core.faces.face import Box, FoundFace
from curator.core.faces.preprocessing import paper_preprocessing
from curator.core.models.onnx_net import ExpressionNet
from curator.core.snapshots.recipe import Preprocessing
from curator.errors import CuratorError
from db.files.blobs import sha256_of_file
from db.labels import Expression
from db.model_folder.model_card import CARD_FILE, MODEL_FILES, ModelCard, read_card
from db.run_folder.benchmark_choices import SOFTMAX


@dataclass(frozen=True)
class Predictor:
    """The net of the standard model, ready to be asked.

    Attributes:
        card: What the model is.
        net: Its net; answers by the net's own softmax, whatever the classifier.
    """

    card: ModelCard
    net: ExpressionNet


@dataclass(frozen=True, eq=False)
class PredictedFace:
    """What is said of one face.

    Attributes:
        box_xyxy: Where it is, in pixels of the image.
        probabilities: Shape (7,), in the order of `Expression`; they sum to 1.
    """

    box_xyxy: Box
    probabilities: NDArray[np.float64]

    @property
    def label(self) -> Expression:
        """The most probable label."""
        return list(Expression)[int(self.probabilities.argmax())]

    @property
    def share(self) -> float:
        """Its probability."""
        return float(self.probabilities.max())


def load_predictor(folder: Path) -> Predictor:
    """Load the net of the standard model in a folder; the same model is loaded once.

    Raises:
        CuratorError: There is no standard model, or its net does not lie there as ONNX.
    """
    card = folder / CARD_FILE
    if not card.is_file():
        raise CuratorError(
            f"{folder} holds no standard model. Run a benchmark, then make its best model the "
            "standard one."
        )
    return _loaded(folder, sha256_of_file(card))


@lru_cache(maxsize=1)
def _loaded(folder: Path, card_sha256: str) -> Predictor:  # noqa: ARG001 - a new card, a new model
    card = read_card(folder)
    path = folder / MODEL_FILES["onnx"]
    if card is None or not card.has("onnx") or not path.is_file():
        export = card.export("onnx") if card else None
        why = export.problem if export else "It was promoted before nets were written so."
        raise CuratorError(
            f"The standard model does not lie in {folder} as ONNX, which is what runs here. {why} "
            "Make a model the standard one again, on the Benchmark page or by `trainer promote`."
        )
    return Predictor(card, ExpressionNet(path.read_bytes()))


def whose_answers(card: ModelCard) -> str:
    """Say in a sentence whose probabilities `predict_faces` gives, where that is not plain.

    Returns:
        Empty where they are the standard model's own.
    """
    if card.classifier == SOFTMAX:
        return ""
    return (
        f"The standard model is {card.net} with {card.classifier}. What is shown here is the "
        f"net's own softmax, which runs without the trainer; {card.classifier} may differ."
    )


def predict_faces(
    predictor: Predictor, image_rgb: NDArray[np.uint8], faces: Sequence[FoundFace]
) -> list[PredictedFace]:
    """Predict faces that were found in an image, all at once.

    Args:
        image_rgb: uint8 (h, w, 3), upright.
    """
    crops = np.empty((len(faces), CROP_SIZE_PX, CROP_SIZE_PX, 3), np.uint8)
    for place, face in enumerate(faces):
        crop = crop_for_model(image_rgb, face, predictor.card.preprocessing)
        crops[place] = crop[..., np.newaxis] if crop.ndim == 2 else crop
    shares = predictor.net.probabilities(crops)
    return [PredictedFace(face.box_xyxy, said) for face, said in zip(faces, shares, strict=True)]


def crop_for_model(
    image_rgb: NDArray[np.uint8], face: FoundFace, preprocessing: Preprocessing
) -> NDArray[np.uint8]:
    """Cut a face out as the crops of a snapshot are: a net that learned grey must be shown grey.

    Returns:
        uint8 (75, 75, 3), or (75, 75) by the paper's chain.
    """
    crop = aligned_crop(image_rgb, face)
    return paper_preprocessing(crop) if preprocessing == "paper" else crop

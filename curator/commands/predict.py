"""Predict the faces of photos with the standard model."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.detector import Detector
from curator.errors import CuratorError
from curator.steps.choose_detector import default_detector_name, made_detector
from curator.steps.draw_predictions import with_predictions
from curator.steps.image_files import NotAnImageError, decoded, jpeg
from curator.steps.predict_faces import (
    PredictedFace,
    Predictor,
    load_predictor,
    predict_faces,
    whose_answers,
)
from db.labels import Expression
from db.project import open_project
from db.storage import write_whole
from db.terminal import MESSAGES, AsJson, say


def predict(
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO…", help="Photos with faces.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the photos with boxes, labels and probabilities drawn."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a standard model. Default: the project's.")
    ] = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Find the faces of photos and say which expression each shows; nothing enters the set."""
    predictor = load_predictor(model or open_project(project).standard_model)
    detector = made_detector(default_detector_name())
    if note := whose_answers(predictor.card):
        MESSAGES.print(note, markup=False)
    predicted = []
    for photo in photos:
        image_rgb = _decoded(photo)
        faces = _faces(predictor, detector, image_rgb)
        drawn = _drawn(photo, image_rgb, faces, out) if out else None
        predicted.append({**_as_json(photo, faces), "drawn": drawn})
    result = {"model": predictor.card.model, "note": note, "photos": predicted}
    say(result, as_json=as_json, text="\n".join(_lines(result)))


def _decoded(photo: Path) -> NDArray[np.uint8]:
    try:
        return decoded(photo.read_bytes())
    except OSError as error:
        raise CuratorError(f"{photo} cannot be read: {error.strerror}. Name a photo.") from error
    except NotAnImageError as error:
        raise CuratorError(f"{photo} {error}") from error


def _faces(
    predictor: Predictor, detector: Detector, image_rgb: NDArray[np.uint8]
) -> list[PredictedFace]:
    return predict_faces(predictor, image_rgb, detector.faces(image_rgb))


def _drawn(photo: Path, image_rgb: NDArray[np.uint8], faces: list[PredictedFace], out: Path) -> str:
    file = out / f"{photo.stem}-predicted.jpg"
    number = 2
    while file.exists():  # photos of two folders may have one name
        file = out / f"{photo.stem}-predicted-{number}.jpg"
        number += 1
    write_whole(file, jpeg(with_predictions(image_rgb, faces)))
    return str(file)


def _as_json(photo: Path, faces: list[PredictedFace]) -> dict[str, Any]:
    return {
        "photo": str(photo),
        "faces": [
            {
                "box_xyxy": [round(edge, 1) for edge in face.box_xyxy],
                "label": str(face.label),
                "probabilities": {
                    str(label): float(share)
                    for label, share in zip(Expression, face.probabilities, strict=True)
                },
            }
            for face in faces
        ],
    }


def _lines(result: dict[str, Any]) -> list[str]:
    lines = []
    for photo in result["photos"]:
        if not photo["faces"]:
            lines.append(f"{photo['photo']}\tno face found")
        for number, face in enumerate(photo["faces"], start=1):
            share = face["probabilities"][face["label"]]
            lines.append(f"{photo['photo']}\t{number}\t{face['label']}\t{share:.3f}")
    return lines

"""Models: predictions, suggestions, the order by need, the bias they bring, likely label errors."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.faces.detector import Detector
from curator.core.snapshots.recipe import PRESETS
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, made_detector
from curator.steps.images.image_codec import NotAnImageError, decoded, jpeg
from curator.steps.models.draw_predictions import with_predictions
from curator.steps.models.list_label_errors import has_predictions, list_label_errors
from curator.steps.models.list_runs import ListedRun, list_runs
from curator.steps.models.predict_faces import (
    PredictedFace,
    Predictor,
    load_predictor,
    predict_faces,
    whose_answers,
)
from curator.steps.models.request_suggestions import model_named, waiting_faces
from curator.steps.review.measure_bias import measure_bias
from curator.steps.snapshots.prioritise_faces import preset_with_project_rule, prioritise_faces
from db.files.blobs import write_whole
from db.jobs.queue import add_job
from db.labels import Expression
from db.project.project_folder import open_project
from db.run_folder.results import CellResult
from db.terminal import MESSAGES, RESULTS, AsJson, say, table, watched

RecipeName = Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")]


def suggest(
    model: Annotated[str, typer.Argument(help="standard, or an installed net's name.")],
    *,
    recipe: RecipeName = "paper-9k",
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Ask a model what it says of all faces; the workers of `curator app` do it."""
    opened = open_project(project)
    asked = model_named(opened, model)
    with opened.writing() as session:
        waiting = waiting_faces(session, asked.model)
        choices = preset_with_project_rule(session, _checked(recipe)).as_json()
        request = {"name": asked.name, "recipe": choices}
        job_id = add_job(session, "prepare", request, by=None, now=datetime.now(UTC))
        session.commit()
    text = (
        f"{asked.model} is asked about {waiting:,} faces (job {job_id}). "
        "The workers of `curator app` do it; they go on with it when they are started."
    )
    say({"job_id": job_id, "model": asked.model, "faces": waiting}, as_json=as_json, text=text)


def _checked(recipe: str) -> str:
    if recipe not in PRESETS:
        raise CuratorError(f"A recipe is one of {', '.join(PRESETS)}. Received: {recipe!r}")
    return recipe


def order(
    *,
    recipe: RecipeName = "paper-9k",
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Put first the faces that a recipe needs labelled most."""
    opened = open_project(project)
    with opened.reading() as session:
        choices = preset_with_project_rule(session, _checked(recipe))
    report = watched(prioritise_faces(opened, choices))
    needs = ", ".join(f"{label} {need:.2f}" for label, need in report.needs.items())
    text = (
        f"{report.open:,} of {report.faces:,} faces are worth labelling for {recipe}; a model "
        f"has looked at {report.suggested:,}. How badly each label is wanted: {needs}"
    )
    say(asdict(report), as_json=as_json, text=text)


def bias(*, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Say how far suggestions draw annotators, measured on faces where they are hidden."""
    with open_project(project).reading() as session:
        found = measure_bias(session)
    if as_json:
        origins = {origin: _records(rows) for origin, rows in found.items()}
        say({"bias": origins}, as_json=True, text="")
    elif not found:
        RESULTS.print("Nobody has labelled a face with a suggestion in sight yet.")
    else:
        for origin, rows in found.items():
            RESULTS.print(f"Suggested by {origin}")
            RESULTS.print(table(list(rows.columns), _cells(rows)))


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    plain = rows.astype("object").where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _cells(rows: pd.DataFrame) -> list[list[object]]:
    return [
        [
            "" if cell is None else round(cell, 3) if isinstance(cell, float) else cell
            for cell in row
        ]
        for row in (record.values() for record in _records(rows))
    ]


def label_errors(
    *,
    run: Annotated[int | None, typer.Option(help="Number of the run; the newest if none.")] = None,
    most: Annotated[int, typer.Option(help="How many to list.", min=1)] = 50,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List the labels that a run's best model contradicts, the least trusted first."""
    opened = open_project(project)
    with opened.reading() as session:
        chosen, cell = _run_with_predictions(list_runs(opened, session), run)
        found = list_label_errors(session, chosen.folder, cell)
    rows = _records(found.faces[found.faces["is_likely_error"]].head(most))
    result = {"run": chosen.id, "covered": found.covered, "likely": found.likely, "faces": rows}
    if as_json:
        say(result, as_json=True, text="")
        return
    RESULTS.print(
        f"{found.likely:,} likely errors; run {chosen.id} covers {found.covered:,} faces."
    )
    columns = ["face_id", "label", "predicted", "quality"]
    RESULTS.print(table(columns, [[row[name] for name in columns] for row in rows]))


def _run_with_predictions(
    runs: list[ListedRun], wanted: int | None
) -> tuple[ListedRun, CellResult]:
    for run in runs:
        cell = run.result.standard
        if wanted in (None, run.id) and cell and has_predictions(run.folder, cell):
            return run, cell
    raise CuratorError(
        "No such run keeps what its model says of the faces it has not learned. "
        "Run a benchmark (runs of earlier versions kept no predictions)."
    )


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

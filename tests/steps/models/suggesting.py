"""Makers of what models say, for the tests of steps and pages."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from db.labels import Expression
from db.model_folder.model_card import ModelCard, write_card
from db.project.project_folder import Project
from db.run_folder.predictions import PROBABILITY_COLUMNS, predictions_file, write_predictions
from db.run_folder.results import CellResult, RunResult, RunState, write_run
from db.tables.guidance import Suggestion
from db.tables.runs import Run
from tests.makers import NOW

MODEL = "a model"


def suggest(
    session: Session, labels: Mapping[int, Expression], *, model: str = MODEL, share: float = 0.7
) -> None:
    """Store that a model suggests these labels for these faces, the rest of the share even."""
    for face_id, label in labels.items():
        rest = (1 - share) / 6
        probabilities = [share if label is other else rest for other in Expression]
        session.add(
            Suggestion(
                face_id=face_id,
                model=model,
                label=label,
                share=share,
                probabilities=probabilities,
                made_at=NOW,
            )
        )
    session.flush()


def make_card(project: Project, *, preprocessing: str = "paper") -> ModelCard:
    """Write the card of a standard model, without the model."""
    card = ModelCard(
        net="Xception",
        classifier="svm",
        snapshot="faces@1",
        snapshot_hash="ab" * 32,
        preprocessing="paper" if preprocessing == "paper" else "none",
        validation_accuracy=0.8,
        test_accuracy=0.75,
        test_interval=(0.7, 0.8),
        chosen_by="A test.",
        promoted_at=NOW.isoformat(),
    )
    write_card(project.standard_model, card)
    return card


def make_run_with_predictions(
    project: Project, labels: Mapping[int, str], predicted: Mapping[int, str]
) -> tuple[Path, CellResult]:
    """Store a run whose one cell says `predicted` of test faces that carry `labels`."""
    cell = CellResult(
        "Xception", "svm", 0.9, 0.3, 0.8, 0.6, 0.75, (0.7, 0.8), 0.7, {}, ((1,),), 1.0
    )
    folder = project.runs / "run-1"
    run = RunResult(
        RunState.DONE, "set@1", "ab" * 32, "paper", {"name": "quick"}, 0, (), (), cells=(cell,)
    )
    write_run(folder, run)
    with project.writing() as session:
        session.add(Run(folder="runs/run-1", preset="quick", created_at=NOW))
        session.commit()
    rows = [
        [face_id, "test", label, *(0.94 if predicted[face_id] == e else 0.01 for e in Expression)]
        for face_id, label in labels.items()
    ]
    table = pd.DataFrame(rows, columns=["face_id", "split", "label", *PROBABILITY_COLUMNS])
    write_predictions(predictions_file(folder, cell.net, cell.classifier), table)
    return folder, cell

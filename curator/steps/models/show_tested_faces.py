"""The test faces of a run with what one of its cells says of them."""

from dataclasses import dataclass

import pandas as pd

from db.project.project_folder import Project
from db.run_folder.faces_with_predictions import tested_faces
from db.run_folder.results import CellResult
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot

COLUMNS = ["face_id", "crop_sha256", "label", "predicted", "confidence"]


@dataclass(frozen=True, eq=False)
class PredictedTestFaces:
    """Test faces, whose crops are shown from the snapshot that they are frozen in.

    Attributes:
        snapshot_id: That snapshot.
        faces: One row a face: `face_id`, `crop_sha256`, `label`, `predicted` and
            `confidence` (the probability of `predicted`), the surest first.
    """

    snapshot_id: int
    faces: pd.DataFrame

    def chosen(self, *, is_right: bool, label: str | None, predicted: str | None) -> pd.DataFrame:
        """Choose the right or the wrong ones, of a true and of a predicted label or of any."""
        faces = self.faces
        holds = (faces["label"] == faces["predicted"]) == is_right
        for column, wanted in (("label", label), ("predicted", predicted)):
            if wanted is not None:
                holds &= faces[column] == wanted
        return faces[holds].reset_index(drop=True)


def show_tested_faces(project: Project, run_id: int, cell: CellResult) -> PredictedTestFaces | None:
    """Read the test faces of a cell; None where they or their snapshot are no longer there."""
    with project.reading() as session:
        run = session.get(Run, run_id)
        stored = session.get(StoredSnapshot, run.snapshot_id) if run and run.snapshot_id else None
    if run is None or stored is None:
        return None
    try:
        manifest = pd.read_parquet(
            project.folder / stored.folder / "manifest.parquet", columns=["face_id", "crop_sha256"]
        )
        faces = tested_faces(project.folder / run.folder, cell.net, cell.classifier, manifest)
    except FileNotFoundError:
        return None
    surest = faces.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)
    return PredictedTestFaces(stored.id, surest[COLUMNS])

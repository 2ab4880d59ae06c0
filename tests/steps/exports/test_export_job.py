import io
import zipfile

import cv2
import numpy as np
import pandas as pd

from db.project.project_folder import Project
from db.snapshot_folder.manifest import Snapshot
from db.tables.jobs import JobState
from tests.jobs import done

CHOICES = {"labels": "soft", "pixels": "grey"}
ASKED = {"snapshot_id": 1, "format": "csv", "choices": CHOICES}


def test_a_job_makes_one_zip_among_the_exports(snapshot: Snapshot, project: Project) -> None:
    assert snapshot.title == "set@1"
    job = done(project, "export", ASKED | {"choices": CHOICES | {"side_px": "96"}})
    assert (job.state, job.message) == (JobState.DONE, "")
    name = "set@1-csv-soft-grey-96"
    place = project.exports / f"{name}.zip"
    assert job.result == {"file": f"{name}.zip", "size_bytes": place.stat().st_size}
    with zipfile.ZipFile(place) as archive:
        table = pd.read_csv(io.BytesIO(archive.read(f"{name}/labels.csv")))
        crop = archive.read(f"{name}/{table['file'][0]}")
    assert (len(table), table["soft_angry"][1]) == (21, 1)
    pixels = cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert pixels.shape == (96, 96)


def test_what_was_made_is_not_made_again(snapshot: Snapshot, project: Project) -> None:
    assert snapshot.title == "set@1"
    first = done(project, "export", ASKED)
    place = project.exports / "set@1-csv-soft-grey.zip"
    made_at = place.stat().st_mtime_ns
    assert done(project, "export", ASKED).result == first.result
    assert place.stat().st_mtime_ns == made_at


def test_an_export_that_cannot_be_had_fails_with_its_sentence(
    snapshot: Snapshot, project: Project
) -> None:
    assert snapshot.title == "set@1"
    job = done(project, "export", ASKED | {"format": "folders"})
    assert job.state is JobState.FAILED
    assert "no place for soft labels" in job.message

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from curator.core.recipe import PRESETS
from curator.errors import CuratorError
from curator.steps.export import FORMATS
from curator.steps.export_snapshot import export_folder, zip_chunks
from curator.steps.freeze_snapshot import freeze
from db.labels import Expression
from db.manifest import Snapshot, read_snapshot
from db.progress import committing, finished
from db.storage import sha256_of
from tests.makers import NOW, make_labelled_project


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    labels = [label for label in Expression for _ in range(3)]
    project = make_labelled_project(tmp_path_factory.mktemp("made") / "project", labels)
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        report = finished(committing(session, steps))
    return read_snapshot(project.folder / report.folder)


def labels_read_back(format_name: str, folder: Path) -> pd.DataFrame:
    """Read an export as its users do: face, label, split and the hash of the pixels."""
    if format_name == "folders":
        rows = [
            (int(path.stem), path.parent.name, path.parts[-3], sha256_of(path.read_bytes()))
            for path in folder.glob("*/*/*.png")
        ]
    else:
        table = pd.read_csv(folder / "labels.csv")[["face_id", "label", "split", "file"]]
        rows = [
            (face_id, label, split, sha256_of((folder / file).read_bytes()))
            for face_id, label, split, file in table.to_numpy()
        ]
    columns = ["face_id", "label", "split", "crop_sha256"]
    return pd.DataFrame(rows, columns=columns).sort_values("face_id", ignore_index=True)


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_what_goes_out_reads_back_with_the_same_labels_splits_and_pixels(
    snapshot: Snapshot, format_name: str, tmp_path: Path
) -> None:
    finished(export_folder(snapshot, format_name, tmp_path / "out"))
    back = labels_read_back(format_name, tmp_path / "out")
    assert back.astype("str").equals(snapshot.faces[list(back.columns)].astype("str"))


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_the_zip_holds_the_same_files_and_equal_snapshots_make_equal_zips(
    snapshot: Snapshot, format_name: str, tmp_path: Path
) -> None:
    content = b"".join(zip_chunks(snapshot, format_name))
    assert content == b"".join(zip_chunks(snapshot, format_name))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    back = labels_read_back(format_name, tmp_path / f"set@1-{format_name}")
    assert back.astype("str").equals(snapshot.faces[list(back.columns)].astype("str"))


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(snapshot: Snapshot) -> None:
    with pytest.raises(CuratorError, match="folders, csv"):
        zip_chunks(snapshot, "tfrecord")


def test_a_folder_that_holds_something_is_not_written_into(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CuratorError, match="not empty"):
        finished(export_folder(snapshot, "csv", tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

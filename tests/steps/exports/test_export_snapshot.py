import io
import os
import random
import shutil
import time
import zipfile
from dataclasses import replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps.exports.export_snapshot import (
    export_folder,
    export_title,
    export_zip,
    zip_chunks,
)
from curator.steps.exports.exported_file import ExportChoices, SnapshotExport
from curator.steps.exports.open_export import open_export
from db.jobs.progress import Progress, finished
from db.snapshot_folder.manifest import read_snapshot
from tests.forks import begin_command
from tests.steps.exports.drawn import drawn_snapshot

MOMENTS = 6  # for the folder and for the zip


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(export: SnapshotExport) -> None:
    with pytest.raises(CuratorError, match="folders, csv"):
        zip_chunks(export, "lmdb")


@pytest.mark.parametrize("format_name", ["folders", "csv"])
def test_a_folder_that_holds_something_is_not_written_into(
    export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CuratorError, match="not empty"):
        finished(export_folder(export, format_name, tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(export: SnapshotExport, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert finished(export_folder(export, "folders", tmp_path / "out")) == 26
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_zip_that_is_there_is_not_written_over(export: SnapshotExport, tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_text("mine")
    with pytest.raises(CuratorError, match="is there already"):
        finished(export_zip(export, "folders", tmp_path / "out.zip"))
    assert (tmp_path / "out.zip").read_text() == "mine"


def test_an_export_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    drawn_snapshot(tmp_path / "drawn@1", 250)
    export = _frozen(tmp_path / "drawn@1")
    for steps in (
        export_folder(export, "folders", tmp_path / "out"),
        export_zip(export, "folders", tmp_path / "out.zip"),
    ):
        progress = next(steps)
        assert 0 < progress.done < 250
        assert progress == Progress(progress.done, 250, "Writing pictures")
        steps.close()
    assert [path.name for path in tmp_path.iterdir()] == ["drawn@1"]


def test_a_crop_that_is_missing_ends_the_export_and_leaves_nothing(
    export: SnapshotExport, tmp_path: Path
) -> None:
    elsewhere = replace(export.snapshot, folder=tmp_path / "set@1")
    left_out = shutil.ignore_patterns("crops")
    shutil.copytree(export.snapshot.folder, elsewhere.folder, ignore=left_out)
    with pytest.raises(CuratorError, match="face 1 is missing"):
        finished(
            export_folder(open_export(elsewhere, export.choices, None), "folders", tmp_path / "out")
        )
    assert [path.name for path in tmp_path.iterdir()] == ["set@1"]


def test_what_cannot_be_written_is_a_sentence(export: SnapshotExport, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CuratorError, match=r"could not be written: .*file.* Make room"):
        finished(export_folder(export, "folders", tmp_path / "file" / "out"))


def test_the_name_of_an_export_tells_its_choices(export: SnapshotExport) -> None:
    chosen = replace(export, choices=ExportChoices("soft", "grey", 96))
    assert export_title(export, "folders") == "set@1-folders"
    assert export_title(chosen, "csv") == "set@1-csv-soft-grey-96"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"labels": "fuzzy"}, "`labels` must be one of hard, soft"),
        ({"pixels": "grey", "side_px": "8"}, "`side_px` must be 16 to 1024. Received: 8"),
        ({"pixels": "grey", "side_px": "-1"}, "must be a number of pixels. Received: '-1'"),
        ({"side_px": "96"}, "Crops as they were frozen have the size they have"),
        ({"size": "96"}, "Received: 'size'"),
    ],
)
def test_choices_that_are_none_are_refused(wanted: dict[str, str], sentence: str) -> None:
    with pytest.raises(CuratorError, match=sentence):
        ExportChoices.of(wanted)


def test_choices_are_read_from_words() -> None:
    wanted = {"labels": "soft", "pixels": "paper", "side_px": "48"}
    assert ExportChoices.of(wanted) == ExportChoices("soft", "paper", 48)
    assert ExportChoices.of({}) == ExportChoices()


def test_a_zip_is_streamed_in_parts_and_large_files_too(tmp_path: Path) -> None:
    drawn_snapshot(tmp_path / "drawn@1", 250)
    export = _frozen(tmp_path / "drawn@1")
    for format_name in ("folders", "npz", "tfrecord"):
        parts = list(zip_chunks(export, format_name))
        assert max(map(len, parts)) < 400_000
        assert len(parts) > 3
        assert zipfile.ZipFile(io.BytesIO(b"".join(parts))).testzip() is None


@pytest.mark.slow
@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_killed_at_any_moment_an_export_is_whole_or_not_there(out: str, tmp_path: Path) -> None:
    drawn_snapshot(tmp_path / "drawn@1", 1_000)
    began = time.monotonic()
    _exporting(tmp_path, out).join()
    seconds = time.monotonic() - began
    whole = _listing(tmp_path / out)
    assert len(whole) == 1_003
    chance, left = random.Random(0), 0  # noqa: S311 - moments, not secrets
    for _ in range(MOMENTS):
        _clear(tmp_path / out)
        process = _exporting(tmp_path, out)
        time.sleep(chance.uniform(0, 1) * seconds)
        process.kill()
        process.join()
        assert not (tmp_path / out).exists() or _listing(tmp_path / out) == whole
        left += len(list(tmp_path.glob("*.aside-*"))) > 0
    assert left >= 1  # some were killed while they wrote
    _clear(tmp_path / out)
    _exporting(tmp_path, out).join()
    assert _listing(tmp_path / out) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn@1", out]


def _exporting(folder: Path, out: str) -> ForkServerProcess:
    command = ["export", str(folder / "drawn@1"), str(folder / out), "--project", str(folder)]
    return begin_command(command, Path(os.devnull), Path(os.devnull))


def _listing(place: Path) -> list[tuple[str, int]]:
    if place.suffix == ".zip":
        with zipfile.ZipFile(place) as archive:
            return sorted((entry.filename, entry.file_size) for entry in archive.infolist())
    files = (path for path in place.rglob("*") if path.is_file())
    return sorted((path.relative_to(place).as_posix(), path.stat().st_size) for path in files)


def _clear(place: Path) -> None:
    if place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def _frozen(folder: Path) -> SnapshotExport:
    return open_export(read_snapshot(folder), ExportChoices(), None)

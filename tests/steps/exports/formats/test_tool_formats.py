"""What the formats for other tools say beside labels and splits."""

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import datasets
import yaml

from curator.steps.exports.exported_file import ExportedFile, SnapshotExport
from curator.steps.exports.formats.croissant import croissant_files
from curator.steps.exports.formats.hugging_face import hugging_face_files
from curator.steps.exports.formats.responsible_use import responsible_use
from curator.steps.exports.formats.web_dataset import web_dataset_files


def content(file: ExportedFile) -> bytes:
    return b"".join(file.chunks())


def test_members_of_a_shard_tell_neither_time_nor_owner(export: SnapshotExport) -> None:
    shard = next(f for f in web_dataset_files(export) if f.name.endswith(".tar"))
    with tarfile.open(fileobj=io.BytesIO(content(shard))) as tar:
        members = tar.getmembers()
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, 0, "", "")}
    first = [m.name.partition(".")[2] for m in members[:3]]
    assert first == ["png", "cls", "json"]


def test_a_full_shard_is_followed_by_the_next(export: SnapshotExport) -> None:
    train = int((export.snapshot.faces["split"] == "train").sum())
    names = [f.name for f in web_dataset_files(export, faces_a_shard=2)]
    assert sum(name.startswith("train-") for name in names) == (train + 1) // 2
    assert "train-000001.tar" in names


def test_a_shard_opens_with_datasets_too(export: SnapshotExport, tmp_path: Path) -> None:
    for file in web_dataset_files(export):
        (tmp_path / file.name).write_bytes(content(file))
    rows = datasets.load_dataset(
        "webdataset", data_files={"train": str(tmp_path / "train-*.tar")}, streaming=True
    )["train"]
    assert len(list(rows)) == int((export.snapshot.faces["split"] == "train").sum())


def test_the_dataset_card_says_licence_task_and_splits(export: SnapshotExport) -> None:
    card = next(f for f in hugging_face_files(export) if f.name == "README.md")
    head = yaml.safe_load(content(card).decode().split("---\n")[1])
    assert head["license"] == "cc0-1.0"
    assert head["task_categories"] == ["image-classification"]
    assert [f["split"] for f in head["configs"][0]["data_files"]] == ["train", "validation", "test"]


def test_a_split_without_faces_opens_all_the_same(export: SnapshotExport, tmp_path: Path) -> None:
    faces = export.snapshot.faces.assign(split="train")
    lone = replace(export, snapshot=replace(export.snapshot, faces=faces))
    for file in hugging_face_files(lone):
        place = tmp_path / "out" / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content(file))
    opened = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in opened.items()} == {"train": 21}


def test_croissant_bears_the_hash_of_the_table_and_the_terms(export: SnapshotExport) -> None:
    files = {f.name: f for f in croissant_files(export)}
    said = json.loads(content(files["croissant.json"]))
    table = content(files["labels.csv"])
    assert said["distribution"][0]["sha256"] == hashlib.sha256(table).hexdigest()
    assert said["license"] == ["CC0-1.0"]
    assert export.snapshot.content_hash in said["citeAs"]


def test_croissant_names_no_annotator(export: SnapshotExport) -> None:
    said = json.dumps(responsible_use(export.snapshot))
    assert "annotator 1: 21 annotations" in said
    assert not {"ann:", "bob", '"cy'} & set(said.split())
    assert "annotatorDemographics" not in said


def test_a_set_with_a_source_of_unknown_terms_bears_no_licence(export: SnapshotExport) -> None:
    first = export.snapshot.faces["face_id"] == export.snapshot.faces["face_id"].min()
    faces = export.snapshot.faces.copy()
    faces.loc[first, ["source", "terms"]] = ["found on the web", ""]
    lone = replace(export, snapshot=replace(export.snapshot, faces=faces))
    (described,) = (f for f in croissant_files(lone) if f.name == "croissant.json")
    assert "license" not in json.loads(content(described))


def test_agreement_goes_out_with_its_intervals_and_what_it_rests_on(export: SnapshotExport) -> None:
    said = responsible_use(export.snapshot)["rai:dataAnnotationAnalysis"]
    share = next(words for words in said if words.startswith("share: "))
    assert share.startswith("share: 1.0, 95 % interval 1.0 to 1.0, on ")
    assert share.endswith(" faces of the project")
    assert any(words.startswith("kappa of sad against the rest: ") for words in said)

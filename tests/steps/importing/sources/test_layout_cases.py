"""What single layouts must not get wrong, beyond the contract of all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import read_source
from curator.steps.importing.sources.common.source_entry import SourceReading
from tests.steps.importing.sources.makers import Files, make_folder, told
from tests.steps.importing.sources.samples import SAMPLES

Read = Callable[[Files], SourceReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(files: Files) -> SourceReading:
        with opened_collection(make_folder(tmp_path / "set", files)) as collection:
            return read_source(collection, SourceChoice("s"))

    return read


def labels(reading: SourceReading) -> list[str]:
    return [told(entry).labels for entry in reading.entries]


def test_raf_db_is_read_as_kaggle_packs_it(read: Read) -> None:
    files = {
        "DATASET/train/5/train_00001_aligned.jpg": None,
        "DATASET/test/7/test_0001_aligned.jpg": None,
        "DATASET/test/1/test_0002_aligned.jpg": None,
        "train_labels.csv": "image,label\ntrain_00001_aligned.jpg,5\n",
        "test_labels.csv": "image,label\ntest_0001_aligned.jpg,7\n",
    }
    reading = read(files)
    assert (reading.layout, reading.issues) == ("raf-db", ())
    assert labels(reading) == ["surprise", "neutral", "sad"]


def test_the_compound_expressions_of_raf_db_are_never_taken_for_the_basic_ones(
    read: Read,
) -> None:
    files = {
        "EmoLabel/list_patition_label.txt": "train_0001.jpg 1\ntest_0001.jpg 11\n",
        "Image/aligned/train_0001_aligned.jpg": None,
        "Image/aligned/test_0001_aligned.jpg": None,
    }
    assert read(files).unmatched == {"happily surprised": 1, "disgustedly surprised": 1}


def test_ck_plus_without_its_labels_still_tells_subjects_and_sequences(read: Read) -> None:
    images = {name: None for name in SAMPLES["ck-plus"].files if name.endswith(".png")}
    reading = read(images)
    assert reading.layout == "ck-plus"
    assert {entry.subject for entry in reading.entries} == {"S005", "S138"}
    assert set(labels(reading)) == {""}


def test_ck_plus_tells_the_number_of_each_frame(read: Read) -> None:
    frames = [entry.details["frame"] for entry in read(SAMPLES["ck-plus"].files).entries]
    assert frames == ["1", "10", "11", "13", "2"]


def test_kdef_tells_session_sex_and_angle(read: Read) -> None:
    details = [entry.details for entry in read(SAMPLES["kdef"].files).entries]
    assert details == [
        {"session": "A", "sex": "F", "angle": "S"},
        {"session": "A", "sex": "M", "angle": "FR"},
        {"session": "B", "sex": "F", "angle": "HL"},
    ]


def test_jaffe_saved_in_another_format_is_jaffe(read: Read) -> None:
    reading = read({"KA.AN1.39.tiff.png": None, "KA.HA2.30.jpg": None})
    assert (reading.layout, labels(reading)) == ("jaffe", ["angry", "happy"])


def test_expw_keeps_how_sure_its_boxes_are(read: Read) -> None:
    details = [entry.details for entry in read(SAMPLES["expw"].files).entries]
    assert details == [{"box_confidences": "22.9515"}, {"box_confidences": "68.0181 50.5"}, {}]


def test_texts_beside_images_are_no_tables(read: Read) -> None:
    texts = {f"{number}.txt": "0 .5 .5 .2 .2\n" for number in range(101)}
    reading = read({**texts, "l.csv": "image,label\n1.jpg,sad\n", "1.jpg": None})
    assert (reading.layout, labels(reading)) == ("legend", ["sad"])

from collections.abc import Callable
from pathlib import Path

import pytest

from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import read_source
from curator.steps.importing.sources.common.layout import is_split_name
from curator.steps.importing.sources.common.source_entry import SourceReading
from tests.steps.importing.sources.makers import make_folder, told

Read = Callable[..., SourceReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*names: str, label_names: dict[str, str] | None = None, **texts: str) -> SourceReading:
        tables = {f"{name}.txt": text for name, text in texts.items()}
        folder = make_folder(tmp_path / "set", {**dict.fromkeys(names), **tables})
        with opened_collection(folder) as collection:
            return read_source(collection, SourceChoice("s", label_names=label_names or {}))

    return read


def labels(reading: SourceReading) -> list[str]:
    return [told(entry).labels for entry in reading.entries]


def test_the_nearest_folder_that_means_something_labels(read: Read) -> None:
    reading = read("happy/eve/1.png", "happy/tom/rather/sad/1.png", "other.png")
    assert (reading.layout, labels(reading)) == ("folders", ["happy", "sad", ""])


def test_a_folder_beside_labels_is_asked_for_and_not_guessed(read: Read) -> None:
    reading = read("a/happy/1.png", "a/sad/1.png", "a/Meh/1.png", "b/1.png", "c/meh/1.png")
    assert labels(reading) == ["?Meh", "happy", "sad", "", "?meh"]
    assert reading.unmatched == {"Meh": 1, "meh": 1}


def test_splits_are_no_labels_wherever_they_stand(read: Read) -> None:
    reading = read("happy/train/1.png", "happy/test/1.png", "sad/Test_Set/1.png")
    assert labels(reading) == ["happy", "happy", "sad"]
    assert [entry.split for entry in reading.entries] == ["test", "train", "Test_Set"]


def test_a_label_that_only_the_test_has_is_asked_for(read: Read) -> None:
    reading = read("train/happy/1.png", "train/sad/1.png", "test/contempt/1.png")
    assert labels(reading) == ["?contempt", "happy", "sad"]


def test_one_name_among_others_is_no_label(read: Read) -> None:
    reading = read("Joy/1.png", "Tom/1.png", "Eve/1.png")
    assert (reading.layout, labels(reading)) == ("photos", ["", "", ""])


def test_one_folder_alone_may_be_a_label(read: Read) -> None:
    assert labels(read("happy/1.png", "happy/2.png")) == ["happy", "happy"]


def test_numbers_are_asked_for(read: Read) -> None:
    reading = read("train/0/1.png", "train/1/1.png", "test/01/1.png")
    assert (reading.layout, labels(reading)) == ("folders", ["?01", "?0", "?1"])


def test_numbers_that_are_no_labels_are_left_alone(read: Read) -> None:
    reading = read("2019/1.png", "2020/1.png")
    assert (reading.layout, labels(reading)) == ("photos", ["", ""])


def test_numbers_mean_what_a_person_says(read: Read) -> None:
    reading = read("0/1.png", "1/1.png", label_names={"0": "angry", "1": "-"})
    assert (labels(reading), reading.left_out) == (["angry", ""], {"1": 1})


@pytest.mark.parametrize(
    "text",
    [
        "0 angry\n1 happy\n2 contempt\n",
        "number,emotion\n0,Anger\n1,Happiness\n2,Contempt\n",
        "{\n'0': 'angry',\n'1': 'happy',\n'2': 'contempt'\n}\n",
        "angry=0\nhappy=1\ncontempt=2\n",
        "0: angry\r\n1: happy\r\n2: contempt\r\n",
    ],
)
def test_numbers_mean_what_a_small_file_says(read: Read, text: str) -> None:
    reading = read("00/1.png", "1/1.png", "2/1.png", labels=text)
    assert [label.lower() for label in labels(reading)] == ["angry", "happy", "?contempt"]


@pytest.mark.parametrize("text", ["0 angry\n", "see 1\nhappy 2\nhere\nangry 3\n", "", "1,2\n3,4\n"])
def test_other_small_files_say_nothing_of_numbers(read: Read, text: str) -> None:
    assert labels(read("0/1.png", "1/1.png", notes=text)) == ["?0", "?1"]


@pytest.mark.parametrize(
    ("name", "tells"),
    [("PublicTest", True), ("val", True), ("TRAINING", True), ("tests of", False), ("", False)],
)
def test_names_of_splits_are_known(name: str, tells: bool) -> None:
    assert is_split_name(name) is tells

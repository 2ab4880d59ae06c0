from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import read_source
from curator.steps.importing.sources.common.source_entry import SourceReading
from tests.steps.importing.sources.makers import Files, Told, make_folder, make_zip, told
from tests.steps.importing.sources.samples import SAMPLES

CHOICE = SourceChoice("a source")
THREE = {"1.png": None, "2.png": None, "3.png": None}

Read = Callable[..., SourceReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(files: Files, choice: SourceChoice = CHOICE) -> SourceReading:
        with opened_collection(make_folder(tmp_path / "set", files)) as collection:
            return read_source(collection, choice)

    return read


def labels(reading: SourceReading) -> dict[str, str]:
    return {entry.file.name: told(entry).labels for entry in reading.entries}


def issues(reading: SourceReading) -> list[str]:
    return [str(issue) for issue in reading.issues]


def outside(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_what_a_person_says_that_a_label_means_comes_first(read: Read) -> None:
    files = {"l.csv": "image,label\n1.png,Contempt\n2.png,sad\n3.png,meh\n", **THREE}
    names = {"contempt": "neutral", "sad": "fear", "meh": "unsure"}
    reading = read(files, replace(CHOICE, label_names=names))
    assert labels(reading) == {"1.png": "neutral", "2.png": "fear", "3.png": "unsure"}
    assert (reading.unmatched, reading.issues) == ({}, ())


def test_it_comes_before_the_numbers_of_the_layout(read: Read) -> None:
    reading = read(SAMPLES["raf-db"].files, replace(CHOICE, label_names={"7": "-", "5": "fear"}))
    assert labels(reading) == {
        "basic/Image/aligned/test_0001_aligned.jpg": "",
        "basic/Image/aligned/train_00001_aligned.jpg": "fear",
        "basic/Image/aligned/train_00002_aligned.jpg": "happy",
        "basic/Image/original/train_00001.jpg": "fear",
    }
    assert reading.left_out == {"7": 1}


def test_a_label_left_out_is_no_issue(read: Read) -> None:
    files = {"l.csv": "image,label\n1.png,contempt\n2.png,contempt\n3.png,sad\n", **THREE}
    reading = read(files, replace(CHOICE, label_names={"contempt": "-"}))
    assert labels(reading) == {"1.png": "", "2.png": "", "3.png": "sad"}
    assert (reading.left_out, reading.unmatched, reading.issues) == ({"contempt": 2}, {}, ())


def test_a_person_may_make_a_label_of_contempt_that_votes_are_for(read: Read) -> None:
    files = {"votes.csv": "image,angry,happy,sad,contempt\n1.png,1,0,0,4\n", **THREE}
    assert labels(read(files))["1.png"] == "angry x1, unsure x4"
    choice = replace(CHOICE, label_names={"contempt": "disgust"})
    reading = read(files, choice)
    assert (labels(reading)["1.png"], reading.issues) == ("angry x1, disgust x4", ())


def test_columns_may_be_named(read: Read) -> None:
    files = {"l.csv": "pic,feels,who\n1.png,sad,ann\n2.png,fear,bob\n", **THREE}
    choice = replace(CHOICE, columns={"image": "pic", "label": "feels", "annotator": "who"})
    assert read(files).layout == "photos"
    reading = read(files, choice)
    assert reading.layout == "legend"
    assert labels(reading) == {"1.png": "sad by ann", "2.png": "fear by bob", "3.png": ""}


def test_legends_are_joined_to_whatever_layout(read: Read, tmp_path: Path) -> None:
    label_file = outside(
        tmp_path / "else",
        "l.csv",
        "image,emotion,user\nKA.AN1.39.tiff,disgust,ann\ngone.png,sad,ann\n",
    )
    reading = read(SAMPLES["jaffe"].files, replace(CHOICE, label_files=(label_file,)))
    assert labels(reading)["jaffe/KA.AN1.39.tiff"] == "angry, disgust by ann"
    assert issues(reading) == ["l.csv: names gone.png, which is not there."]


def test_a_table_of_people_beside_a_published_set_is_read_too(read: Read) -> None:
    table = {"ours.csv": "image,label,annotator\nAF01ANS.JPG,fear,ann\n"}
    reading = read({**SAMPLES["kdef"].files, **table})
    assert reading.layout == "kdef"
    assert labels(reading)["KDEF/AF01/AF01ANS.JPG"] == "angry, fear by ann"


def test_of_the_tables_inside_all_count_once_also_where_one_is_named(
    read: Read, tmp_path: Path
) -> None:
    files = SAMPLES["legend"].files
    unnamed = read(files)
    by_name = read(files, replace(CHOICE, label_files=(Path("second_annotator.csv"),)))
    by_path = read(files, replace(CHOICE, label_files=(tmp_path / "set" / "second_annotator.csv",)))
    assert labels(by_name) == labels(by_path)
    assert sorted(labels(by_name)) == sorted(labels(unnamed))
    assert any("by 906" in label for label in labels(by_name).values())
    assert sum(label.count(" by ") for label in labels(by_name).values()) == sum(
        label.count(" by ") for label in labels(unnamed).values()
    )


def test_a_legend_that_is_nowhere_is_refused(read: Read) -> None:
    with pytest.raises(
        CuratorError, match=r"There is no label file gone\.csv, neither by that path"
    ):
        read(THREE, replace(CHOICE, label_files=(Path("gone.csv"),)))


def test_a_table_inside_that_cannot_be_read_is_an_issue(read: Read, tmp_path: Path) -> None:
    files = {"a.csv": "image,label\n1.png,sad\n", **THREE}
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "b.csv").write_bytes(b"image,label\n2.png,\xff\n")
    reading = read(files)
    assert labels(reading) == {"1.png": "sad", "2.png": "", "3.png": ""}
    assert issues(reading) == [
        "b.csv: is left out: b.csv is not UTF-8 text. Save it as CSV in UTF-8."
    ]


def test_a_copy_of_a_table_does_not_speak_twice(read: Read) -> None:
    text = "image,label\n1.png,sad\n"
    reading = read({"a.csv": text, "copy/a.csv": text, **THREE})
    assert labels(reading)["1.png"] == "sad"
    assert issues(reading) == ["copy/a.csv: is the same as a.csv: left out."]


def test_two_words_of_one_annotator_are_both_kept(read: Read) -> None:
    text = "image,label,user\n1.png,sad,ann\n1.png,fear,ann\n2.png,sad,\n2.png,fear,\n"
    assert labels(read({"l.csv": text, **THREE})) == {
        "1.png": "sad by ann, fear by ann",
        "2.png": "sad, fear",
        "3.png": "",
    }


def test_the_subject_comes_from_the_source_or_else_from_the_pattern(read: Read) -> None:
    files = {
        "l.csv": "image,subject\nEve_2.png,Ann\n",
        "Eve_1.png": None,
        "Eve_2.png": None,
        "7.png": None,
    }
    reading = read(files, replace(CHOICE, subject_pattern=r"^(.+?)_\d$"))
    subjects = {entry.file.name: entry.subject for entry in reading.entries}
    assert subjects == {"7.png": "", "Eve_1.png": "Eve", "Eve_2.png": "Ann"}


def test_an_image_said_to_show_two_persons_is_reported(read: Read) -> None:
    reading = read({"l.csv": "image,subject\n1.png,Eve\n1.png,Ann\n", **THREE})
    assert reading.entries[0].subject == "Eve"
    assert issues(reading) == ["1.png: is said to show Eve and Ann; Eve stays."]


def test_a_layout_may_be_chosen(read: Read) -> None:
    reading = read(SAMPLES["folders"].files, replace(CHOICE, layout="photos"))
    assert reading.layout == "photos"
    assert set(labels(reading).values()) == {""}


def test_a_layout_that_is_none_is_refused(read: Read) -> None:
    with pytest.raises(CuratorError, match=r"Layout must be one of fer2013, ck-plus, .* 'xml'"):
        read(THREE, replace(CHOICE, layout="xml"))


@pytest.mark.parametrize("name", SAMPLES)
def test_plain_photos_and_folders_read_anything(name: str, read: Read) -> None:
    files = SAMPLES[name].files
    for layout in ("photos", "folders"):
        entries = read(files, replace(CHOICE, layout=layout)).entries
        assert {entry.file.name for entry in entries} <= set(files)


def test_a_list_without_titles_is_read_with_the_names_of_its_numbers(read: Read) -> None:
    files = {
        "list.txt": "1.png 0\n2.png 1\n3.png 2\n",
        "classes.txt": "0: angry\n1: happy\n2: contempt\n",
        **THREE,
    }
    reading = read(files)
    assert reading.layout == "legend"
    assert labels(reading) == {"1.png": "angry", "2.png": "happy", "3.png": "?contempt"}
    assert reading.unmatched == {"contempt": 1}


def test_numbers_that_nobody_explains_are_asked_for(read: Read) -> None:
    reading = read({"l.csv": "image,label\n1.png,0\n2.png,1\n3.png,1\n", **THREE})
    assert reading.unmatched == {"0": 1, "1": 2}
    assert labels(reading) == {"1.png": "?0", "2.png": "?1", "3.png": "?1"}


def test_where_tables_and_folders_both_tell_the_tables_count(read: Read) -> None:
    files = {
        "l.csv": "image,label,user\nhappy/1.png,happy,ann\nhappy/2.png,sad,ann\n",
        "happy/1.png": None,
        "happy/2.png": None,
        "sad/3.png": None,
    }
    reading = read(files)
    assert labels(reading) == {
        "happy/1.png": "happy by ann",
        "happy/2.png": "sad by ann",
        "sad/3.png": "sad",
    }
    assert issues(reading) == [
        "The folder of happy/2.png: says another label than the tables (1 images); "
        "the tables count."
    ]


def test_boxes_of_a_table_are_kept_with_or_without_a_label(read: Read) -> None:
    text = "image,label,xmin,ymin,xmax,ymax\n1.png,sad,1,2,3,4\n1.png,,5,6,7,8\n"
    entry = read({"l.csv": text, **THREE}).entries[0]
    assert told(entry).labels == "sad @1,2,3,4, ? @5,6,7,8"
    assert entry.boxes_xyxy == ((1, 2, 3, 4), (5, 6, 7, 8))


def test_an_empty_collection_reads_as_no_entries(read: Read, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    assert read({}).entries == ()


def test_a_damaged_table_in_a_zip_is_an_issue(tmp_path: Path) -> None:
    files = {"a.csv": "image,label\n1.png,sad\n", "b.csv": "image,label\n2.png,sad\n", **THREE}
    path = make_zip(tmp_path / "set.zip", files)
    content = path.read_bytes().replace(b"2.png,sad", b"2.png,bad", 1)
    path.write_bytes(content)
    with opened_collection(path) as collection:
        reading = read_source(collection, replace(CHOICE, layout="legend"))
    assert labels(reading) == {"1.png": "sad", "2.png": "", "3.png": ""}
    assert issues(reading) == ["b.csv: is damaged in the zip (Bad CRC-32 for file 'b.csv')."]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"label_names": {"meh": "contempt"}}, "Label 'meh' can mean angry, .* or - to leave it"),
        ({"columns": {"mood": "x"}}, "Columns can be named for image, label, .* Received: mood"),
    ],
)
def test_a_choice_that_cannot_be_used_says_so(
    arguments: dict[str, dict[str, str]], message: str
) -> None:
    with pytest.raises(CuratorError, match=message):
        SourceChoice("s", **arguments)  # type: ignore[arg-type]


def test_a_choice_of_a_name_counts_whatever_its_case_unless_both_are_chosen() -> None:
    choice = SourceChoice("s", label_names={"Meh": "sad", "meh": "-", "Odd ": "joy"})
    assert [choice.meant_by(said) for said in ("Meh", "meh", "ODD", "no")] == [
        "sad", "-", "joy", None,
    ]  # fmt: skip


def test_a_split_comes_from_the_table_or_else_from_the_folder(read: Read) -> None:
    files = {
        "l.csv": "image,label,split\n1.png,sad,fold 1\n2.png,sad,\n",
        "valid/1.png": None,
        "valid/2.png": None,
    }
    told_of = {entry.file.name: told(entry) for entry in read(files).entries}
    assert told_of == {
        "valid/1.png": Told("sad", split="fold 1"),
        "valid/2.png": Told("sad", split="valid"),
    }

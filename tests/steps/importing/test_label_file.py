import pytest

from curator.errors import CuratorError
from curator.steps.importing.label_file import LabelRow, read_label_file
from curator.steps.importing.label_file_columns import head_of
from db.labels import Expression, Flag

FERPLUS_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)


def test_columns_are_found_by_name_whatever_their_case_and_order() -> None:
    label_file = read_label_file(
        "l.csv", b"User.ID,IMAGE,Emotion\n628,a.jpg,HAPPINESS\n,b.jpg,anger\n"
    )
    assert label_file.rows == (
        LabelRow("a.jpg", "HAPPINESS", "628"),
        LabelRow("b.jpg", "anger", number=1),
    )


@pytest.mark.parametrize(
    ("image", "label", "annotator", "subject", "split"),
    [
        ("file", "label", "rater", "person", "split"),
        ("Path", "EXPRESSION", "user", "subject", "Usage"),
        ("image_name", "emotion", "Annotator-ID", "subject id", "partition"),
    ],
)
def test_columns_go_by_several_names(
    image: str, label: str, annotator: str, subject: str, split: str
) -> None:
    header = ",".join([image, label, annotator, subject, split])
    label_file = read_label_file("l.csv", f"{header}\na.jpg,sad,ann,Eve,train\n".encode())
    assert label_file.rows == (LabelRow("a.jpg", "sad", "ann", "Eve", "train"),)


def test_a_column_may_be_named_and_one_that_is_not_there_counts_for_nothing() -> None:
    wanted = {"image": "Pic", "label": "feels", "annotator": "who"}
    label_file = read_label_file("l.csv", b"pic,label,FEELS\na.jpg,sad,fear\n", wanted)
    assert label_file.rows == (LabelRow("a.jpg", "fear"),)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_values_are_separated_by_comma_semicolon_or_tab(separator: str, end: str) -> None:
    text = f"\ufeffimage{separator}label{end}a.jpg{separator}fear{end}"
    label_file = read_label_file("l.csv", text.encode())
    assert label_file.rows == (LabelRow("a.jpg", "fear"),)


def test_a_row_without_a_label_gives_a_subject() -> None:
    label_file = read_label_file("l.csv", b"image,label,subject\na.jpg,,Eve\n")
    assert label_file.rows == (LabelRow("a.jpg", subject="Eve"),)
    assert label_file.issues == ()


def test_a_row_may_tell_the_box_of_its_face() -> None:
    text = b"image,label,xmin,ymin,xmax,ymax\na.jpg,sad,1,2.5,3,4\nb.jpg,sad,,,,\n"
    label_file = read_label_file("l.csv", text)
    assert [row.box_xyxy for row in label_file.rows] == [(1, 2.5, 3, 4), None]


def test_what_cannot_be_taken_is_reported_line_by_line() -> None:
    text = (
        "image,label,user,x1,y1,x2,y2\n"
        "a.jpg,contempt,1,,,,\n"
        ",sad,1,,,,\n"
        f"b.jpg,sad,{'x' * 40},,,,\n"
        "\n"
        "c.jpg,sad,1,5,1,2,9\n"
        "c.jpg,sad,1,one,1,2,9\n"
        "d.jpg,sad,1,,,,\n"
    )
    label_file = read_label_file("l.csv", text.encode())
    assert [row.image for row in label_file.rows] == ["a.jpg", "d.jpg"]
    assert [str(issue) for issue in label_file.issues] == [
        "l.csv, line 3: names no image.",
        "l.csv, line 4: has an annotator's name of over 39 letters.",
        "l.csv, line 6: has a box that is none: 5, 1, 2, 9",
        "l.csv, line 7: has a box that is none: one, 1, 2, 9",
    ]


def test_a_path_may_be_written_as_on_windows() -> None:
    label_file = read_label_file("l.csv", b"image,label\n.\\deep\\a.jpg,sad\n")
    assert label_file.rows[0].image == "deep/a.jpg"


def test_a_line_that_is_too_short_lacks_its_last_values() -> None:
    assert read_label_file("l.csv", b"image,label\na.jpg\n").rows[0].said == ""


@pytest.mark.parametrize("text", [b"train/a b.jpg,3\n", b"3\ttrain/a b.jpg\n"])
def test_a_list_of_images_and_labels_needs_no_titles(text: bytes) -> None:
    assert read_label_file("list.txt", text).rows == (LabelRow("train/a b.jpg", "3"),)


def test_a_list_may_be_separated_by_spaces() -> None:
    assert read_label_file("list.txt", b"a.jpg happy\nb.jpg sad\n").rows == (
        LabelRow("a.jpg", "happy"),
        LabelRow("b.jpg", "sad", number=1),
    )


@pytest.mark.parametrize(
    "line", ["", "Some words, and more words", "a.jpg 1 2", "see a.jpg", "   3.0000000e+00", '"']
)
def test_other_first_lines_are_those_of_no_legend(line: str) -> None:
    assert not head_of(line).is_label_file


def test_votes_are_counted_for_each_label_that_has_some() -> None:
    text = f"{FERPLUS_HEADER}\nTraining,fer0000000.png,4,0,0,1,0,0,0,2,2,1\n"
    label_file = read_label_file("fer2013new.csv", text.encode())
    assert label_file.counts_votes
    assert [(row.said, row.voters, row.verdict) for row in label_file.rows] == [
        ("neutral", 4, Expression.NEUTRAL),
        ("sadness", 1, Expression.SAD),
        ("contempt", 2, Flag.UNSURE),
        ("unknown", 2, Flag.UNSURE),
        ("NF", 1, Flag.NOT_A_FACE),
    ]
    told = {(row.image, row.annotator, row.split, row.number) for row in label_file.rows}
    assert told == {("fer0000000.png", "FER+", "Training", 0)}


def test_other_tables_of_counts_have_no_annotator_and_report_what_is_no_count() -> None:
    text = b"image,angry,happy,sad\na.jpg,0,3,1\nb.jpg,-1,0,0\nc.jpg,0,.5,0\nd.jpg,1\n"
    label_file = read_label_file("votes.csv", text)
    assert [(row.image, row.said, row.voters, row.annotator) for row in label_file.rows] == [
        ("a.jpg", "happy", 3, ""),
        ("a.jpg", "sad", 1, ""),
    ]
    assert [str(issue) for issue in label_file.issues] == [
        "votes.csv, line 3: counts votes in whole numbers. Received: '-1'",
        "votes.csv, line 4: counts votes in whole numbers. Received: '.5'",
        "votes.csv, line 5: counts votes in whole numbers. Received: ''",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Received columns: none"),
        (b"a,b\n1,2\n", r"needs a column for the image \(image, file, .*Received columns: a, b"),
        (b"image,note\n1,2\n", r"and one for the label \(label, emotion, expression"),
        (b"\xff\xfe\0", "l.csv is not UTF-8 text. Save it as CSV in UTF-8"),
        (b"image,label\n" + b"x" * 140_000, "l.csv, line 2: field larger than field limit"),
    ],
)
def test_what_is_no_legend_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(CuratorError, match=message):
        read_label_file("l.csv", content)

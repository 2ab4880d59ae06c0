import pytest

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.legend import Legend, LegendRow, matched, read_legend
from db.labels import Expression


def make_legend(*images: str) -> Legend:
    rows = tuple(LegendRow(image, Expression.SAD, "ann", "") for image in images)
    return Legend("legend.csv", rows, ())


def test_columns_are_found_by_name_whatever_their_case_and_order() -> None:
    legend = read_legend("l.csv", b"User.ID,IMAGE,Emotion\n628,a.jpg,HAPPINESS\n,b.jpg,anger\n")
    assert legend.rows == (
        LegendRow("a.jpg", Expression.HAPPY, "628", ""),
        LegendRow("b.jpg", Expression.ANGRY, "", ""),
    )


@pytest.mark.parametrize(
    ("image", "label", "annotator", "subject"),
    [("file", "label", "rater", "person"), ("Path", "EXPRESSION", "user", "subject")],
)
def test_columns_go_by_several_names(image: str, label: str, annotator: str, subject: str) -> None:
    header = ",".join([image, label, annotator, subject])
    legend = read_legend("l.csv", f"{header}\na.jpg,sad,ann,Eve\n".encode())
    assert legend.rows == (LegendRow("a.jpg", Expression.SAD, "ann", "Eve"),)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_values_are_separated_by_comma_semicolon_or_tab(separator: str) -> None:
    text = f"\ufeffimage{separator}label\r\na.jpg{separator}fear\r\n"
    legend = read_legend("l.csv", text.encode())
    assert legend.rows == (LegendRow("a.jpg", Expression.FEAR, "", ""),)


def test_a_row_without_a_label_gives_a_subject() -> None:
    legend = read_legend("l.csv", b"image,label,subject\na.jpg,,Eve\n")
    assert legend.rows == (LegendRow("a.jpg", None, "", "Eve"),)
    assert legend.issues == ()


def test_what_cannot_be_taken_is_reported_line_by_line() -> None:
    text = f"image,label,user\na.jpg,contempt,1\n,sad,1\nb.jpg,sad,{'x' * 40}\nc.jpg,sad,1\n"
    legend = read_legend("l.csv", text.encode())
    assert [row.image for row in legend.rows] == ["c.jpg"]
    assert [str(issue) for issue in legend.issues] == [
        "l.csv, line 2 (a.jpg): 'contempt' is none of the seven labels.",
        "l.csv, line 3: names no image.",
        "l.csv, line 4: has an annotator's name of over 39 letters.",
    ]


def test_a_path_may_be_written_as_on_windows() -> None:
    legend = read_legend("l.csv", b"image,label\n.\\deep\\a.jpg,sad\n")
    assert legend.rows[0].image == "deep/a.jpg"


def test_a_line_that_is_too_short_lacks_its_last_values() -> None:
    assert read_legend("l.csv", b"image,label\na.jpg\n").rows[0].label is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Received columns: none"),
        (b"a,b\n1,2\n", r"needs a column for the image \(image, file, .*Received columns: a, b"),
        (b"image,note\n1,2\n", r"and one for the label \(label, emotion, expression\)"),
        (b"\xff\xfe\0", "l.csv is not UTF-8 text. Save it as CSV in UTF-8"),
        (b"image,label\n" + b"x" * 140_000, "l.csv, line 2: field larger than field limit"),
    ],
)
def test_what_is_no_legend_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(CuratorError, match=message):
        read_legend("l.csv", content)


@pytest.mark.parametrize(
    ("wanted", "image"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg", "set/deep/a.jpg"),
        ("images/a.jpg", "a.jpg"),
        ("deep/a.jpg", "set/deep/a.jpg"),
    ],
)
def test_a_legend_may_leave_out_folders_or_name_more(wanted: str, image: str) -> None:
    legend = make_legend(wanted)
    assert matched([legend], [image, "other/b.jpg"]).rows == {image: legend.rows}


@pytest.mark.parametrize(
    ("wanted", "image"), [("x/a.jpg", "y/a.jpg"), ("ba.jpg", "a.jpg"), ("xa/b.jpg", "a/b.jpg")]
)
def test_another_path_is_another_image(wanted: str, image: str) -> None:
    matches = matched([make_legend(wanted)], [image])
    assert matches.rows == {}
    assert matches.issues == (Issue("legend.csv", f"names {wanted}, which is not there."),)


def test_a_name_that_two_images_have_is_not_guessed() -> None:
    matches = matched([make_legend("1.jpg")], ["test/1.jpg", "train/1.jpg"])
    assert matches.rows == {}
    expected = "names 1.jpg, and 2 images are called so: give its path."
    assert matches.issues == (Issue("legend.csv", expected),)


def test_rows_of_all_legends_are_kept_in_their_order() -> None:
    first, second = make_legend("a.jpg", "a.jpg"), make_legend("a.jpg")
    assert matched([first, second], ["a.jpg"]).rows == {"a.jpg": first.rows + second.rows}


def test_many_images_that_are_not_there_are_one_issue() -> None:
    matches = matched([make_legend(*(f"{n}.jpg" for n in range(1200)))], [])
    expected = "names 1,200 images that are not there, such as 0.jpg, 1.jpg, 2.jpg."
    assert matches.issues == (Issue("legend.csv", expected),)

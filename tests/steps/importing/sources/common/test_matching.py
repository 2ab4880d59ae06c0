import pytest

from curator.core.issues import Issue
from curator.steps.importing.label_file import LabelFile, LabelRow
from curator.steps.importing.sources.common.matching import ImageNames, matched, unlike_issues


def make_legend(*images: str) -> LabelFile:
    return LabelFile("legend.csv", tuple(LabelRow(image, "sad", "ann") for image in images))


@pytest.mark.parametrize(
    ("wanted", "image"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg", "set/deep/a.jpg"),
        ("images/a.jpg", "a.jpg"),
        ("deep/a.jpg", "set/deep/a.jpg"),
        ("A.JPG", "a.jpg"),
        ("Deep/a.jpg", "set/deep/A.jpg"),
        ("a", "a.jpg"),
        ("deep/a.b", "set/deep/a.b.jpg"),
    ],
)
def test_a_legend_may_leave_out_folders_or_name_more(wanted: str, image: str) -> None:
    label_file = make_legend(wanted)
    assert matched([label_file], [image, "other/b.jpg"]).rows == {image: label_file.rows}


@pytest.mark.parametrize(
    ("wanted", "image"),
    [
        ("x/a.jpg", "y/a.jpg"),
        ("ba.jpg", "a.jpg"),
        ("xa/b.jpg", "a/b.jpg"),
        ("a.png", "a.jpg"),
        ("", "a.jpg"),
    ],
)
def test_another_path_is_another_image(wanted: str, image: str) -> None:
    matches = matched([make_legend(wanted)], [image])
    assert matches.rows == {}
    assert matches.issues == (Issue("legend.csv", f"names {wanted}, which is not there."),)


def test_case_counts_where_two_names_differ_by_nothing_else() -> None:
    names = ImageNames(["x/a.jpg", "y/A.jpg"])
    assert names.meant("a.jpg") == ["x/a.jpg"]
    assert names.meant("A.jpg") == ["y/A.jpg"]
    assert names.meant("A.JPG") == ["x/a.jpg", "y/A.jpg"]


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


def test_many_images_that_are_named_otherwise_are_one_issue() -> None:
    assert unlike_issues(["a", "b"], "is odd.") == [Issue("a", "is odd."), Issue("b", "is odd.")]
    many = unlike_issues([f"{n}.jpg" for n in range(1200)], "is odd.")
    assert many == [Issue("0.jpg and 1,199 more images", "is odd.")]

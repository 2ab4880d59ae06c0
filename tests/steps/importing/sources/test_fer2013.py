import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from curator.steps.images.image_codec import decoded
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import read_source
from curator.steps.importing.sources.common.source_entry import SourceReading
from tests.steps.importing.sources.makers import Files, make_folder, pixels, told

HEADER = "emotion,pixels,Usage"
VOTES_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)
HAPPY, SAD, NO_FACE = "0,10,0,0,0,0,0,0,0,0", "0,0,0,10,0,0,0,0,0,0", "0,0,0,0,0,0,0,0,0,10"

Read = Callable[..., SourceReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(files: Files, **choices: tuple[Path, ...]) -> SourceReading:
        with opened_collection(make_folder(tmp_path / "set", files)) as collection:
            return read_source(collection, SourceChoice("fer", **choices))  # type: ignore[arg-type]

    return read


def table(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def votes(*rows: str) -> str:
    return table(*rows, header=VOTES_HEADER)


def labels(reading: SourceReading) -> dict[str, str]:
    return {entry.file.name.rpartition("/")[2]: told(entry).labels for entry in reading.entries}


def issues(reading: SourceReading) -> list[str]:
    return [str(issue) for issue in reading.issues]


def test_a_row_becomes_a_grey_png_that_is_always_the_same(tmp_path: Path) -> None:
    levels = np.arange(48 * 48) % 256
    path = tmp_path / "fer2013.csv"
    path.write_text(table(f"3,{' '.join(map(str, levels))},Training"))
    with opened_collection(path) as collection:
        (entry,) = read_source(collection, SourceChoice("fer")).entries
    content = entry.file.read()
    image = decoded(content)
    assert image.shape == (48, 48, 3)
    assert np.array_equal(image[..., 0].ravel(), levels)
    assert content == pickle.loads(pickle.dumps(entry.file)).read()  # noqa: S301 - our own
    assert (entry.details, entry.split) == ({"row": "0"}, "Training")


def test_the_table_of_the_competition_is_read_whatever_its_spaces(read: Read) -> None:
    text = table(
        f"3, PublicTest,{pixels(1)}", f"0, Training,{pixels(2)}", header="emotion, Usage, pixels"
    )
    reading = read({"icml_face_data.csv": text})
    assert [(told(entry).labels, entry.split) for entry in reading.entries] == [
        ("happy", "PublicTest"),
        ("angry", "Training"),
    ]


def test_what_the_whole_table_holds_too_does_not_come_in_twice(read: Read) -> None:
    files = {
        "icml_face_data.csv": table(f"3,{pixels(1)},Training"),
        "train.csv": table(f"3,{pixels(1)}", header="emotion,pixels"),
        "test.csv": table(pixels(2), header="pixels"),
    }
    reading = read(files)
    assert labels(reading) == {"icml_face_data_00000.png": "happy"}
    assert issues(reading) == [
        f"{name}: holds images that icml_face_data.csv holds too, and is left out."
        for name in ("test.csv", "train.csv")
    ]


def test_without_the_whole_table_its_parts_come_in(read: Read) -> None:
    files = {
        "train.csv": table(f"3,{pixels(1)}", header="emotion,pixels"),
        "test.csv": table(pixels(2), header="pixels"),
    }
    assert labels(read(files)) == {"test_00000.png": "", "train_00000.png": "happy"}


def test_images_beside_the_table_come_in_as_well(read: Read) -> None:
    files = {"fer2013.csv": table(f"3,{pixels(1)},Training"), "sad/1.png": None, "fear/2.png": None}
    assert labels(read(files)) == {
        "fer2013_00000.png": "happy",
        "1.png": "sad",
        "2.png": "fear",
    }


def test_a_number_that_fer2013_does_not_have_is_asked_for(read: Read) -> None:
    reading = read({"fer2013.csv": table(f"7,{pixels(1)},Training")})
    assert (labels(reading), reading.unmatched) == ({"fer2013_00000.png": "?7"}, {"7": 1})


def test_votes_may_be_named_as_a_legend(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "fer2013new.csv"
    path.write_text(votes(f"Training,fer0000000.png,{SAD}"))
    reading = read({"fer2013.csv": table(f"3,{pixels(1)},Training")}, label_files=(path,))
    assert labels(reading) == {"fer2013_00000.png": "happy, sad x10 by FER+"}


def test_votes_named_as_a_legend_do_not_count_twice(read: Read) -> None:
    files = {
        "fer2013.csv": table(f"3,{pixels(1)},Training"),
        "fer2013new.csv": votes(f"Training,fer0000000.png,{SAD}"),
        "copy.csv": votes(f"Training,fer0000000.png,{SAD}"),
    }
    expected = {"fer2013_00000.png": "happy, sad x10 by FER+"}
    assert labels(read(files)) == expected
    assert labels(read(files, label_files=(Path("fer2013new.csv"),))) == expected


def test_votes_for_other_rows_are_left_out(read: Read) -> None:
    files = {
        "fer2013.csv": table(f"3,{pixels(1)},Training", f"3,{pixels(2)},PublicTest"),
        "fer2013new.csv": votes(
            f"Training,fer0000000.png,{SAD}", f"PrivateTest,fer0000001.png,{SAD}"
        ),
    }
    reading = read(files)
    assert labels(reading) == {"fer2013_00000.png": "happy", "fer2013_00001.png": "happy"}
    assert issues(reading) == [
        "fer2013new.csv: is of other rows: line 3 is PrivateTest there, and the table of pixels "
        "has PublicTest. Its votes are left out."
    ]


@pytest.mark.parametrize(("alike", "joined"), [(39, 0), (40, 100)])
def test_votes_that_contradict_most_labels_are_of_another_order(
    read: Read, alike: int, joined: int
) -> None:
    rows = [HAPPY] * alike + [SAD] * (100 - alike)
    files = {
        "fer2013.csv": table(*(f"3,{pixels(n)},Training" for n in range(100))),
        "fer2013new.csv": votes(*(f"Training,fer{n:07d}.png,{row}" for n, row in enumerate(rows))),
    }
    reading = read(files)
    assert sum("FER+" in label for label in labels(reading).values()) == joined
    doubt = "fer2013new.csv: agrees with 39% of the labels only: it is in another order."
    assert [issue.startswith(doubt) for issue in issues(reading)] == [True] * (not joined)


def test_votes_about_rows_that_are_not_there_are_reported_once(read: Read) -> None:
    files = {
        "fer2013.csv": table(f"3,{pixels(1)},Training"),
        "fer2013new.csv": votes(*(f"Training,fer{n:07d}.png,{HAPPY}" for n in range(30))),
    }
    assert issues(read(files)) == ["fer2013new.csv: has 29 lines about rows that are not there."]


FERPLUS = votes(
    f"Training,fer0000000.png,{HAPPY}",
    f"Training,,{NO_FACE}",
    f"Training,fer0000002.png,{SAD}",
    f"Training,,{NO_FACE}",
    f"Training,fer0000003.png,{HAPPY}",
)
"""Lines 1 and 3 show no face; after line 3 the names run behind the lines, as in FER+."""


def test_images_that_ferplus_named_go_by_their_names(read: Read) -> None:
    reading = read({"fer2013new.csv": FERPLUS, "fer0000002.png": None, "fer0000003.png": None})
    assert labels(reading) == {
        "fer0000002.png": "sad x10 by FER+",
        "fer0000003.png": "happy x10 by FER+",
    }
    assert issues(reading) == [
        "fer2013new.csv: names no image in 2 of its lines; they are left out.",
        "fer2013new.csv: names fer0000000.png, which is not there.",
    ]


def test_of_two_lines_that_ferplus_names_alike_the_last_counts(read: Read) -> None:
    text = votes(f"PrivateTest,fer0033120.png,{SAD}", f"PrivateTest,fer0033120.png,{NO_FACE}")
    reading = read({"fer2013new.csv": text, "fer0033120.png": None})
    assert labels(reading) == {"fer0033120.png": "not a face x10 by FER+"}
    assert issues(reading) == [
        "fer2013new.csv: names fer0033120.png in several lines; the last one counts."
    ]


def test_images_that_bear_the_numbers_of_the_lines_go_by_the_lines(read: Read) -> None:
    files = {"fer2013new.csv": FERPLUS, **{f"fer{number:07d}.png": None for number in range(1, 5)}}
    reading = read(files)
    assert labels(reading) == {
        "fer0000001.png": "not a face x10 by FER+",
        "fer0000002.png": "sad x10 by FER+",
        "fer0000003.png": "not a face x10 by FER+",
        "fer0000004.png": "happy x10 by FER+",
    }
    assert issues(reading) == [
        "fer2013new.csv: is taken line by line: the images bear the numbers of FER2013's lines.",
        "fer2013new.csv: names fer0000000.png, which is not there.",
    ]


def test_a_line_whose_image_lacks_is_never_given_to_the_image_of_its_name(read: Read) -> None:
    reading = read({"fer2013new.csv": FERPLUS, "fer0000001.png": None, "fer0000003.png": None})
    assert labels(reading)["fer0000003.png"] == "not a face x10 by FER+"
    assert issues(reading)[1:] == [
        f"fer2013new.csv: names fer000000{number}.png, which is not there." for number in (0, 2, 4)
    ]


def test_the_lists_of_each_folder_do_not_repeat_the_whole_table(read: Read) -> None:
    files = {
        "fer2013new.csv": votes(f"Training,fer0000000.png,{SAD}"),
        "FER2013Train/label.csv": f'fer0000000.png,"(0, 0, 48, 48)",{SAD}\n',
        "FER2013Train/fer0000000.png": None,
    }
    assert labels(read(files)) == {"fer0000000.png": "sad x10 by FER+"}

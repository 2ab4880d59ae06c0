from hypothesis import given
from hypothesis import strategies as st

from curator.steps.importing.archives.open_collection import Collection, CollectionFile
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import LAYOUTS, read_source
from tests.steps.importing.bytes_place import BytesLocation

# fmt: off
PARTS = st.sampled_from(
    ["happy", "Sad", "contempt", "3_fear", "train", "PublicTest", "0", "1", "S005", "001"]
)
IMAGES = st.sampled_from([
    "1.jpg", "S005_001_00000011.png", "KA.AN1.39.tiff", "AF01ANS.JPG", "train_00001_aligned.jpg",
    "Training_3908.jpg", "fer0000001.png", "FER0000002.PNG", "ä.webp",
])
TABLES = st.sampled_from([
    "legend.csv", "fer2013.csv", "fer2013new.csv", "label.lst", "list_patition_label.txt",
    "S005_001_00000011_emotion.txt", "train_labels.csv", "classes.txt",
])
WORDS = st.sampled_from([
    "image", "label", "emotion", "pixels", "Usage", "annotator", "neutral", "anger", "happy",
    "1.jpg", "fer0000001.png", "train_00001.jpg", "contempt", "3", "48", "-1", "", '"', "é", "\r",
])
# fmt: on
TEXTS = st.lists(st.lists(WORDS, max_size=6).map(",".join), max_size=6).map(
    lambda lines: "\n".join(lines).encode()
)
CONTENTS = TEXTS | st.binary(max_size=40)


def a_file(folders: list[str], name: str, content: bytes = b"") -> CollectionFile:
    return CollectionFile("/".join([*folders, name]), len(content), BytesLocation(content))


FILES = st.lists(st.builds(a_file, st.lists(PARTS, max_size=3), IMAGES), max_size=8)
TABLE_FILES = st.lists(st.builds(a_file, st.lists(PARTS, max_size=1), TABLES, CONTENTS), max_size=3)


@given(images=FILES, tables=TABLE_FILES, layout=st.sampled_from([None, *LAYOUTS]))
def test_each_image_is_one_entry_whatever_lies_beside_it(
    images: list[CollectionFile], tables: list[CollectionFile], layout: str | None
) -> None:
    by_name = {file.name: file for file in images}
    collection = Collection(tuple(by_name.values()), tuple(tables), ())
    reading = read_source(collection, SourceChoice("s", layout=layout))
    names = [entry.file.name for entry in reading.entries]
    assert sorted(names) == names
    from_rows = [name for name in names if name not in by_name]
    assert sorted([*by_name, *from_rows]) == names
    assert not from_rows or reading.layout == "fer2013"


@given(images=FILES, tables=TABLE_FILES)
def test_each_label_has_a_verdict_or_is_counted(
    images: list[CollectionFile], tables: list[CollectionFile]
) -> None:
    by_name = {file.name: file for file in images}
    reading = read_source(Collection(tuple(by_name.values()), tuple(tables), ()), SourceChoice("s"))
    without = [
        one
        for entry in reading.entries
        for one in entry.statements
        if one.said and one.verdict is None
    ]
    assert sum(one.voters or 1 for one in without) == sum(reading.unmatched.values())
    told = [issue for issue in reading.issues if issue.reason.startswith("is none of the seven")]
    assert len(told) >= len(reading.unmatched)

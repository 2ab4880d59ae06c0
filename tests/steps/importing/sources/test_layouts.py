"""One contract for every layout: it is known among all, and all that it says is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import LAYOUTS, layout_of, read_source
from curator.steps.importing.sources.common.source_entry import SourceReading
from tests.steps.importing.sources.makers import (
    Files,
    Sample,
    Told,
    is_image,
    make_collection,
    other_case,
    told,
)
from tests.steps.importing.sources.samples import SAMPLES

CHOICE = SourceChoice("a source")

Read = Callable[[Files], SourceReading]


@pytest.fixture(params=["folder", "zip"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    def read(files: Files) -> SourceReading:
        with opened_collection(make_collection(tmp_path, files, request.param)) as collection:
            return read_source(collection, CHOICE)

    return read


def told_of(reading: SourceReading) -> dict[str, Told]:
    return {entry.file.name: told(entry) for entry in reading.entries}


def test_every_layout_has_a_sample_and_words_for_people() -> None:
    assert list(SAMPLES) == list(LAYOUTS)
    assert all(name == layout.name and layout.title for name, layout in LAYOUTS.items())
    assert list(LAYOUTS)[-1] == "photos"


def test_the_published_sets_state_their_terms() -> None:
    without = [name for name, layout in LAYOUTS.items() if not layout.terms]
    assert without == ["legend", "folders", "photos"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_is_recognised_among_all(name: str, tmp_path: Path) -> None:
    with opened_collection(make_collection(tmp_path, SAMPLES[name].files, "folder")) as collection:
        assert layout_of(collection, CHOICE).name == name


@pytest.mark.parametrize(("name", "sample"), SAMPLES.items(), ids=list(SAMPLES))
def test_all_that_it_says_is_read(name: str, sample: Sample, read: Read) -> None:
    reading = read(sample.files)
    assert reading.layout == name
    assert told_of(reading) == sample.told
    assert [str(issue) for issue in reading.issues] == list(sample.issues)
    assert reading.unmatched == sample.unmatched


@pytest.mark.parametrize(("name", "sample"), SAMPLES.items(), ids=list(SAMPLES))
def test_each_image_is_one_entry_in_the_order_of_the_names(
    name: str, sample: Sample, read: Read
) -> None:
    names = [entry.file.name for entry in read(sample.files).entries]
    assert names == sorted(set(names))
    assert {file for file in sample.files if is_image(file)} <= set(names), name


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_names_of_files_in_the_other_case_are_read_alike(sample: Sample, read: Read) -> None:
    reading = read(other_case(sample.files))
    found = {
        name.casefold(): [part.casefold() for part in said]
        for name, said in told_of(reading).items()
    }
    assert found == {
        name.casefold(): [part.casefold() for part in said] for name, said in sample.told.items()
    }


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_what_is_bad_is_an_issue_and_the_rest_goes_in(sample: Sample, read: Read) -> None:
    reading = read({**sample.files, **sample.bad_files})
    assert told_of(reading) == {**sample.told, **sample.bad_told}
    issues = [str(issue) for issue in reading.issues]
    assert sorted(issues) == sorted([*sample.issues, *sample.bad_issues])


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_reading_twice_gives_the_same(sample: Sample, tmp_path: Path) -> None:
    origin = make_collection(tmp_path, sample.files, "zip")
    with opened_collection(origin) as collection:
        first = read_source(collection, CHOICE)
        assert read_source(collection, CHOICE) == first


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_every_image_can_be_read(sample: Sample, tmp_path: Path) -> None:
    with opened_collection(make_collection(tmp_path, sample.files, "zip")) as collection:
        for entry in read_source(collection, CHOICE).entries:
            assert entry.file.read()

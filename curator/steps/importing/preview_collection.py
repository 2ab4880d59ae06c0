"""Look at a collection before it comes in; nothing of it is stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
from sqlalchemy import select

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.faces.cut_faces import CutFace, DetectionSession, cut_faces
from curator.steps.faces.detection_session import check_detector, detection_session
from curator.steps.images.image_codec import NotAnImageError, decoded, jpeg
from curator.steps.importing.archives.file_names import suffix_of
from curator.steps.importing.archives.open_collection import (
    Collection,
    UnreadableFileError,
    opened_collection,
)
from curator.steps.importing.detect_crops import propose_crops, spread
from curator.steps.importing.import_options import LEAVE_OUT, SourceChoice
from curator.steps.importing.label_file_columns import Head, check_head, head_of
from curator.steps.importing.sources import LAYOUTS, read_source
from curator.steps.importing.sources.common.label_files import ChosenLabelFile, chosen_files
from curator.steps.importing.sources.common.layout import HEAD_BYTES, first_line, readable_tables
from curator.steps.importing.sources.common.source_entry import Entry, SourceReading
from db.project.project_folder import Project
from db.tables.images import Source

SAMPLE_CROPS = 10
LOOKED_AT = 30
"""At most so many images are looked at for the sample crops."""

SHOWN_ISSUES = 50
SHOWN_TABLES = 20


@dataclass(frozen=True)
class NamedLabel:
    """A label as the source names it.

    Attributes:
        said: Its name.
        times: How often it is said; each voter of a count says it once.
        means: The label or flag that it means, `-` where it is chosen to be left out, None
            where somebody has to say what it means.
    """

    said: str
    times: int
    means: str | None


@dataclass(frozen=True)
class LabelFileColumns:
    """The columns of a table that is a label file or may become one.

    Attributes:
        table: Its name.
        titles: Of all its columns.
        proposal: For each thing that it seems to tell, such as `image` or `label`, the title.
    """

    table: str
    titles: tuple[str, ...]
    proposal: Mapping[str, str]


@dataclass(frozen=True)
class CollectionPreview:
    """What an import of a collection would bring.

    Attributes:
        layout: The layout that it is read by, a key of `LAYOUTS`.
        title: What people call the layout.
        terms: The terms of use that the project has of the source, or else those that the
            layout proposes; empty where nobody knows.
        images: How many images there are, those made of a table's rows too.
        tables: How many tables lie among them.
        labels: In the order of how often they are said.
        annotators: How many annotators the source names.
        subjects: How many persons it tells apart.
        sequences: How many videos the images are frames of.
        splits: For each split in the source's word how many images it holds.
        label_files: The tables whose columns can be chosen.
        proposes_crops: Whether each image seems to be one face already.
        crops_reason: Why, in a sentence.
        crops: Some faces as JPEG, each cut as the import would cut it.
        issues: The first things that would be left out, and why.
        issue_count: How many there are in all.
    """

    layout: str
    title: str
    terms: str
    images: int
    tables: int
    labels: tuple[NamedLabel, ...]
    annotators: int
    subjects: int
    sequences: int
    splits: Mapping[str, int]
    label_files: tuple[LabelFileColumns, ...]
    proposes_crops: bool
    crops_reason: str
    crops: tuple[bytes, ...]
    issues: tuple[Issue, ...]
    issue_count: int


def preview_collection(
    project: Project, origin: Path, choice: SourceChoice, detector_name: str
) -> CollectionPreview:
    """Read a collection as an import with these choices would, and cut some faces out.

    A label file that cannot be read so far, such as one whose columns have still to be named,
    is an issue here: its columns are shown.

    Args:
        project: The project; nothing is stored in it.
        origin: What would come in.
        choice: What is said of it so far.
        detector_name: One of `DETECTORS`.

    Raises:
        CuratorError: The origin, the layout or the detector cannot be used as a whole, or a
            label file is nowhere.
    """
    check_detector(detector_name)
    with opened_collection(origin, scratch=project.uploads) as collection:
        files = chosen_files(collection, choice)
        usable, unusable = _usable(files, choice)
        reading = read_source(collection, replace(choice, label_files=usable))
        issues = (*collection.issues, *unusable, *reading.issues)
        proposal = propose_crops(reading)
        holds_crops = proposal.holds_crops if choice.holds_crops is None else choice.holds_crops
        with detection_session(project, detector_name, holds_crops=holds_crops) as looking:
            crops = _sample_crops(reading.entries, looking)
        return CollectionPreview(
            layout=reading.layout,
            title=LAYOUTS[reading.layout].title,
            terms=_known_terms(project, choice.name) or LAYOUTS[reading.layout].terms,
            images=len(reading.entries),
            tables=len(collection.tables),
            labels=_labels(reading),
            annotators=len(_annotators(reading)),
            subjects=len({entry.subject for entry in reading.entries} - {""}),
            sequences=len({entry.sequence for entry in reading.entries} - {""}),
            splits=dict(Counter(entry.split for entry in reading.entries if entry.split)),
            label_files=tuple(_label_file_columns(collection, files, choice)),
            proposes_crops=proposal.holds_crops,
            crops_reason=proposal.reason,
            crops=crops,
            issues=issues[:SHOWN_ISSUES],
            issue_count=len(issues),
        )


def _usable(
    files: Sequence[ChosenLabelFile], choice: SourceChoice
) -> tuple[tuple[Path, ...], list[Issue]]:
    """Part the label files chosen into those that can be read and the reasons of the others."""
    usable, issues = [], []
    for path, file in zip(choice.label_files, files, strict=True):
        try:
            check_head(file.name, head_of(_first_line(file), choice.columns))
            usable.append(path)
        except CuratorError as error:
            issues.append(Issue(file.name, str(error)))
    return tuple(usable), issues


def _first_line(file: ChosenLabelFile) -> str:
    return file.content[:HEAD_BYTES].decode("utf-8-sig", "replace")


def _known_terms(project: Project, name: str) -> str:
    with project.reading() as session:
        return session.scalar(select(Source.terms).where(Source.name == name.strip())) or ""


def _labels(reading: SourceReading) -> tuple[NamedLabel, ...]:
    times: Counter[str] = Counter(reading.left_out)
    means: dict[str, str | None] = dict.fromkeys(reading.left_out, LEAVE_OUT)
    for entry in reading.entries:
        for one in entry.statements:
            if one.said:
                times[one.said] += one.voters or 1
                means[one.said] = None if one.verdict is None else str(one.verdict)
    return tuple(NamedLabel(said, count, means[said]) for said, count in times.most_common())


def _annotators(reading: SourceReading) -> set[str]:
    named = (one.annotator for entry in reading.entries for one in entry.statements)
    return {name for name in named if name}


def _label_file_columns(
    collection: Collection, files: Sequence[ChosenLabelFile], choice: SourceChoice
) -> Iterator[LabelFileColumns]:
    """Yield the columns of the legends chosen and of the tables that may be legends."""
    heads = {file.name: head_of(_first_line(file), choice.columns) for file in files}
    for table in readable_tables(collection):
        head = head_of(first_line(table), choice.columns)
        if head.has_titles and (head.is_label_file or _may_be_label_file(table.name, head)):
            heads.setdefault(table.name, head)
    for name, head in list(heads.items())[:SHOWN_TABLES]:
        if len(head.titles) > 1:
            yield LabelFileColumns(name, head.titles, _proposal(head))


def _may_be_label_file(name: str, head: Head) -> bool:
    """Say whether a table may become a label file: no text of words, and none of pixels."""
    return suffix_of(name) != ".txt" and "pixels" not in {title.lower() for title in head.titles}


def _proposal(head: Head) -> dict[str, str]:
    return {thing: head.titles[place] for thing, place in head.columns.items()}


def _sample_crops(entries: Sequence[Entry], looking: DetectionSession) -> tuple[bytes, ...]:
    crops: list[bytes] = []
    for entry in spread(entries, LOOKED_AT):
        face = _first_face(entry, looking)
        if face is not None:
            crops.append(_as_jpeg(face))
        if len(crops) == SAMPLE_CROPS:
            break
    return tuple(crops)


def _first_face(entry: Entry, looking: DetectionSession) -> CutFace | None:
    try:
        image_rgb = decoded(entry.file.read())
        return next(iter(cut_faces(image_rgb, entry.boxes_xyxy, looking)), None)
    except (UnreadableFileError, NotAnImageError, cv2.error):  # the import reports it
        return None


def _as_jpeg(face: CutFace) -> bytes:
    crop = face.blobs[0]
    return jpeg(decoded((crop.file or crop.kept).read_bytes()))

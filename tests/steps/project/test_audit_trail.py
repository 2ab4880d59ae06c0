import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from curator.steps.duplicates.decide_duplicates import dissolve, keep, undo
from curator.steps.labelling.guideline import store_guideline
from curator.steps.project import export_audit
from curator.steps.project.audit_trail import AuditLine, Kind, Wanted, audit_trail, in_words
from curator.steps.project.export_audit import CSV_COLUMNS, csv_chunks
from curator.steps.review.adjudicate import adjudicate
from curator.steps.review.send_back import send_back
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import Annotation, Posing
from db.tables.audit import note
from tests.makers import NOW, annotate, make_annotator, make_face, standing
from tests.steps.duplicates.deciding import act, make_pairs

LATER = [NOW + timedelta(minutes=minutes) for minutes in range(10)]


def make_history(project: Project, session: Session) -> tuple[int, int, int]:
    """Do one thing of each kind; return the two annotators and the face."""
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "=bob")
    face = make_face(project, session, seed=1)
    other = make_face(project, session, seed=2)
    annotate(session, face, {ann: Expression.SAD})
    store_guideline(session, "Look.", ann, LATER[1])
    adjudicate(session, face, "fear", by=bob, now=LATER[2])
    send_back(session, standing(session, face), "the mouth?", bob, LATER[3])
    note(session, "settings changed", {"first_votes": [2, 3]}, None, LATER[4])
    note(session, "gold face added", {"face": other, "label": "sad"}, ann, LATER[5])
    session.flush()
    return ann, bob, face


def said(lines: list[AuditLine]) -> list[tuple[str, str, str, str]]:
    return [(line.place.kind, line.by, line.what, in_words(line.details)) for line in lines]


def test_everything_that_was_done_is_one_trail_newest_first(
    project: Project, session: Session
) -> None:
    make_history(project, session)
    assert said(audit_trail(session)) == [
        ("change", "ann", "gold face added", "label: sad"),
        ("change", "", "settings changed", "first_votes: 2 → 3"),
        ("sent back", "=bob", "sad of ann", "annotation: 1; note: the mouth?"),
        ("final word", "=bob", "fear", ""),
        ("guideline", "ann", "new version", "guideline: 1; characters: 5"),
        ("annotation", "ann", "sad", ""),
    ]


def test_what_was_decided_and_undone_of_duplicates_is_told(
    project: Project, session: Session
) -> None:
    ann = make_annotator(session, "ann")
    faces = [make_face(project, session, seed=seed) for seed in (1, 2)]
    make_pairs(session, faces)
    keep(session, faces[1], act("a", ann, faces, seconds=1))
    undo(session, "a", by=ann, now=LATER[1])
    dissolve(session, act("b", ann, faces, seconds=2))
    assert said(audit_trail(session)) == [
        ("duplicate", "ann", "another picture than face 2", ""),
        ("duplicate", "ann", "keeper of its group", "undone: 2026-11-23 12:01:00 UTC"),
    ]


def test_what_an_annotation_carries_is_told(project: Project, session: Session) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    annotation = Annotation(uuid="u", face_id=face, annotator_id=ann, label=Expression.SAD)
    annotation.stored_at, annotation.intensity, annotation.posing = NOW, 3, Posing.POSED
    annotation.suggested, annotation.suggested_by = Expression.FEAR, "model:x"
    session.add(annotation)
    session.flush()
    (line,) = audit_trail(session)
    told = "intensity: 3; posing: posed; suggested: fear; suggested by: model:x"
    assert in_words(line.details) == told


def test_what_is_taken_back_stays_in_the_trail(project: Project, session: Session) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.SAD})
    annotate(session, face, {ann: None})
    assert [line.what for line in audit_trail(session)] == ["taken back", "sad"]


def test_the_trail_is_filtered_by_face_person_kind_and_time(
    project: Project, session: Session
) -> None:
    ann, bob, face = make_history(project, session)

    def kinds(wanted: Wanted) -> list[str]:
        return [line.place.kind for line in audit_trail(session, wanted)]

    assert kinds(Wanted(face_id=face)) == ["sent back", "final word", "annotation"]
    assert kinds(Wanted(face_id=face + 1)) == ["change"]
    assert kinds(Wanted(by_id=bob)) == ["sent back", "final word"]
    assert kinds(Wanted(by_id=ann, kind=Kind.CHANGE)) == ["change"]
    assert kinds(Wanted(since=LATER[2], until=LATER[4])) == ["sent back", "final word"]
    assert kinds(Wanted(face_id=99)) == []


@pytest.mark.parametrize("count", [1, 2, 4])
def test_paging_loses_and_repeats_no_line_also_where_times_are_equal(
    project: Project, session: Session, count: int
) -> None:
    ann = make_annotator(session, "ann")
    face = make_face(project, session, seed=1)
    for label in Expression:
        annotate(session, face, {ann: label})
        adjudicate(session, face, label, by=ann, now=NOW)
        note(session, f"changed to {label}", {}, ann, NOW)
    session.flush()
    whole = audit_trail(session)
    assert len(whole) == 21
    paged: list[AuditLine] = []
    while page := audit_trail(session, after=paged[-1].place if paged else None, count=count):
        paged += page
    assert paged == whole


def test_the_trail_is_streamed_whole_as_csv(
    project: Project, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_history(project, session)
    session.commit()
    monkeypatch.setattr(export_audit, "ROWS_AT_ONCE", 4)
    chunks = list(csv_chunks(project))
    assert len(chunks) == 3  # the head, four lines, two lines
    rows = list(csv.reader(io.StringIO("".join(chunks))))
    assert rows[0] == list(CSV_COLUMNS)
    assert rows[3] == [
        LATER[3].isoformat(),
        "'=bob",  # no formula for a spreadsheet
        "1",
        "sent back",
        "sad of ann",
        '{"annotation": 1, "note": "the mouth?"}',
    ]
    assert len(rows) == 7


def test_an_empty_project_has_an_empty_trail(project: Project, session: Session) -> None:
    assert audit_trail(session) == []
    session.rollback()
    assert list(csv_chunks(project)) == ["at,by,face,kind,what,details\n"]

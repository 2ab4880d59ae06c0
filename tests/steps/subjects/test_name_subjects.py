import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.project.audit_trail import audit_trail
from curator.steps.subjects.name_subjects import NamedImage, name_subjects, read_subjects
from db.jobs.progress import committing, finished
from db.project.project_folder import Project
from db.tables.images import Face, Image
from tests.makers import NOW, make_annotator, make_face

PATTERN = r"^(.+?)_\d+$"


@pytest.fixture
def source_id(project: Project, session: Session) -> int:
    """Of one source: two photos of ann, one of bob with another subject, one of nobody known."""
    make_face(project, session, seed=1, name="in/ann_0001.png")
    make_face(project, session, seed=2, name="in/ann_0002.png", subject="ann")
    make_face(project, session, seed=3, name="bob_0001.png", subject="robert")
    make_face(project, session, seed=4, name="holiday.png", subject="eva")
    session.commit()
    return session.scalars(select(Image.source_id)).first() or 0


def subjects(session: Session) -> list[tuple[str | None, str | None]]:
    query = select(Image.subject, Face.subject).join(Face, Face.image_id == Image.id)
    return [(of_image, of_face) for of_image, of_face in session.execute(query.order_by(Face.id))]


def test_a_pattern_is_tried_and_changes_nothing(session: Session, source_id: int) -> None:
    read = read_subjects(session, source_id, PATTERN)
    assert read.source == "drawn"
    assert read.named == (
        NamedImage(1, "in/ann_0001.png", "ann", None),
        NamedImage(2, "in/ann_0002.png", "ann", "ann"),
        NamedImage(3, "bob_0001.png", "bob", "robert"),
    )
    assert read.subjects == {"ann": 2, "bob": 1}
    assert [image.image_id for image in read.changed] == [1, 3]
    assert read.silent == ("holiday.png",)
    assert subjects(session)[0] == (None, None)


def test_images_and_their_faces_get_the_subject_and_the_trail_says_so(
    session: Session, source_id: int
) -> None:
    ann = make_annotator(session, "ann")
    steps = name_subjects(session, source_id, PATTERN, by=ann, now=NOW)
    assert finished(committing(session, steps)) == 2
    session.expire_all()
    assert subjects(session) == [("ann", "ann"), ("ann", "ann"), ("bob", "bob"), ("eva", "eva")]
    (line,) = audit_trail(session)
    assert (line.by, line.what) == ("ann", "subjects named")
    assert line.details == {"source": "drawn", "pattern": PATTERN, "images": 2, "subjects": 2}
    assert read_subjects(session, source_id, PATTERN).changed == ()


def test_of_several_faces_only_the_clearly_larger_one_is_named(
    session: Session, source_id: int
) -> None:
    for face_id, image_id, side in ((1, 1, 75), (4, 1, 20), (2, 3, 75), (3, 3, 70)):
        face = session.get_one(Face, face_id)
        face.image_id, face.x_max, face.y_max, face.subject = image_id, side, side, None
    session.commit()
    finished(committing(session, name_subjects(session, source_id, PATTERN, by=None, now=NOW)))
    session.expire_all()
    named = session.execute(select(Face.id, Face.subject).order_by(Face.id)).all()
    assert [tuple(row) for row in named] == [(1, "ann"), (2, None), (3, None), (4, None)]


def test_a_pattern_whose_group_may_be_empty_names_nobody_there(
    session: Session, source_id: int
) -> None:
    read = read_subjects(session, source_id, r"^(ann)?")
    assert [image.subject for image in read.named] == ["ann", "ann"]
    assert read.silent == ("bob_0001.png", "holiday.png")


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", r"Subject pattern '\(' cannot be read: missing \)"),
        ("ann", "Subject pattern 'ann' must have one group. It has 0"),
        ("(a)(b)", "must have one group. It has 2"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_a_sentence(
    session: Session, source_id: int, pattern: str, sentence: str
) -> None:
    with pytest.raises(CuratorError, match=sentence):
        finished(name_subjects(session, source_id, pattern, by=None, now=NOW))
    session.rollback()
    assert audit_trail(session) == []


def test_a_source_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(CuratorError, match="There is no source 7"):
        read_subjects(session, 7, PATTERN)

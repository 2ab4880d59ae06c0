from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from curator.core.review.proportions import Proportion
from curator.steps.labelling.choose_gold import make_gold
from curator.steps.review.measure_annotators import AnnotatorQuality, measure_annotators
from curator.steps.review.send_back import send_back
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.duplicates import DuplicateMember, Match
from db.tables.people import Role, SignIn
from tests.makers import NOW, annotate, make_annotator, make_face

SAD, FEAR = Expression.SAD, Expression.FEAR


def event(
    session: Session,
    annotator_id: int,
    face_id: int,
    verdict: Expression | Flag | None,
    *,
    at: datetime = NOW,
    suggested: Expression | None = None,
) -> int:
    """Store a press and return its id."""
    annotation = Annotation(
        uuid=f"press-{session.query(Annotation).count()}",
        face_id=face_id,
        annotator_id=annotator_id,
        label=verdict if isinstance(verdict, Expression) else None,
        flag=verdict if isinstance(verdict, Flag) else None,
        pressed_at=at,
        stored_at=at,
        suggested=suggested,
        suggested_by=None if suggested is None else "model:x",
    )
    session.add(annotation)
    session.flush()
    return annotation.id


def measured(session: Session, name: str) -> AnnotatorQuality:
    team = measure_annotators(session, NOW)
    return next(annotator for annotator in team if annotator.name == name)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_everybody_is_listed_by_name_and_no_source(session: Session) -> None:
    for name, role in (("eva", Role.OWNER), ("FER", Role.SOURCE), ("ann", Role.ANNOTATOR)):
        make_annotator(session, name, role)
    team = measure_annotators(session, NOW)
    assert [annotator.name for annotator in team] == ["ann", "eva"]
    assert (team[0].total, team[0].last_seen, team[0].gold) == (0, None, Proportion(0, 0))


def test_what_stands_is_counted_with_that_of_today(project: Project, session: Session) -> None:
    ann = make_annotator(session, "ann")
    faces = [make_face(project, session, seed=seed) for seed in (1, 2, 3)]
    event(session, ann, faces[0], SAD, at=after(-5))
    event(session, ann, faces[1], Flag.UNSURE, at=after(1))
    event(session, ann, faces[2], SAD, at=after(2))
    event(session, ann, faces[2], None, at=after(3))
    found = measured(session, "ann")
    assert (found.total, found.today) == (2, 1)
    assert found.last_seen == after(3)
    assert found.flags == Proportion(1, 2)
    assert found.second_thoughts == Proportion(1, 3)


def test_a_sign_in_is_a_sign_of_life(session: Session) -> None:
    ann = make_annotator(session, "ann")
    session.add(
        SignIn(
            token_sha256="0" * 64,
            annotator_id=ann,
            csrf_token="x",
            created_at=after(7),
            expires_at=after(9),
        )
    )
    session.flush()
    assert measured(session, "ann").last_seen == after(7)


def test_the_first_answer_on_a_gold_face_counts_and_what_made_it_gold_does_not(
    project: Project, session: Session
) -> None:
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    gold, other = make_face(project, session, seed=1), make_face(project, session, seed=2)
    event(session, ann, gold, SAD, at=after(-1))
    make_gold(session, gold, SAD, ann, NOW)
    make_gold(session, other, FEAR, ann, NOW)
    event(session, bob, gold, FEAR, at=after(1))
    event(session, bob, gold, SAD, at=after(2))
    event(session, bob, other, FEAR, at=after(3))
    assert measured(session, "ann").gold == Proportion(0, 0)
    assert measured(session, "bob").gold == Proportion(1, 2)


def test_agreement_is_with_the_others_and_blind(project: Project, session: Session) -> None:
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    faces = [make_face(project, session, seed=seed) for seed in (1, 2, 3)]
    for face, said in zip(faces, (SAD, FEAR, SAD), strict=True):
        event(session, bob, face, said)
    event(session, ann, faces[0], SAD)
    event(session, ann, faces[1], SAD)
    event(session, ann, faces[2], SAD, suggested=SAD)
    assert measured(session, "ann").agreement == Proportion(1, 2)
    assert measured(session, "bob").agreement == Proportion(2, 3)


def test_what_a_reviewer_asked_for_is_no_second_thought_and_no_inconsistency(
    project: Project, session: Session
) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    sent = event(session, ann, face, SAD)
    send_back(session, [sent], "", ann, NOW)
    event(session, ann, face, FEAR, at=after(120))
    found = measured(session, "ann")
    assert found.second_thoughts == Proportion(0, 1)
    assert found.consistency == Proportion(0, 0)
    assert found.total == 1


def test_the_same_pixels_in_two_faces_test_whether_one_says_the_same_again(
    project: Project, session: Session
) -> None:
    ann = make_annotator(session, "ann")
    keeper, copy = make_face(project, session, seed=1), make_face(project, session, seed=2)
    for face in (keeper, copy):
        member = DuplicateMember(face_id=face, keeper_id=keeper, distance=0)
        member.match, member.likeness, member.is_mirrored = Match.PIXELS, 1.0, False
        session.add(member)
    event(session, ann, keeper, SAD)
    event(session, ann, copy, FEAR, at=after(1))
    assert measured(session, "ann").consistency == Proportion(0, 1)


def test_pace_is_by_the_clock_of_the_browser_and_days_are_told_apart(
    project: Project, session: Session
) -> None:
    ann = make_annotator(session, "ann")
    for seed in range(1, 5):
        face = make_face(project, session, seed=seed)
        event(session, ann, face, SAD, at=NOW + timedelta(seconds=3 * seed, days=seed // 4))
    found = measured(session, "ann")
    assert found.pace_seconds is not None
    assert round(found.pace_seconds, 2) == 3
    assert [(f"{day.day}", day.annotations) for day in found.days] == [
        ("2026-11-23", 3),
        ("2026-11-24", 1),
    ]


def test_labels_of_sources_have_no_clock_and_harm_nothing(
    project: Project, session: Session
) -> None:
    ann, source = make_annotator(session, "ann"), make_annotator(session, "FER", Role.SOURCE)
    face = make_face(project, session, seed=1)
    annotate(session, face, {ann: SAD, source: SAD})
    found = measured(session, "ann")
    assert (found.agreement, found.pace_seconds) == (Proportion(1, 1), None)

from uuid import uuid4

from sqlalchemy.orm import Session

from curator.core.review.proportions import Proportion, difference_interval
from curator.steps.labelling.assignable_faces import CONSENSUS, hiding
from curator.steps.review.measure_bias import measure_bias
from db.labels import Expression
from db.project.project_folder import Project
from db.tables import Annotation
from db.tables.settings import Settings
from tests.makers import NOW, make_annotator, make_face
from tests.steps.models.suggesting import MODEL, suggest

FEAR, SURPRISE = Expression.FEAR, Expression.SURPRISE
ORIGIN = f"model:{MODEL}"


def label(
    session: Session, face_id: int, annotator_id: int, said: Expression, *, origin: str | None
) -> None:
    """Store an annotation with the suggestion of fear in sight, or blind."""
    session.add(
        Annotation(
            uuid=str(uuid4()),
            face_id=face_id,
            annotator_id=annotator_id,
            label=said,
            stored_at=NOW,
            suggested=FEAR if origin else None,
            suggested_by=origin,
        )
    )
    session.flush()


def make_faces(project: Project, session: Session) -> tuple[int, list[int], list[int]]:
    """Suggest fear for 40 faces; return an annotator, who sees the first of them and not
    the second.
    """
    session.add(Settings(min_votes=2, min_share=0.6, duplicate_distance=12, hidden_share=0.5))
    ann = make_annotator(session, "ann")
    faces = [make_face(project, session, seed=seed) for seed in range(1, 41)]
    suggest(session, dict.fromkeys(faces, FEAR))
    hidden = [face for face in faces if hiding(ann).is_among(face, 0.5)]
    return ann, [face for face in faces if face not in hidden], hidden


def test_labels_in_sight_are_compared_with_those_hidden_by_chance(project: Project) -> None:
    with project.writing() as session:
        ann, seen, hidden = make_faces(project, session)
        assert len(seen) > 6 < len(hidden)
        for number, face in enumerate(seen):
            label(session, face, ann, FEAR if number < 5 else SURPRISE, origin=ORIGIN)
        for number, face in enumerate(hidden):
            label(session, face, ann, FEAR if number < 2 else SURPRISE, origin=None)
        (table,) = measure_bias(session).values()
    over_all, own, of_label = table.to_dict("records")
    assert (of_label["annotator"], of_label["label"]) == ("ann", "fear")
    shown, blind = Proportion(5, len(seen)), Proportion(2, len(hidden))
    for row in (over_all, own, of_label):
        assert (row["shown"], row["hidden"]) == (len(seen), len(hidden))
        assert row["bias"] == shown.value - blind.value
        assert (row["low"], row["high"]) == difference_interval(blind, shown)


def test_a_blind_label_on_a_face_that_chance_did_not_hide_is_no_control(project: Project) -> None:
    with project.writing() as session:
        ann, seen, hidden = make_faces(project, session)
        label(session, seen[0], ann, FEAR, origin=ORIGIN)
        label(session, seen[1], ann, FEAR, origin=None)
        label(session, hidden[0], ann, FEAR, origin=None)
        (table,) = measure_bias(session).values()
    assert table.iloc[0][["shown", "hidden"]].tolist() == [1, 1]


def test_the_label_that_stands_counts_and_only_of_those_who_were_shown_something(
    project: Project,
) -> None:
    with project.writing() as session:
        ann, seen, hidden = make_faces(project, session)
        bob = make_annotator(session, "bob")
        label(session, seen[0], ann, SURPRISE, origin=ORIGIN)
        label(session, seen[0], ann, FEAR, origin=ORIGIN)
        label(session, hidden[0], bob, FEAR, origin=None)
        (table,) = measure_bias(session).values()
    assert table.iloc[0][["shown", "said_shown", "hidden"]].tolist() == [1, 1.0, 0]


def test_what_annotators_say_together_and_what_nobody_was_shown_is_left_out(
    project: Project,
) -> None:
    with project.writing() as session:
        ann, seen, _ = make_faces(project, session)
        assert measure_bias(session) == {}
        label(session, seen[0], ann, FEAR, origin=CONSENSUS)
        assert measure_bias(session) == {}

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator.core.labelling.votes_needed import VotesNeededRule
from curator.steps.labelling.assign_faces import LEASE, choose_faces, queues, take_faces
from curator.steps.labelling.assignable_faces import (
    AssignmentRequest,
    Queue,
    assignable_faces,
    hiding,
    wanted_votes,
)
from curator.steps.project.settings import settings
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables import (
    STANDING,
    Adjudication,
    Annotation,
    Annotator,
    Example,
    FaceVotes,
    GoldFace,
    Lease,
    Order,
    Role,
    SentBack,
    Settings,
    Skip,
    Suggestion,
)
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_face

SAD, FEAR, HAPPY = Expression.SAD, Expression.FEAR, Expression.HAPPY


def make_team(folder: Path, faces: int, people: int = 3) -> Project:
    """Make annotators 1, 2, … and so many faces, numbered from 1."""
    project = make_empty_project(folder)
    with project.writing() as session:
        for number in range(1, people + 1):
            make_annotator(session, f"annotator {number}")
        for seed in range(1, faces + 1):
            make_face(project, session, seed=seed)
        session.commit()
    return project


def change(session: Session, **choices: object) -> Settings:
    chosen = settings(session)
    for name, value in choices.items():
        setattr(chosen, name, value)
    session.add(chosen)
    session.flush()
    return chosen


def handed(project: Project, asker: AssignmentRequest, count: int = 100) -> list[int]:
    """Choose and take as the route does."""
    rng = Random(0)  # noqa: S311 - no secret
    with project.reading() as session:
        chosen = choose_faces(session, asker, count, rng)
    with project.writing() as session:
        taken = take_faces(session, asker, chosen, rng)
        session.commit()
    return taken


def asker(
    annotator_id: int, *in_hand: int, minutes: float = 0, queue: Queue | None = None
) -> AssignmentRequest:
    return AssignmentRequest(annotator_id, in_hand, NOW + timedelta(minutes=minutes), queue)


def test_no_faces_come_from_an_empty_project(tmp_path: Path) -> None:
    assert handed(make_team(tmp_path, 0), asker(1)) == []


def test_each_annotator_gets_all_faces_in_an_order_of_the_own(tmp_path: Path) -> None:
    project = make_team(tmp_path, 30)
    rng = Random(0)  # noqa: S311 - no secret
    with project.reading() as session:
        first, second = (
            choose_faces(session, asker(person), 100, rng).assignable_faces for person in (1, 2)
        )
    assert sorted(first) == sorted(second) == list(range(1, 31))
    assert first != second


def test_no_face_is_in_more_hands_than_it_wants_votes(tmp_path: Path) -> None:
    project = make_team(tmp_path, 30)
    taken = [handed(project, asker(person)) for person in (1, 2, 3)]
    assert len(taken[0]) == 30
    assert len(taken[1]) == 15  # a fair share: two are at work
    assert sorted(taken[2]) == sorted(set(range(1, 31)) - set(taken[1]))[:10]


def test_a_face_taken_and_left_comes_back_after_a_while(tmp_path: Path) -> None:
    project = make_team(tmp_path, 5)
    handed(project, asker(1))
    handed(project, asker(2))
    assert handed(project, asker(3)) == []
    after = LEASE.total_seconds() / 60
    assert handed(project, asker(3, minutes=after - 1)) == []
    assert len(handed(project, asker(3, minutes=after))) == 5


def test_what_is_in_hand_is_kept_while_its_annotator_comes_back_for_more(tmp_path: Path) -> None:
    project = make_team(tmp_path, 2)
    in_hand = handed(project, asker(1))
    handed(project, asker(2))
    assert handed(project, asker(1, *in_hand, minutes=20)) == []
    assert sorted(handed(project, asker(3, minutes=40))) == [1, 2]  # the second one's two
    assert handed(project, asker(2, minutes=45)) == []
    with project.reading() as session:
        kept = session.scalars(select(Lease.annotator_id).order_by(Lease.annotator_id))
        assert list(kept) == [1, 1, 3, 3]


def test_what_somebody_else_took_between_choosing_and_taking_is_left_to_them(
    tmp_path: Path,
) -> None:
    project = make_team(tmp_path, 3)
    rng = Random(0)  # noqa: S311 - no secret
    with project.writing() as session:
        change(session, first_votes=1, lead_by=0, most_votes=1)
        session.commit()
    with project.reading() as session:
        chosen = choose_faces(session, asker(1), 10, rng)
    assert len(handed(project, asker(2))) == 3
    with project.writing() as session:
        assert take_faces(session, asker(1), chosen, rng) == []


def test_a_face_said_something_of_comes_again_only_when_it_is_taken_back(tmp_path: Path) -> None:
    project = make_team(tmp_path, 2)
    with project.writing() as session:
        annotate(session, 1, {1: SAD})
        annotate(session, 2, {1: Flag.UNSURE})
        session.commit()
    assert handed(project, asker(1)) == []
    with project.writing() as session:
        annotate(session, 2, {1: None})
        session.commit()
    assert handed(project, asker(1)) == [2]


def test_a_face_put_off_comes_last(tmp_path: Path) -> None:
    project = make_team(tmp_path, 12)
    with project.writing() as session:
        for face in range(1, 12):
            session.add(Skip(face_id=face, annotator_id=1, stored_at=NOW))
        session.commit()
    assert handed(project, asker(1))[0] == 12


def test_by_need_the_greatest_priority_comes_first(tmp_path: Path) -> None:
    project = make_team(tmp_path, 12)
    with project.writing() as session:
        for face in (3, 7):
            session.execute(
                update(FaceVotes).where(FaceVotes.face_id == face).values(priority=face)
            )
        change(session, order=Order.NEED)
        session.commit()
    assert handed(project, asker(1))[:2] == [7, 3]


def test_a_final_word_ends_the_need_and_taking_it_back_brings_it_again(tmp_path: Path) -> None:
    project = make_team(tmp_path, 1)
    for label, faces in ((SAD, []), (None, [1])):
        with project.writing() as session:
            session.add(Adjudication(face_id=1, annotator_id=2, label=label, stored_at=NOW))
            session.commit()
        assert handed(project, asker(1)) == faces


def test_a_face_that_is_an_example_is_not_asked_for(tmp_path: Path) -> None:
    project = make_team(tmp_path, 2)
    with project.writing() as session:
        session.add(Example(face_id=1, label=SAD))
        session.commit()
    assert handed(project, asker(1)) == [2]


def test_a_face_sent_back_comes_first_to_the_one_who_said_it_with_the_note(tmp_path: Path) -> None:
    project = make_team(tmp_path, 12)
    with project.writing() as session:
        annotate(session, 5, {1: SAD, 2: SAD})
        mine = session.scalars(select(Annotation.id).where(Annotation.annotator_id == 1)).one()
        session.add(SentBack(annotation_id=mine, by_id=3, note="Look at the brows.", stored_at=NOW))
        session.commit()
    with project.reading() as session:
        chosen = choose_faces(session, asker(1), 20, Random(0))  # noqa: S311 - no secret
        votes = session.get_one(FaceVotes, 5)
        assert (votes.votes, votes.lead, votes.leading) == (1, 1, "sad")
    assert chosen.notes == {5: "Look at the brows."}
    assert handed(project, asker(1))[0] == 5
    assert 5 in handed(project, asker(3), 20)
    with project.writing() as session:
        annotate(session, 5, {1: FEAR})
        session.commit()
    assert 5 not in handed(project, asker(1))


def test_gold_faces_come_among_the_rest_in_about_their_share(tmp_path: Path) -> None:
    project = make_team(tmp_path, 120, people=1)
    with project.writing() as session:
        for face in range(1, 21):
            session.add(Adjudication(face_id=face, annotator_id=1, label=SAD, stored_at=NOW))
            session.add(GoldFace(face_id=face, label=SAD, by_id=1, stored_at=NOW))
        change(session, gold_share=0.1)
        session.commit()
    faces = handed(project, asker(1), 100)
    gold = [face for face in faces if face <= 20]
    assert 5 <= len(gold) <= 18  # a tenth of all that is seen, by chance
    assert len(set(faces)) == len(faces)
    assert faces[-len(gold) :] != gold  # hidden among the rest, not behind it

    with project.writing() as session:
        change(session, gold_share=0.0)
        session.commit()
    assert all(face > 20 for face in handed(project, asker(1), 100))


def test_a_gold_face_whose_final_word_was_taken_back_comes_once(tmp_path: Path) -> None:
    project = make_team(tmp_path, 20, people=1)
    with project.writing() as session:
        session.add(GoldFace(face_id=7, label=SAD, by_id=1, stored_at=NOW))
        change(session, gold_share=0.5)
        session.commit()
    assert sorted(handed(project, asker(1))) == list(range(1, 21))


def test_gold_faces_are_of_the_labels_seen_least_and_never_seen_twice(tmp_path: Path) -> None:
    project = make_team(tmp_path, 40, people=1)
    with project.writing() as session:
        for face, label in ((1, SAD), (2, SAD), (3, FEAR), (4, FEAR)):
            session.add(GoldFace(face_id=face, label=label, by_id=1, stored_at=NOW))
            session.add(Adjudication(face_id=face, annotator_id=1, label=label, stored_at=NOW))
        annotate(session, 3, {1: FEAR})
        change(session, gold_share=0.5)
        session.commit()
    faces = handed(project, asker(1), 36)
    assert {face for face in faces if face <= 4} == {1, 2, 4}
    assert handed(project, asker(1, *faces)) == []


@pytest.mark.parametrize(
    "rule",
    [
        VotesNeededRule(),
        VotesNeededRule(1, 1, 1),
        VotesNeededRule(3, 0, 3),
        VotesNeededRule(2, 3, 7),
    ],
)
def test_the_database_wants_what_the_rule_wants(tmp_path: Path, rule: VotesNeededRule) -> None:
    project = make_team(tmp_path, 1)
    chosen = Settings(
        first_votes=rule.first_votes, lead_by=rule.lead_by, most_votes=rule.most_votes
    )
    with project.writing() as session:
        for votes in range(8):
            for lead in range(votes + 1):
                session.execute(update(FaceVotes).values(votes=votes, lead=lead))
                wanted = session.scalar(select(wanted_votes(chosen)))
                assert wanted is not None
                assert max(wanted, 0) == rule.wanted(votes, lead)


def test_votes_are_counted_whoever_writes_them(tmp_path: Path) -> None:
    project = make_team(tmp_path, 1, people=5)
    with project.writing() as session:
        for said, counted in (
            ({1: SAD}, (1, 1, "sad")),
            ({2: FEAR}, (2, 0, "fear")),  # the first of the alphabet leads a tie
            ({3: Flag.UNSURE}, (3, 0, "fear")),
            ({4: FEAR}, (4, 1, "fear")),
            ({1: FEAR}, (4, 3, "fear")),  # a second thought replaces the first
            ({2: None}, (3, 2, "fear")),
            ({5: Flag.BAD_CROP}, (4, 1, "fear")),
        ):
            annotate(session, 1, said)
            session.expire_all()
            row = session.get_one(FaceVotes, 1)
            assert (row.votes, row.lead, row.leading) == counted
        standing = session.execute(
            select(STANDING.c.annotator_id, STANDING.c.verdict).order_by(STANDING.c.annotator_id)
        )
        assert [tuple(row) for row in standing] == [
            (1, "fear"),
            (3, "unsure"),
            (4, "fear"),
            (5, "bad crop"),
        ]


def make_suggested(folder: Path) -> Project:
    """Make faces 1 to 4; a source says happy of 1 and 2 and two things of 3."""
    project = make_team(folder, 4)
    with project.writing() as session:
        brought = [make_annotator(session, f"drawn/{name}", Role.SOURCE) for name in "ab"]
        annotate(session, 1, {brought[0]: HAPPY})
        annotate(session, 2, {brought[0]: HAPPY, 2: SAD})
        annotate(session, 3, {brought[0]: HAPPY, brought[1]: SAD})
        annotate(session, 4, {2: FEAR})
        for face, label in ((3, SAD), (4, FEAR)):
            session.add(
                Suggestion(
                    face_id=face,
                    model="net",
                    label=label,
                    share=0.9,
                    probabilities=[0.9] + [0.1 / 6] * 6,
                    made_at=NOW,
                )
            )
        change(session, hidden_share=0.0)
        session.commit()
    return project


def test_queues_say_what_waits_by_origin_and_label(tmp_path: Path) -> None:
    project = make_suggested(tmp_path)
    with project.reading() as session:
        found = [(q.origin, q.label, q.waiting) for q in queues(session, 1, NOW)]
    assert found == [
        ("consensus", FEAR, 1),
        ("source:drawn", HAPPY, 2),
        ("model:net", FEAR, 1),
        ("model:net", SAD, 1),
    ]


@pytest.mark.parametrize(
    ("origin", "label", "faces"),
    [
        ("source:drawn", HAPPY, {1, 2}),
        ("source:drawn", SAD, set()),
        ("consensus", HAPPY, set()),  # only a source says so
        ("consensus", FEAR, {4}),
        ("model:net", SAD, {3}),
        ("model:other", SAD, set()),
        ("'; DROP TABLE faces", SAD, set()),
    ],
)
def test_a_queue_hands_out_what_was_suggested_to_be_its_label(
    tmp_path: Path, origin: str, label: Expression, faces: set[int]
) -> None:
    project = make_suggested(tmp_path)
    assert set(handed(project, asker(1, queue=Queue(origin, label)))) == faces


def test_a_hidden_share_never_shows_its_suggestion_and_comes_blind(tmp_path: Path) -> None:
    project = make_suggested(tmp_path)
    with project.writing() as session:
        chosen = change(session, hidden_share=0.5)
        session.commit()
        hidden = {face for face in (1, 2) if hiding(1).is_among(face, 0.5)}
        shown = set(
            session.scalars(assignable_faces(asker(1, queue=Queue("source:drawn", HAPPY)), chosen))
        )
        blind = set(session.scalars(assignable_faces(asker(1), chosen)))
    assert shown == {1, 2} - hidden
    assert hidden <= blind


def test_a_project_without_verify_mode_shows_no_suggestion_at_all(tmp_path: Path) -> None:
    project = make_suggested(tmp_path)
    with project.writing() as session:
        change(session, has_verify=False)
        session.commit()
    with project.reading() as session:
        assert queues(session, 1, NOW) == []
    assert handed(project, asker(1, queue=Queue("source:drawn", HAPPY))) == []


def test_a_face_whose_suggestion_is_seen_does_not_come_as_blind_nor_the_other_way(
    tmp_path: Path,
) -> None:
    project = make_suggested(tmp_path)
    happy = Queue("source:drawn", HAPPY)
    assert set(handed(project, asker(1, queue=happy))) == {1, 2}
    assert set(handed(project, asker(1))) == {3, 4}
    assert handed(project, asker(1, queue=Queue("consensus", FEAR))) == []
    assert set(handed(project, asker(1, minutes=31))) == {1, 2, 3, 4}


def test_chance_hides_about_the_share_and_other_faces_for_others() -> None:
    hidden = [
        {face for face in range(1, 10_001) if hiding(who).is_among(face, 0.1)} for who in (1, 2)
    ]
    assert 900 <= len(hidden[0]) <= 1100
    assert len(hidden[0] & hidden[1]) < 300


def test_the_same_annotator_may_be_two_browsers(tmp_path: Path) -> None:
    project = make_team(tmp_path, 5, people=1)
    in_hand = handed(project, asker(1), 3)
    assert sorted([*in_hand, *handed(project, asker(1, *in_hand))]) == [1, 2, 3, 4, 5]


def test_closed_accounts_hold_nothing_once_their_time_is_up(tmp_path: Path) -> None:
    project = make_team(tmp_path, 2)
    handed(project, asker(1))
    handed(project, asker(2))
    with project.writing() as session:
        session.execute(update(Annotator).values(revoked_at=NOW).where(Annotator.id != 3))
        session.commit()
    assert sorted(handed(project, asker(3, minutes=31))) == [1, 2]

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.consensus.settle_labels import consensus
from curator.steps.duplicates import decide_duplicates
from curator.steps.duplicates.decide_duplicates import (
    Act,
    dissolve,
    keep,
    last_acts,
    settle_conflict,
    split_off,
    undo,
)
from curator.steps.duplicates.find_duplicates import find_duplicates
from curator.steps.duplicates.group_duplicates import regroup
from curator.steps.review.adjudicate import adjudicate
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project
from tests.makers import NOW, annotate, make_annotator, make_face, make_pixels
from tests.steps.duplicates.deciding import act, conflicting_faces, decisions, groups, make_pairs

THREE = [1, 2, 3]
Decide = Callable[[Session, Act], None]


@pytest.fixture
def people(session: Session) -> tuple[int, int]:
    return make_annotator(session, "ann"), make_annotator(session, "bob")


@pytest.fixture
def three(project: Project, session: Session) -> list[int]:
    """Faces 1, 2 and 3 are one group that keeps face 1."""
    faces = [make_face(project, session, seed=seed, pixels=make_pixels(7)) for seed in THREE]
    make_pairs(session, faces)
    assert groups(session) == {1: THREE}
    return faces


def label(session: Session, face: int, said: Expression, people: tuple[int, int]) -> None:
    annotate(session, face, dict.fromkeys(people, said))


@pytest.mark.usefixtures("three")
def test_a_chosen_face_is_kept_and_who_chose_it_stays_on_record(
    session: Session, people: tuple[int, int]
) -> None:
    ann, _ = people
    keep(session, 3, act("a", ann, THREE))
    assert groups(session) == {3: THREE}
    assert decisions(session) == [("a", "keep", 3, None, ann, True)]


@pytest.mark.usefixtures("three")
def test_a_face_that_is_split_off_leaves_the_others_together(
    session: Session, people: tuple[int, int]
) -> None:
    ann, _ = people
    split_off(session, 2, act("a", ann, THREE))
    assert groups(session) == {1: [1, 3]}
    assert sorted(row[2:4] for row in decisions(session)) == [(1, 2), (2, 3)]


@pytest.mark.usefixtures("three")
def test_a_group_without_duplicates_dissolves(session: Session, people: tuple[int, int]) -> None:
    dissolve(session, act("a", people[0], THREE))
    assert groups(session) == {}
    assert [row[2:4] for row in decisions(session)] == [(1, 2), (1, 3), (2, 3)]


@pytest.mark.parametrize(
    "decide",
    [
        lambda *args: keep(args[0], 3, args[1]),
        lambda *args: split_off(args[0], 3, args[1]),
        dissolve,
    ],
    ids=["keep", "split off", "dissolve"],
)
@pytest.mark.usefixtures("three")
def test_what_is_undone_is_as_if_it_had_not_been_and_stays_on_record(
    session: Session, people: tuple[int, int], decide: Decide
) -> None:
    ann, _ = people
    decide(session, act("a", ann, THREE))
    assert groups(session) != {1: THREE}
    assert set(undo(session, "a", by=ann, now=NOW)) <= set(THREE)
    assert groups(session) == {1: THREE}
    assert not any(stands for *_, stands in decisions(session))
    assert decisions(session)


@pytest.mark.usefixtures("three")
def test_undo_goes_back_act_by_act_and_twice_is_once(
    session: Session, people: tuple[int, int]
) -> None:
    ann, _ = people
    keep(session, 2, act("first", ann, THREE))
    split_off(session, 3, act("second", ann, THREE))
    assert last_acts(session, ann) == ["second", "first"]
    undo(session, "second", by=ann, now=NOW)
    undo(session, "second", by=ann, now=NOW)
    assert groups(session) == {2: THREE}
    assert last_acts(session, ann) == ["first"]
    undo(session, "first", by=ann, now=NOW)
    assert groups(session) == {1: THREE}
    assert last_acts(session, ann) == []


@pytest.mark.usefixtures("three")
def test_nobody_undoes_what_another_decided_or_nobody_did(
    session: Session, people: tuple[int, int]
) -> None:
    ann, bob = people
    keep(session, 2, act("a", ann, THREE))
    for name in ("a", "never"):
        with pytest.raises(CuratorError, match="no such decision of yours"):
            undo(session, name, by=bob, now=NOW)
    assert last_acts(session, bob) == []
    assert groups(session) == {2: THREE}


@pytest.mark.usefixtures("three")
def test_of_two_people_the_later_choice_counts_until_it_is_undone(
    session: Session, people: tuple[int, int]
) -> None:
    ann, bob = people
    keep(session, 2, act("a", ann, THREE))
    keep(session, 3, act("b", bob, THREE, seconds=1))
    assert groups(session) == {3: THREE}
    undo(session, "b", by=bob, now=NOW)
    assert groups(session) == {2: THREE}


@pytest.mark.usefixtures("three")
def test_two_faces_stay_apart_while_one_of_two_people_says_so(
    session: Session, people: tuple[int, int]
) -> None:
    ann, bob = people
    split_off(session, 3, act("a", ann, THREE))
    undo(session, "a", by=ann, now=NOW)
    dissolve(session, act("b", bob, THREE))
    undo(session, "a", by=ann, now=NOW)
    assert groups(session) == {}
    undo(session, "b", by=bob, now=NOW)
    assert groups(session) == {1: THREE}


@pytest.mark.parametrize("seen", [[1, 2, 3], [1, 3, 4], [2, 3]], ids=["fewer", "other", "gone"])
@pytest.mark.usefixtures("three")
def test_a_group_that_has_changed_since_it_was_looked_at_is_left_alone(
    project: Project, session: Session, people: tuple[int, int], seen: list[int]
) -> None:
    ann, bob = people
    make_face(project, session, seed=4)
    split_off(session, 3, act("elsewhere", bob, THREE))
    before = decisions(session)
    decisions_on_it: tuple[Callable[[Act], None], ...] = (
        lambda a: keep(session, 3, a),
        lambda a: split_off(session, 3, a),
        lambda a: dissolve(session, a),
        lambda a: settle_conflict(session, Expression.SAD, a),
    )
    for decide in decisions_on_it:
        with pytest.raises(CuratorError, match=r"no longer one duplicate group.*Nothing was"):
            decide(act("a", ann, seen))
    assert decisions(session) == before


@pytest.mark.usefixtures("three")
def test_an_act_that_is_sent_twice_is_done_once(session: Session, people: tuple[int, int]) -> None:
    ann, _ = people
    for _ in range(2):
        split_off(session, 3, act("a", ann, THREE))
    assert len(decisions(session)) == 2
    undo(session, "a", by=ann, now=NOW)
    split_off(session, 3, act("a", ann, THREE))
    assert groups(session) == {1: THREE}


@pytest.mark.usefixtures("three")
def test_a_face_of_another_group_is_a_wrong_call(session: Session, people: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"one of the group \[1, 2, 3\]. Received: 9"):
        keep(session, 9, act("a", people[0], THREE))


def test_an_act_without_a_name_or_with_a_long_one_is_a_wrong_call() -> None:
    for name in ("", "x" * 37):
        with pytest.raises(ValueError, match="named by 1 to 36 characters"):
            act(name, 1, THREE)


def test_an_act_on_a_single_face_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match=r"two faces or more. Received: \[7\]"):
        act("a", 1, [7])


@pytest.mark.usefixtures("three")
def test_a_group_too_large_to_dissolve_at_once_says_what_else_helps(
    session: Session, people: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide_duplicates, "MOST_APART", 2)
    with pytest.raises(CuratorError, match="at most 2 faces can be dissolved at once"):
        dissolve(session, act("a", people[0], THREE))
    assert decisions(session) == []


def make_conflict(project: Project, session: Session, people: tuple[int, int]) -> None:
    """Face 1 is settled as sad, face 2 as fear, face 3 as nothing; they are one group."""
    faces = [make_face(project, session, seed=seed, pixels=make_pixels(7)) for seed in THREE]
    label(session, 1, Expression.SAD, people)
    label(session, 2, Expression.FEAR, people)
    make_pairs(session, faces)
    assert conflicting_faces(session) == {1, 2, 3}


def verdicts(session: Session) -> dict[int, str]:
    settled = consensus(session)["verdict"].dropna()
    return dict(zip(settled.index.tolist(), settled.tolist(), strict=True))


def test_the_label_of_a_conflict_becomes_the_final_word_on_all_its_faces(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    make_conflict(project, session, people)
    settle_conflict(session, Expression.FEAR, act("a", people[0], THREE))
    assert verdicts(session) == {1: "fear", 2: "fear", 3: "fear"}
    assert conflicting_faces(session) == set()
    assert groups(session) == {1: THREE}
    assert decisions(session) == [("a", "keep", 1, None, people[0], True)]


def test_undoing_the_label_of_a_conflict_brings_back_the_words_before_it(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    ann, bob = people
    make_conflict(project, session, people)
    adjudicate(session, 3, "happy", by=bob, now=NOW.replace(year=2025))
    settle_conflict(session, Expression.FEAR, act("a", ann, THREE))
    undo(session, "a", by=ann, now=NOW)
    assert verdicts(session) == {1: "sad", 2: "fear", 3: "happy"}
    assert conflicting_faces(session) == {1, 2, 3}


def test_undoing_leaves_a_final_word_that_was_said_since(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    ann, bob = people
    make_conflict(project, session, people)
    settle_conflict(session, Expression.FEAR, act("a", ann, THREE))
    adjudicate(session, 2, "happy", by=bob, now=NOW)
    undo(session, "a", by=ann, now=NOW)
    assert verdicts(session) == {1: "sad", 2: "happy"}


def test_a_conflict_is_over_when_what_is_labelled_otherwise_is_split_off(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    make_conflict(project, session, people)
    split_off(session, 2, act("a", people[0], THREE))
    assert conflicting_faces(session) == set()
    assert verdicts(session) == {1: "sad", 2: "fear"}


def test_a_later_search_does_not_bring_back_what_was_decided(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    for seed in (*THREE, 4):
        make_face(project, session, seed=seed, pixels=make_pixels(7))
    session.commit()
    finished(find_duplicates(project, now=NOW))
    seen = [1, 2, 3, 4]
    assert groups(session) == {1: seen}
    split_off(session, 2, act("a", people[0], seen))
    keep(session, 4, act("b", people[0], [1, 3, 4]))
    session.commit()
    finished(find_duplicates(project, 2, now=NOW))
    assert groups(session) == {4: [1, 3, 4]}
    regroup(session, seen)
    assert groups(session) == {4: [1, 3, 4]}

import pytest
from sqlalchemy.orm import Session

from curator.steps.duplicates.decide_duplicates import keep, settle_conflict
from curator.steps.duplicates.list_duplicates import (
    Only,
    duplicate_groups,
    faces_not_compared,
    group_index,
    group_of,
)
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.duplicates import DuplicateSearch, Match
from tests.makers import NOW, annotate, make_annotator, make_face, make_pixels
from tests.steps.duplicates.deciding import act, conflicting_faces, make_pairs


@pytest.fixture
def people(session: Session) -> tuple[int, int]:
    return make_annotator(session, "ann"), make_annotator(session, "bob")


def make_faces(project: Project, session: Session, count: int) -> list[int]:
    return [make_face(project, session, seed=seed) for seed in range(1, count + 1)]


def test_a_project_without_groups_lists_none(session: Session) -> None:
    index = group_index(session)
    assert index.counts() == dict.fromkeys(Only, 0)
    assert index.keepers(Only.ALL) == []
    assert duplicate_groups(session) == []
    assert conflicting_faces(session) == set()


def test_conflicts_come_first_then_the_group_of_the_earliest_face(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    make_faces(project, session, 6)
    annotate(session, 5, dict.fromkeys(people, Expression.SAD))
    annotate(session, 6, dict.fromkeys(people, Expression.FEAR))
    for pair in ([1, 4], [2, 3], [5, 6]):
        make_pairs(session, pair)
    assert group_index(session).keepers(Only.ALL) == [5, 1, 2]
    assert group_index(session).keepers(Only.CONFLICTS) == [5]
    assert conflicting_faces(session) == {5, 6}


@pytest.mark.parametrize("other", [Expression.SAD, Flag.BAD_CROP, Flag.NOT_A_FACE, None])
def test_one_label_flags_and_unsettled_faces_make_no_conflict(
    project: Project,
    session: Session,
    people: tuple[int, int],
    other: Expression | Flag | None,
) -> None:
    make_faces(project, session, 3)
    annotate(session, 1, dict.fromkeys(people, Expression.SAD))
    annotate(session, 2, dict.fromkeys(people, other))
    annotate(session, 3, {people[0]: Expression.HAPPY})  # one vote settles nothing
    make_pairs(session, [1, 2, 3])
    assert conflicting_faces(session) == set()
    assert group_index(session).counts()[Only.CONFLICTS] == 0


def test_groups_are_counted_by_how_their_copies_match(project: Project, session: Session) -> None:
    make_faces(project, session, 8)
    make_pairs(session, [1, 2], Match.PIXELS)
    make_pairs(session, [3, 4], Match.LOOK, is_mirrored=True)
    make_pairs(session, [5, 6], Match.LOOK)
    make_pairs(session, [7, 8], Match.FRAME)
    index = group_index(session)
    assert index.keepers(Only.EXACT) == [1]
    assert index.keepers(Only.NEAR) == [3, 5]
    assert index.keepers(Only.MIRRORED) == [3]
    assert index.keepers(Only.FRAMES) == [7]
    assert index.counts()[Only.ALL] == index.counts()[Only.UNDECIDED] == 4


def test_a_group_is_decided_when_a_person_chose_its_keeper_and_no_labels_differ(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    make_faces(project, session, 4)
    annotate(session, 3, dict.fromkeys(people, Expression.SAD))
    annotate(session, 4, dict.fromkeys(people, Expression.FEAR))
    make_pairs(session, [1, 2])
    make_pairs(session, [3, 4])
    keep(session, 2, act("a", people[0], [1, 2]))
    keep(session, 4, act("b", people[0], [3, 4]))
    assert group_index(session).keepers(Only.UNDECIDED) == [4]
    settle_conflict(session, Expression.SAD, act("c", people[0], [3, 4]))
    assert group_index(session).keepers(Only.UNDECIDED) == []
    first, _ = duplicate_groups(session)
    assert first.kept_by is not None
    assert (first.kept_by.name, first.kept_by.at) == ("ann", NOW.replace(second=0))


def test_a_face_tells_how_it_matches_and_what_it_carries(
    project: Project, session: Session, people: tuple[int, int]
) -> None:
    make_face(project, session, seed=1, pixels=make_pixels(7), name="one.png")
    make_face(project, session, seed=2, pixels=make_pixels(8), name="two.png")
    annotate(session, 1, dict.fromkeys(people, Expression.SAD))
    annotate(session, 2, {people[0]: Expression.FEAR, people[1]: Expression.SAD})
    make_pairs(session, [1, 2], is_mirrored=True)
    ((kept, copy),) = (group.faces for group in duplicate_groups(session, [1]))
    assert (kept.reason, kept.verdict, kept.votes) == ("kept", "sad", {"sad": 2})
    assert (copy.reason, copy.verdict) == ("4 bits apart, mirrored", "")
    assert copy.votes == {"fear": 1, "sad": 1}
    assert (copy.source, copy.image_name, copy.likeness) == ("drawn", "two.png", 0.97)
    assert not copy.is_final


def test_groups_come_in_the_order_asked_for_and_unknown_ones_are_left_out(
    project: Project, session: Session
) -> None:
    make_faces(project, session, 4)
    make_pairs(session, [1, 2])
    make_pairs(session, [3, 4])
    assert [group.keeper_id for group in duplicate_groups(session, [3, 9, 1])] == [3, 1]
    assert group_of(session, 4) == 3
    assert group_of(session, 9) is None


def test_faces_that_came_after_the_last_search_are_counted(
    project: Project, session: Session
) -> None:
    make_faces(project, session, 3)
    assert faces_not_compared(session) == 3
    for newest in (1, 2):
        session.add(
            DuplicateSearch(method="m", distance=12, newest_face_id=newest, finished_at=NOW)
        )
    session.flush()
    assert faces_not_compared(session) == 1

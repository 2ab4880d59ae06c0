from random import Random

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from curator.core.duplicates.groups import (
    Pair,
    consecutive_frames,
    group_by_keeper,
    keeper_order,
    kept_because,
)


def make_merits(*rows: tuple[int, bool, int, float, float]) -> pd.DataFrame:
    columns = ["chosen", "is_settled", "votes", "area", "sharpness"]
    return pd.DataFrame(rows, columns=columns, index=range(1, len(rows) + 1))


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))), st.permutations(range(10)))
def test_groups_never_share_a_face_and_each_member_matched_its_keeper(
    places: set[tuple[int, int]], order: list[int]
) -> None:
    matched = {(min(p), max(p)) for p in places if p[0] != p[1]}
    members = group_by_keeper([Pair(i, j, distance=1) for i, j in sorted(matched)], list(order))
    assert len({member.face for member in members}) == len(members)
    for member in members:
        if member.match is None:
            assert member.keeper == member.face
        else:
            assert {member.match.first, member.match.second} == {member.keeper, member.face}


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))), st.randoms())
def test_the_order_of_pairs_changes_no_group(places: set[tuple[int, int]], random: Random) -> None:
    pairs = [Pair(min(p), max(p), distance=1) for p in sorted(places) if p[0] < p[1]]
    mixed = list(pairs)
    random.shuffle(mixed)
    assert group_by_keeper(mixed, list(range(10))) == group_by_keeper(pairs, list(range(10)))


def test_what_a_person_chose_last_comes_before_all_else() -> None:
    faces = make_merits((3, False, 0, 1, 1), (9, False, 0, 1, 1), (0, True, 9, 99, 99))
    assert keeper_order(faces) == [2, 1, 3]


def test_the_reason_is_what_put_the_keeper_before_the_second_best() -> None:
    # The third has more area than the keeper and fewer votes; the second decides.
    faces = make_merits((0, True, 5, 100, 1), (0, True, 5, 50, 1), (0, True, 2, 900, 1))
    members = group_by_keeper([Pair(1, 2, 0), Pair(1, 3, 0)], keeper_order(faces))
    assert kept_because(faces, members) == {1: "it is larger"}


def test_faces_that_are_level_in_all_are_kept_by_age() -> None:
    faces = make_merits((0, True, 5, 100, 1), (0, True, 5, 100, 1))
    members = group_by_keeper([Pair(1, 2, 0)], keeper_order(faces))
    assert kept_because(faces, members) == {1: "it came in earlier"}


def test_no_groups_have_no_reasons() -> None:
    assert kept_because(make_merits(), []) == {}


def test_frames_follow_each_other_in_their_own_video_and_by_number_alone() -> None:
    names = ["a/f9.png", "a/f10.png", "a/f11 (cut).jpg", "b/f12.png", "a/f13.png", "a/last.png"]
    frames = pd.DataFrame(
        {
            "face_id": [3, 2, 4, 5, 6, 7],
            "sequence": ["s", "s", "s", "t", "s", "s"],
            "image_id": [1, 2, 3, 4, 5, 6],
            "image_name": names,
        }
    )
    assert consecutive_frames(frames) == [(2, 3), (2, 4)]


def test_a_frame_with_two_faces_and_images_outside_videos_follow_nothing() -> None:
    frames = pd.DataFrame(
        {
            "face_id": [1, 2, 3, 4, 5],
            "sequence": ["s", "s", "s", None, None],
            "image_id": [1, 1, 2, 3, 4],
            "image_name": ["1.png", "1.png", "2.png", "3.png", "4.png"],
        }
    )
    assert consecutive_frames(frames) == []

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from curator.core.snapshots.balancing.balance import (
    CHOSEN,
    CONFLICT,
    DUPLICATE,
    LOW_QUALITY,
    NOT_NEEDED,
    PAPER_9K,
    UNLABELLED,
    UNSETTLED,
    balance,
)
from curator.core.snapshots.splits import drawn
from db.labels import Expression

ROW = ["face_id", "verdict", "votes", "is_keeper"]


def make_faces(*rows: tuple[int, str | None, int, bool]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=ROW)
    leading = table["verdict"].where(table["votes"] > 0)
    keys = table["face_id"].astype("str")
    return table.assign(crop_sha256=keys, leading=leading, is_good=True, is_conflicting=False)


def test_the_paper_s_counts_add_up_to_9775() -> None:
    assert sum(PAPER_9K.values()) == 9775


def test_a_face_below_the_quality_that_is_wanted_makes_room_for_another() -> None:
    faces = make_faces((1, "happy", 2, True), (2, "happy", 2, True), (3, "happy", 2, False))
    for poor, other in ((1, 2), (2, 1)):
        faces["is_good"] = faces["face_id"] != poor
        outcome = balance(faces, {Expression.HAPPY: 1}, seed=0).set_index("face_id")["outcome"]
        assert outcome.to_dict() == {poor: LOW_QUALITY, other: CHOSEN, 3: DUPLICATE}


def test_every_face_is_told_why_it_is_in_or_out() -> None:
    faces = make_faces(
        (1, "happy", 2, True),
        (2, "happy", 2, True),
        (3, "happy", 2, False),
        (4, None, 2, True),
        (5, None, 0, True),
        (6, "bad crop", 2, True),
        (7, "sad", 2, True),
    )
    outcome = balance(faces, {Expression.HAPPY: 1}, seed=0).set_index("face_id")["outcome"]
    assert sorted([outcome[1], outcome[2]]) == [CHOSEN, NOT_NEEDED]
    assert outcome.drop([1, 2]).to_dict() == {
        3: DUPLICATE,
        4: UNSETTLED,
        5: UNLABELLED,
        6: "bad crop",
        7: NOT_NEEDED,
    }


def test_faces_whose_copies_are_labelled_otherwise_stay_out() -> None:
    faces = make_faces((1, "happy", 2, True), (2, "sad", 2, False), (3, "happy", 2, True))
    faces["is_conflicting"] = faces["face_id"] < 3
    outcome = balance(faces, {Expression.HAPPY: 2, Expression.SAD: 2}, seed=0)["outcome"]
    assert outcome.tolist() == [CONFLICT, CONFLICT, CHOSEN]


def test_no_faces_make_an_empty_set() -> None:
    assert balance(make_faces(), None, seed=0).empty


def test_even_takes_as_many_of_each_label_as_the_shortest_has() -> None:
    labels = [str(label) for label in Expression for _ in range(3)] + ["happy"] * 4
    faces = make_faces(*((n, label, 2, True) for n, label in enumerate(labels, start=1)))
    faces.loc[0, "is_keeper"] = False
    chosen = faces[balance(faces, None, seed=1)["outcome"] == CHOSEN]
    assert chosen["verdict"].value_counts().to_dict() == {str(label): 2 for label in Expression}


row = st.tuples(
    st.sampled_from([*map(str, Expression), "bad crop", None]), st.integers(0, 3), st.booleans()
)


@given(st.lists(row, max_size=30), st.integers(0, 5), st.integers(0, 3))
def test_balance_never_invents_or_repeats_a_face_and_order_changes_nothing(
    rows: list[tuple[str | None, int, bool]], target: int, seed: int
) -> None:
    faces = make_faces(*((n, *row) for n, row in enumerate(rows)))
    targets = dict.fromkeys(Expression, target)
    outcomes = balance(faces, targets, seed)
    assert outcomes["face_id"].tolist() == faces["face_id"].tolist()
    chosen = faces[outcomes["outcome"] == CHOSEN]
    assert chosen["is_keeper"].all()
    assert (chosen["verdict"].value_counts() <= target).all()
    shuffled = faces.sample(frac=1, random_state=seed)
    again = balance(shuffled, targets, seed).set_index("face_id")["outcome"].sort_index()
    assert again.tolist() == outcomes["outcome"].tolist()


@given(st.lists(row, max_size=30), st.integers(0, 5), st.integers(0, 3))
def test_without_limits_the_first_of_each_label_by_their_drawn_keys_are_chosen(
    rows: list[tuple[str | None, int, bool]], target: int, seed: int
) -> None:
    faces = make_faces(*((n, *row) for n, row in enumerate(rows)))
    faces["crop_sha256"] = (faces["face_id"] // 2).astype("str")  # some crops twice
    outcomes = balance(faces, dict.fromkeys(Expression, target), seed)
    for label in Expression:
        there = faces[(faces["verdict"] == label) & faces["is_keeper"]]
        pairs = zip(there["crop_sha256"], there["face_id"], strict=True)
        keys = sorted((drawn(seed, crop), int(face_id)) for crop, face_id in pairs)
        chosen = outcomes["face_id"][(outcomes["outcome"] == CHOSEN) & (faces["verdict"] == label)]
        assert sorted(chosen) == sorted(face_id for _, face_id in keys[:target])

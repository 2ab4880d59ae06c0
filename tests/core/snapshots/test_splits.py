import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.snapshots.splits import SplitShares, assign_splits, units
from db.labels import SPLITS


def make_faces(*rows: tuple[int, int | None, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["face_id", "keeper_id", "subject"])
    table = table.assign(found_subject=None, sequence=None)
    return table.astype({"face_id": "int64", "keeper_id": "Int64"})


def test_faces_are_tied_by_duplicate_group_and_by_subject_and_ties_chain() -> None:
    faces = make_faces(
        (1, 1, "eva"), (2, 1, None), (3, None, "Eva "), (4, None, "?"), (5, None, "")
    )
    faces.loc[5] = [6, pd.NA, "?", None, None]
    assert units(faces).tolist() == ["u1", "u1", "u1", "u4", "u5", "u6"]


def test_a_video_a_found_person_and_a_pair_outside_groups_tie_too() -> None:
    faces = make_faces(*((face_id, None, None) for face_id in range(1, 8)))
    faces["sequence"] = ["a", "a", None, None, None, None, None]
    faces["found_subject"] = [None, None, "p1", "p1", None, None, None]
    pairs = pd.DataFrame({"first_id": [2, 5, 7], "second_id": [3, 6, 99]})
    assert units(faces, pairs).tolist() == ["u1", "u1", "u1", "u1", "u5", "u5", "u7"]


@given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_the_order_of_faces_and_pairs_changes_no_unit(
    order: list[int], ties: list[tuple[int, int]]
) -> None:
    faces = make_faces(*((face_id, None, None) for face_id in range(6)))
    pairs = pd.DataFrame(ties, columns=["first_id", "second_id"], dtype="int64")
    named = dict(zip(faces["face_id"], units(faces, pairs), strict=True))
    mixed = faces.iloc[order]
    again = units(mixed, pairs[::-1])
    assert dict(zip(mixed["face_id"], again, strict=True)) == named


def test_no_faces_have_no_units_and_no_splits() -> None:
    assert units(make_faces()).empty
    assert assign_splits(pd.DataFrame({"unit": [], "label": []}), SplitShares(), 0).empty


def test_single_faces_are_dealt_near_their_shares_label_by_label() -> None:
    faces = pd.DataFrame(
        {"unit": [f"u{n}" for n in range(40)], "label": ["sad"] * 20 + ["happy"] * 20}
    )
    splits = assign_splits(faces, SplitShares(0.5, 0.25, 0.25), seed=3)
    for _, of_label in splits.groupby(faces["label"]):
        assert of_label.value_counts().to_dict() == {"train": 10, "validation": 5, "test": 5}


@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["sad", "fear"])), min_size=1),
    st.integers(0, 9),
)
def test_no_unit_stands_in_two_splits(rows: list[tuple[int, str]], seed: int) -> None:
    faces = pd.DataFrame([(f"u{unit}", label) for unit, label in rows], columns=["unit", "label"])
    splits = assign_splits(faces, SplitShares(), seed)
    assert splits.isin(SPLITS).all()
    assert splits.groupby(faces["unit"]).nunique().max() == 1


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        SplitShares(0.7, 0.2, 0.2)

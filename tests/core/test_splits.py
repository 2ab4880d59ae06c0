import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.splits import SplitShares, assign_splits, units
from db.labels import SPLITS


def make_faces(*rows: tuple[int, int | None, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["face_id", "keeper_id", "subject"])
    return table.astype({"face_id": "int64", "keeper_id": "Int64"})


def test_faces_are_tied_by_duplicate_group_and_by_subject_and_ties_chain() -> None:
    faces = make_faces(
        (1, 1, "eva"), (2, 1, None), (3, None, "eva"), (4, None, None), (5, None, "")
    )
    assert units(faces).tolist() == ["u1", "u1", "u1", "u4", "u5"]


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

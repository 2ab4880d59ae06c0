from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.data.splits import (
    apart_from,
    crossing_faces,
    fold,
    leaky_splits,
    only_source,
    without_source,
)


def make_rows(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Make a manifest's rows of (unit, split, source), two of each label in turn."""
    table = pd.DataFrame(rows, columns=["unit", "split", "source"])
    table["face_id"] = range(len(table))
    table["label"] = ["happy" if number // 2 % 2 else "sad" for number in range(len(table))]
    table["image_sha256"] = [f"image{number}" for number in range(len(table))]
    table["crop_sha256"] = [f"crop{number}" for number in range(len(table))]
    return table


@st.composite
def manifests(draw: Any) -> pd.DataFrame:
    splits = ("train", "validation", "test")
    rows: list[tuple[str, str, str]] = []
    for unit in range(draw(st.integers(6, 12))):
        split = splits[unit % 3]
        sources = draw(st.lists(st.sampled_from(["CK+", "web"]), min_size=1, max_size=3))
        rows += [(f"u{unit}", split, source) for source in sources]
    return make_rows(*rows)


TWO_A_UNIT = make_rows(
    *[(f"u{unit}", split, "CK+") for unit, split in enumerate(["train", "test"] * 20)] * 2
)


def test_a_leaky_deal_keeps_the_size_of_every_label_in_every_split_and_lets_units_cross() -> None:
    dealt = leaky_splits(TWO_A_UNIT, seed=0)

    counts = ["label", "split"]
    assert dealt.groupby(counts).size().equals(TWO_A_UNIT.groupby(counts).size())
    assert crossing_faces(TWO_A_UNIT) == 0
    assert crossing_faces(dealt) > 0
    assert dealt["split"].tolist() == leaky_splits(TWO_A_UNIT, seed=0)["split"].tolist()
    assert dealt["split"].tolist() != leaky_splits(TWO_A_UNIT, seed=1)["split"].tolist()


def test_a_source_left_out_is_tested_whole_but_for_units_that_others_share() -> None:
    rows = make_rows(
        ("a", "train", "CK+"),
        ("a", "train", "web"),
        ("b", "train", "web"),
        ("c", "validation", "CK+"),
        ("d", "test", "CK+"),
    )

    split = without_source(rows, "web").set_index("face_id")["split"].to_dict()

    assert split == {0: "train", 2: "test", 3: "validation"}


def test_one_source_alone_is_tested_on_the_test_faces_of_all() -> None:
    rows = make_rows(("a", "train", "CK+"), ("b", "train", "web"), ("c", "test", "web"))

    assert only_source(rows, "CK+")["face_id"].tolist() == [0, 2]


@settings(max_examples=25, deadline=None)
@given(manifests(), st.integers(0, 3))
def test_folds_hold_every_face_out_once_and_never_a_part_of_a_unit(
    rows: pd.DataFrame, seed: int
) -> None:
    folds = [fold(rows, number, of=3, seed=seed) for number in (1, 2, 3)]

    tested = [face for part in folds for face in part.loc[part["split"] == "test", "face_id"]]
    assert sorted(tested) == rows["face_id"].tolist()
    for part in folds:
        assert (part.groupby("unit")["split"].nunique() == 1).all()


def test_a_fold_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 4 of 3"):
        fold(TWO_A_UNIT, 4, of=3, seed=0)


def test_faces_that_another_snapshot_holds_out_are_left_out_by_image_or_crop() -> None:
    rows = make_rows(*[(f"u{number}", "train", "web") for number in range(4)])
    other = rows.assign(split=["train", "validation", "test", "train"])
    other.loc[1, "crop_sha256"] = "another cut"
    other.loc[2, "image_sha256"] = ""

    assert apart_from(rows, other)["face_id"].tolist() == [0, 3]

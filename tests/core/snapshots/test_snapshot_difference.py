import pandas as pd
import pytest

from curator.core.snapshots.recipe_difference import ChoiceChange, choice_changes
from curator.core.snapshots.snapshot_difference import VOTES, Difference, Migration, difference

SHOWN = {"split": "train", "settled_by": "votes"}


def make_faces(*rows: dict[str, object]) -> pd.DataFrame:
    """Lay out faces; image and crop are named after the face unless stated."""
    named: list[dict[str, object]] = [
        {
            "image_sha256": f"image {row['face_id']}",
            "crop_sha256": f"crop {row['face_id']}",
            **SHOWN,
            **dict.fromkeys(VOTES, 0),
            **row,
        }
        for row in rows
    ]
    columns = ["face_id", "image_sha256", "crop_sha256", "label", *SHOWN, *VOTES]
    return pd.DataFrame(named, columns=columns)


def worked_example() -> Difference:
    """Five faces become five: one goes, one comes, two change their label, one its split."""
    old = make_faces(
        {"face_id": 1, "label": "happy"},
        {"face_id": 2, "label": "happy", "votes_happy": 2, "votes_sad": 1},
        {"face_id": 3, "label": "sad", "votes_sad": 2},
        {"face_id": 4, "label": "fear"},
        {"face_id": 5, "label": "neutral", "split": "test"},
    )
    new = make_faces(
        {"face_id": 6, "label": "angry", "split": "validation"},
        {"face_id": 2, "label": "sad", "votes_happy": 2, "votes_sad": 3},
        {"face_id": 3, "label": "happy", "votes_sad": 2, "settled_by": "final word"},
        {"face_id": 4, "label": "fear"},
        {"face_id": 5, "label": "neutral", "split": "train"},
    )
    return difference(old, new)


def test_each_face_is_told_once_for_each_way_in_which_it_differs() -> None:
    found = worked_example()
    assert found.stayed == 4
    assert found.added.to_dict("records") == [
        {"face_id": 6, "crop_sha256": "crop 6", "label": "angry", "split": "validation"}
    ]
    assert found.dropped.to_dict("records") == [
        {"face_id": 1, "crop_sha256": "crop 1", "label": "happy", "split": "train"}
    ]
    assert found.moved.to_dict("records") == [
        {
            "face_id": 5,
            "crop_sha256": "crop 5",
            "label": "neutral",
            "old_split": "test",
            "new_split": "train",
        }
    ]
    assert found.relabelled.to_dict("records") == [
        {
            "face_id": 2,
            "crop_sha256": "crop 2",
            "old_label": "happy",
            "new_label": "sad",
            "old_settled_by": "votes",
            "new_settled_by": "votes",
            "same_votes": False,
            "old_votes": "happy 2, sad 1",
            "new_votes": "happy 2, sad 3",
        },
        {
            "face_id": 3,
            "crop_sha256": "crop 3",
            "old_label": "sad",
            "new_label": "happy",
            "old_settled_by": "votes",
            "new_settled_by": "final word",
            "same_votes": True,
            "old_votes": "sad 2",
            "new_votes": "sad 2",
        },
    ]
    assert found.migrations == ()


def test_counts_are_told_for_every_label_and_split() -> None:
    found = worked_example()
    assert found.counts.to_numpy().tolist() == [
        ["angry", 0, 1, 1],
        ["disgust", 0, 0, 0],
        ["fear", 1, 1, 0],
        ["happy", 2, 1, -1],
        ["neutral", 1, 1, 0],
        ["sad", 1, 1, 0],
        ["surprise", 0, 0, 0],
        ["all", 5, 5, 0],
    ]
    assert found.splits.to_numpy().tolist() == [
        ["train", 4, 4, 0],
        ["validation", 0, 1, 1],
        ["test", 1, 0, -1],
        ["all", 5, 5, 0],
    ]


def test_the_same_snapshot_twice_differs_in_nothing() -> None:
    faces = make_faces({"face_id": 1, "label": "happy"}, {"face_id": 2, "label": "sad"})
    found = difference(faces, faces)
    assert found.stayed == 2
    assert [len(t) for t in (found.added, found.dropped, found.relabelled, found.moved)] == [0] * 4
    assert found.counts["change"].tolist() == [0] * 8


def test_two_empty_snapshots_differ_in_nothing() -> None:
    found = difference(make_faces(), make_faces())
    assert (found.stayed, len(found.added), len(found.relabelled)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("angry_before", "migration", "sentence"),
    [
        ("angry", Migration("disgust", "angry", 2, is_merge=True), "(merged): 2 faces"),
        ("happy", Migration("disgust", "angry", 2, is_merge=False), "(renamed): 2 faces"),
    ],
)
def test_a_label_that_all_its_faces_left_for_one_other_is_a_migration(
    angry_before: str, migration: Migration, sentence: str
) -> None:
    old = make_faces(
        {"face_id": 1, "label": "disgust"},
        {"face_id": 2, "label": "disgust"},
        {"face_id": 3, "label": angry_before},
    )
    new = make_faces(
        {"face_id": 1, "label": "angry"},
        {"face_id": 2, "label": "angry"},
        {"face_id": 3, "label": angry_before},
    )
    found = difference(old, new)
    assert found.migrations == (migration,)
    assert migration.in_words() == f"disgust became angry {sentence}"
    assert found.relabelled.empty


def test_a_label_that_one_face_keeps_or_that_became_two_is_no_migration() -> None:
    old = make_faces(
        {"face_id": 1, "label": "disgust"},
        {"face_id": 2, "label": "disgust"},
        {"face_id": 3, "label": "fear"},
        {"face_id": 4, "label": "fear"},
    )
    new = make_faces(
        {"face_id": 1, "label": "angry"},
        {"face_id": 2, "label": "disgust"},
        {"face_id": 3, "label": "sad"},
        {"face_id": 4, "label": "angry"},
    )
    found = difference(old, new)
    assert found.migrations == ()
    assert found.relabelled["face_id"].tolist() == [1, 3, 4]


def test_faces_of_two_projects_that_have_the_same_id_are_two_faces() -> None:
    old = make_faces({"face_id": 1, "label": "happy"})
    new = make_faces({"face_id": 1, "label": "sad", "image_sha256": "of another project"})
    found = difference(old, new)
    assert (found.stayed, len(found.added), len(found.dropped)) == (0, 1, 1)
    assert found.relabelled.empty


def test_a_flag_that_was_said_meanwhile_is_another_vote() -> None:
    stays = {"face_id": 2, "label": "happy"}
    old = make_faces({"face_id": 1, "label": "happy"}, stays).assign(flags_unsure=0)
    new = make_faces({"face_id": 1, "label": "sad"}, stays).assign(flags_unsure=1)
    assert difference(old, new).relabelled["same_votes"].tolist() == [False]
    assert difference(old, new.assign(flags_unsure=0)).relabelled["same_votes"].tolist() == [True]


def test_choices_are_compared_down_to_the_single_one() -> None:
    old = {"targets": {"sad": 3, "fear": 1}, "rule": {"min_share": 0.6}, "seed": 0}
    new = {"targets": {"sad": 4, "fear": 1}, "rule": {"min_share": 0.7}, "seed": 0}
    assert choice_changes(old, new) == (
        ChoiceChange("rule.min_share", 0.6, 0.7),
        ChoiceChange("targets.sad", 3, 4),
    )
    assert [change.is_of_rule for change in choice_changes(old, new)] == [True, False]


def test_a_choice_of_other_form_is_told_on_both_sides() -> None:
    changes = choice_changes({"targets": "even"}, {"targets": {"sad": 1}})
    assert [change.in_words() for change in changes] == [
        "targets even → none",
        "targets sad none → 1",
    ]

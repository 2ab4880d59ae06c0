import pandas as pd

from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.balancing.balance import balance
from curator.core.snapshots.balancing.limits import NO_LIMITS, Limits
from curator.core.snapshots.balancing.remedies import (
    AGREEMENT,
    QUALITY,
    SOURCE,
    SUBJECT,
    quality_thresholds,
    scaled_down,
)
from curator.core.snapshots.balancing.shortages import in_words, shares_in_words, shortages
from db.labels import Expression

COLUMNS = ["verdict", "subject", "source", "only_fails", "agreement"]
FINE = None


def make_faces(*rows: tuple[str | None, str, str, str | None, float]) -> pd.DataFrame:
    """Lay out one face for each of these; those without a label lean to disgust."""
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"only_fails": "object"})
    table["face_id"] = range(1, len(rows) + 1)
    leading = table["verdict"].fillna("disgust")
    return table.assign(
        crop_sha256=table["face_id"].astype("str"),
        found_subject=None,
        votes=2,
        is_keeper=True,
        is_conflicting=False,
        is_good=table["only_fails"].isna(),
        leading=leading,
    )


def test_shortages_say_what_lacks_and_what_labelling_could_add() -> None:
    faces = make_faces(
        ("happy", "", "a", FINE, 1), (None, "", "a", FINE, 1), (None, "", "a", "size_px", 1)
    )
    targets = {Expression.HAPPY: 3, Expression.DISGUST: 1}
    table = shortages(faces, balance(faces, targets, seed=0), targets)
    rows = table.set_index("label")
    assert list(rows.loc["happy"]) == [3, 1, 1, 2, 0, 0]
    assert list(rows.loc["disgust"]) == [1, 0, 0, 1, 0, 1]
    assert in_words(table, targets) == [
        "disgust: wanted 1, there are 0 settled of good quality; 1 more is unsettled: "
        "label it first",
        "happy: wanted 3, there is 1 settled of good quality; no unsettled face leans to it: "
        "label new ones, or import more",
    ]


def test_a_double_that_is_unsettled_is_nothing_to_label() -> None:
    faces = make_faces((None, "", "a", FINE, 1)).assign(is_keeper=False)
    targets = {Expression.DISGUST: 1}
    table = shortages(faces, balance(faces, targets, seed=0), targets)
    assert table["unsettled"].sum() == 0


def test_what_limits_hold_back_is_said_apart_from_what_is_there() -> None:
    faces = make_faces(*[("happy", "p", "a", FINE, 1)] * 5)
    targets = {Expression.HAPPY: 4}
    table = shortages(faces, balance(faces, targets, 0, Limits(max_per_subject=2)), targets)
    (sentence,) = in_words(table, targets)
    assert "there are 5 settled of good quality, of which the limits let in 2;" in sentence


def test_without_targets_the_shortest_label_is_said() -> None:
    faces = make_faces(*((label, "", "a", FINE, 1.0) for label in Expression for _ in range(2)))
    faces = faces.drop(index=3)
    table = shortages(faces, balance(faces, None, seed=0), None)
    assert in_words(table, None) == [
        "disgust has the fewest settled faces of good quality, 1, and holds every label at 1; "
        "no unsettled face leans to it: label new ones, or import more"
    ]


def test_each_floor_says_what_it_costs_alone() -> None:
    faces = make_faces(
        ("happy", "p", "a", FINE, 1),
        ("happy", "p", "a", FINE, 1),
        ("happy", "p", "a", FINE, 1),
        ("happy", "", "b", FINE, 0.6),
        ("disgust", "", "b", "size_px", 1),
        ("disgust", "", "b", "contrast", 1),
        ("disgust", "", "b", "contrast", 0.6),
    )
    targets = {Expression.HAPPY: 9, Expression.DISGUST: 9}
    limits = Limits(min_agreement=0.8, max_per_subject=1, source_shares={"b": Bounds(high=0.5)})
    quality = ["size_px", "contrast", "sharpness"]
    found = {
        (threshold.kind, threshold.name): threshold
        for threshold in quality_thresholds(faces, targets, limits, quality)
    }
    assert {key: threshold.faces for key, threshold in found.items()} == {
        (SUBJECT, ""): 2,
        (AGREEMENT, ""): 1,
        (QUALITY, "size_px"): 1,
        (QUALITY, "contrast"): 1,
    }
    assert (SOURCE, "b") not in found
    assert found[QUALITY, "contrast"].in_words() == (
        "Without the quality: contrast: 1 more (disgust 1)"
    )


def test_a_share_of_a_source_says_what_it_costs() -> None:
    faces = make_faces(*[("happy", "", "a", FINE, 1)] * 3, ("happy", "", "b", FINE, 1))
    limits = Limits(source_shares={"a": Bounds(high=0.5)})
    (threshold,) = quality_thresholds(faces, {Expression.HAPPY: 9}, limits)
    assert (threshold.kind, threshold.name, threshold.more["happy"]) == (SOURCE, "a", 2)


def test_targets_are_scaled_down_alike() -> None:
    faces = make_faces(*[("happy", "", "a", FINE, 1)] * 9, *[("sad", "", "a", FINE, 1)] * 2)
    targets = {Expression.HAPPY: 12, Expression.SAD: 4}
    assert scaled_down(faces, targets) == {Expression.HAPPY: 6, Expression.SAD: 2}
    assert scaled_down(faces, targets | {Expression.FEAR: 1}) == dict.fromkeys(
        [*targets, Expression.FEAR], 0
    )
    assert scaled_down(faces.iloc[:0], targets) == dict.fromkeys(targets, 0)


def test_shares_that_no_set_has_are_said_in_a_sentence() -> None:
    faces = make_faces(("happy", "", "a", FINE, 1), ("happy", "", "a", FINE, 1))
    wanted = {
        "CK+ is to make at least 20% of the set and has no face": {"CK+": Bounds(low=0.2)},
        "may make 50% of the set together, not all of it": {"a": Bounds(high=0.5)},
    }
    for sentence, shares in wanted.items():
        limits = Limits(source_shares=shares)
        outcomes = balance(faces, {Expression.HAPPY: 2}, 0, limits)
        assert sentence in str(shares_in_words(faces, outcomes, limits))
    outcomes = balance(faces, {Expression.HAPPY: 2}, 0)
    assert shares_in_words(faces, outcomes, NO_LIMITS) is None

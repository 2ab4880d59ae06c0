from collections.abc import Sequence

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from curator.core.consensus.vote_matrix import coded, first_annotations
from curator.core.review.agreement import agreement, confusion_shares, confusions, human_ceiling
from curator.core.review.annotator_pairs import annotator_pairs
from curator.core.review.bootstrap import Figure
from tests.makers import annotation_rows

LABELS = ("fear", "sad", "happy")
FLEISS_1971 = [
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
]
"""The counts with which Fleiss' kappa is usually explained: 14 raters, 5 categories, .210."""
KRIPPENDORFF_2011 = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]
"""Four observers, twelve units, values missing; "Computing Krippendorff's Alpha-Reliability"
(2011) gives .743 for nominal data."""

COUNTS = st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=30).map(
    lambda rows: pd.DataFrame(rows, columns=list(LABELS))
)


def table(rows: Sequence[tuple[int, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def counted(observers: list[str]) -> pd.DataFrame:
    units = zip(*(line.split() for line in observers), strict=True)
    return pd.DataFrame([[unit.count(value) for value in "12345"] for unit in units])


def test_fleiss_kappa_of_the_textbook() -> None:
    figures = agreement(table(FLEISS_1971))
    assert figures.share.value == pytest.approx(0.378, abs=5e-4)
    assert figures.fleiss.value == pytest.approx(0.210, abs=5e-4)
    assert (figures.share.faces, figures.share.annotations) == (10, 140)
    assert figures.share.pairs == 10 * 14 * 13 // 2


def test_krippendorff_s_alpha_of_his_own_example_with_values_missing() -> None:
    figures = agreement(counted(KRIPPENDORFF_2011))
    assert figures.krippendorff.value == pytest.approx(0.743, abs=5e-4)
    assert figures.krippendorff.faces == 11  # one unit has a single value


@given(counts=COUNTS)
def test_krippendorff_s_alpha_is_that_of_the_library(counts: pd.DataFrame) -> None:
    figures = agreement(counts, resamples=1)
    compared = counts[counts.sum(axis="columns") > 1]
    if (compared.sum() > 0).sum() < 2:  # the library refuses what cannot vary
        assert figures.krippendorff.value is None
        return
    expected = krippendorff.alpha(value_counts=compared.to_numpy(), level_of_measurement="nominal")
    assert figures.krippendorff.value == pytest.approx(expected)


def test_a_label_against_all_others_is_fleiss_kappa_of_two_columns() -> None:
    counts = table(FLEISS_1971)
    of_third = pd.DataFrame({"it": counts[2], "other": counts.drop(columns=2).sum(axis="columns")})
    figure = agreement(counts).labels["2"]
    assert figure.value == pytest.approx(agreement(of_third).fleiss.value)
    assert (figure.faces, figure.annotations) == (8, 39)


def test_no_annotations_have_no_agreement() -> None:
    for counts in (pd.DataFrame(columns=list(LABELS), dtype="int64"), table([(1, 0), (0, 1)])):
        figures = agreement(counts)
        nothing = Figure(None, None, 0, 0, 0)
        assert figures.share == figures.fleiss == figures.krippendorff == nothing
        assert human_ceiling(counts) == nothing
        assert set(figures.labels.values()) == {nothing}


def test_where_all_say_the_same_of_all_faces_chance_explains_it() -> None:
    figures = agreement(table([(3, 0)] * 12))
    assert (figures.share.value, figures.unanimous.value) == (1, 1)
    assert figures.fleiss.value is None
    assert figures.krippendorff.value is None


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(2, 6)), min_size=2))
def test_unanimity_about_more_than_one_label_is_full_agreement(
    faces: list[tuple[int, int]],
) -> None:
    counts = np.zeros((len(faces), 3), dtype=np.int64)
    for row, (label, votes) in enumerate(faces):
        counts[row, label] = votes
    figures = agreement(pd.DataFrame(counts), resamples=20)
    expected = pytest.approx(1) if len({label for label, _ in faces}) > 1 else None
    assert figures.fleiss.value == expected
    assert figures.krippendorff.value == expected
    assert human_ceiling(pd.DataFrame(counts)).value == pytest.approx(1)


@given(counts=COUNTS, order=st.permutations(LABELS))
def test_the_order_of_labels_and_faces_changes_nothing(
    counts: pd.DataFrame, order: list[str]
) -> None:
    one = agreement(counts, resamples=1)
    other = agreement(counts[list(order)].iloc[::-1], resamples=1)
    for name in ("share", "unanimous", "fleiss", "krippendorff"):
        assert getattr(one, name).value == pytest.approx(getattr(other, name).value)
    assert human_ceiling(counts, resamples=1).value == pytest.approx(
        human_ceiling(counts[list(order)], resamples=1).value
    )


@given(counts=COUNTS)
def test_no_figure_is_nan_or_out_of_its_bounds(counts: pd.DataFrame) -> None:
    figures = agreement(counts, resamples=20)
    shares = [figures.share, figures.unanimous, human_ceiling(counts, resamples=20)]
    kappas = [figures.fleiss, figures.krippendorff, *figures.labels.values()]
    for figure, least in [*((f, 0) for f in shares), *((f, -1) for f in kappas)]:
        assert figure.value is None or least - 1e-9 <= figure.value <= 1 + 1e-9
        if figure.interval is not None:
            assert figure.interval.low <= figure.interval.high


def test_the_interval_holds_the_truth_about_95_times_of_100() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for seed in range(200):
        # Two annotators agree on .82 of faces: .7 of themselves, half of the rest by chance.
        first = rng.integers(2, size=150)
        second = np.where(rng.random(150) < 0.64, first, rng.integers(2, size=150))
        votes = np.eye(2, dtype=np.int64)[first] + np.eye(2, dtype=np.int64)[second]
        interval = agreement(pd.DataFrame(votes), seed=seed, resamples=300).share.interval
        assert interval is not None
        held += interval.low <= 0.82 <= interval.high
    assert 180 <= held <= 199


def test_fewer_than_ten_faces_have_no_interval() -> None:
    assert agreement(table([(2, 0), (0, 2), (1, 1)] * 3)).share.interval is None
    assert agreement(table([(2, 0), (0, 2), (1, 1)] * 4)).share.interval is not None


def test_the_same_seed_gives_the_same_interval() -> None:
    counts = table(FLEISS_1971)
    assert agreement(counts, seed=1) == agreement(counts, seed=1)
    assert agreement(counts, seed=1) != agreement(counts, seed=2)


def test_the_ceiling_is_what_one_says_of_the_majority_of_the_others() -> None:
    # Two fear of three: either fear stands against fear and sad, half right; sad is wrong.
    assert human_ceiling(table([(2, 1)])).value == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert human_ceiling(table([(3, 1)])).value == pytest.approx(3 / 4)


def test_confusions_weigh_each_annotation_once() -> None:
    together = confusions(pd.DataFrame({"fear": [2, 3, 1], "sad": [1, 1, 0]}))
    # 2 fear, 1 sad: each against two others. 3 fear, 1 sad: against three. One alone: nothing.
    assert together.loc["fear", "fear"] == pytest.approx(2 * 1 / 2 + 3 * 2 / 3)
    assert together.loc["fear", "sad"] == pytest.approx(2 * 1 / 2 + 3 * 1 / 3)
    assert together.sum(axis="columns").to_dict() == pytest.approx({"fear": 5, "sad": 2})


def test_confusion_shares_leave_out_what_nobody_said() -> None:
    shares = confusion_shares(confusions(pd.DataFrame({"fear": [2, 1], "sad": [0, 1], "happy": 0})))
    assert list(shares.index) == ["fear", "sad"]
    assert shares.loc["fear"].to_dict() == pytest.approx({"fear": 2 / 3, "sad": 1 / 3, "happy": 0})


@settings(max_examples=25)  # scikit-learn takes milliseconds a pair
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 30), st.integers(1, 4)), st.sampled_from(LABELS), min_size=1
    )
)
def test_cohen_s_kappa_is_that_of_scikit_learn(said: dict[tuple[int, int], str]) -> None:
    rows = annotation_rows(*((face, who, label) for (face, who), label in said.items()))
    found = {
        (pair.first, pair.second): pair
        for pair in annotator_pairs(coded(rows, LABELS), resamples=2)
    }
    wide = rows.pivot_table(
        index="face_id", columns="annotator_id", values="verdict", aggfunc="first"
    )
    people = sorted({who for _, who in said})
    for first, second in [(a, b) for a in people for b in people if a < b]:
        both = wide[[first, second]].dropna()
        if both.empty:
            assert (first, second) not in found
            continue
        pair = found[first, second]
        assert pair.share.value == pytest.approx((both[first] == both[second]).mean())
        assert pair.kappa.faces == len(both)
        if len(set(both.to_numpy().ravel())) == 1:  # scikit-learn warns and gives nan
            assert pair.kappa.value is None
        else:
            expected = cohen_kappa_score(both[first], both[second])
            assert pair.kappa.value == pytest.approx(expected)


def test_cohen_s_kappa_of_the_textbook() -> None:
    cells = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    pairs = [said for said, times in cells.items() for _ in range(times)]
    rows = [(face, who, word) for face, both in enumerate(pairs) for who, word in enumerate(both)]
    (pair,) = annotator_pairs(coded(annotation_rows(*rows), ["yes", "no"]))
    assert (pair.first, pair.second) == (0, 1)
    assert pair.kappa.value == pytest.approx(0.4)
    assert pair.kappa.interval is not None
    assert pair.kappa.interval.low < 0.4 < pair.kappa.interval.high


def test_nobody_with_a_face_in_common_makes_no_pair() -> None:
    assert annotator_pairs(coded(annotation_rows(), LABELS)) == []
    assert annotator_pairs(coded(annotation_rows((1, 1, "sad"), (2, 2, "sad")), LABELS)) == []


def test_only_the_first_annotations_of_a_face_are_kept() -> None:
    rows = annotation_rows((1, 3, "sad"), (1, 1, "fear"), (1, 2, "sad"), (2, 1, "sad"))
    kept = first_annotations(rows, 2)
    assert kept[["face_id", "annotator_id"]].to_numpy().tolist() == [[1, 3], [1, 1], [2, 1]]

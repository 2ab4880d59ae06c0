import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.consensus.consensus import VERDICTS
from curator.core.labelling.priorities import label_needs, priorities
from db.labels import Expression

LABELS = [str(label) for label in Expression]
DISGUST = pd.Series({label: 0.5 * (label == "disgust") for label in LABELS})


def make_faces(*votes: dict[str, int]) -> pd.DataFrame:
    """Lay out one open face for each of these votes."""
    table = pd.DataFrame(0, index=range(len(votes)), columns=[str(v) for v in VERDICTS])
    for row, given_votes in enumerate(votes):
        for verdict, count in given_votes.items():
            table.loc[row, verdict] = count
    return table.assign(
        face_id=range(1, len(votes) + 1), verdict=None, is_keeper=True, is_good=True
    )


def suggested(**shares: float) -> pd.DataFrame:
    """Say what models think of face 1."""
    rest = (1 - sum(shares.values())) / (7 - len(shares))
    return pd.DataFrame([{label: shares.get(label, rest) for label in LABELS}], index=[1])


NOTHING = pd.DataFrame(columns=LABELS, dtype="float64")


def make_shortages(**counts: tuple[int, int, int]) -> pd.DataFrame:
    """Lay out wanted, chosen and spare of some labels; of the others 0."""
    rows = [(label, *counts.get(label, (0, 0, 0))) for label in LABELS]
    table = pd.DataFrame(rows, columns=["label", "wanted", "chosen", "spare"])
    return table.assign(short=table["wanted"] - table["chosen"])


def test_a_label_is_needed_by_the_part_of_its_target_that_is_missing() -> None:
    needs = label_needs(make_shortages(disgust=(1013, 547, 0), happy=(1617, 1617, 30)))
    assert needs["disgust"] == 466 / 1013
    assert needs.drop("disgust").eq(0).all()


def test_when_nothing_is_short_labels_are_needed_by_how_far_they_are_behind() -> None:
    even = make_shortages(
        **dict.fromkeys(LABELS, (10, 10, 0)),
    )
    even.loc[even["label"] == "happy", "spare"] = 30
    needs = label_needs(even)
    assert needs["happy"] == 0
    assert needs["fear"] == 30 / 40
    assert label_needs(make_shortages()).eq(1).all()


def test_a_likely_short_label_comes_before_an_unknown_face_and_that_before_a_likely_full_one() -> (
    None
):
    unknown = priorities(make_faces({}), NOTHING, DISGUST)[0]
    likely = priorities(make_faces({}), suggested(disgust=0.99), DISGUST)[0]
    unlikely = priorities(make_faces({}), suggested(happy=0.99), DISGUST)[0]
    assert likely > unknown > unlikely > 0
    share = (1 / 7 + 0.99) / 2
    assert likely == pytest.approx(0.5 * share * (1 - share))


def test_votes_outweigh_the_model_and_make_a_face_less_urgent() -> None:
    faces = make_faces({"happy": 3})
    p = np.array([1 / 7 + 0.99, 1 / 7 + 0.01 / 6 + 3]) / 5
    found = priorities(faces, suggested(disgust=0.99), DISGUST)[0]
    assert found == pytest.approx(0.5 * p[0] * (1 - p[1]))


def test_unsure_leaves_a_face_open_and_a_flag_makes_it_worth_less() -> None:
    plain, unsure, flagged = priorities(
        make_faces({}, {"unsure": 2}, {"not a face": 1}), NOTHING, DISGUST
    )
    assert unsure == pytest.approx(plain)
    assert flagged == pytest.approx(0.5 / 14 * (1 - 1 / 14))


def test_settled_faces_doubles_and_those_of_low_quality_bring_nothing() -> None:
    faces = make_faces({}, {}, {}, {})
    faces["verdict"] = pd.Series([None, "disgust", None, None], dtype="str")
    faces["is_keeper"] = [True, True, False, True]
    faces["is_good"] = [True, True, True, False]
    assert (priorities(faces, NOTHING, DISGUST) > 0).tolist() == [True, False, False, False]


def test_no_faces_have_no_priorities() -> None:
    assert priorities(make_faces(), NOTHING, DISGUST).empty


@given(
    st.lists(
        st.dictionaries(st.sampled_from([str(v) for v in VERDICTS]), st.integers(0, 9)),
        max_size=5,
    ),
    st.floats(0, 1),
)
def test_a_priority_is_from_0_to_below_1(votes: list[dict[str, int]], share: float) -> None:
    found = priorities(make_faces(*votes), suggested(fear=share), pd.Series(1.0, LABELS))
    assert found.between(0, 1, inclusive="left").all()

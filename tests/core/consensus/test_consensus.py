import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.consensus.consensus import SHARES, VERDICTS, ConsensusRule, overrule, settle
from curator.core.consensus.vote_matrix import coded
from db.labels import ConsensusMethod
from tests.makers import annotation_rows

METHODS = list(ConsensusMethod)
SAID = st.dictionaries(
    st.tuples(st.integers(1, 8), st.integers(1, 5)), st.sampled_from(VERDICTS), min_size=1
)


def verdicts(table: pd.DataFrame) -> dict[int, str]:
    return {int(str(face)): str(v) for face, v in table["verdict"].fillna("unsettled").items()}


def test_no_annotations_settle_nothing() -> None:
    table = settle(annotation_rows(), ConsensusRule())
    assert table.empty
    assert set(map(str, VERDICTS)) <= set(table.columns)


def test_a_clear_majority_settles_the_label() -> None:
    table = settle(
        annotation_rows((7, 1, "happy"), (7, 2, "happy"), (7, 3, "sad")), ConsensusRule()
    )
    assert verdicts(table) == {7: "happy"}
    assert table.loc[7, "share"] == 2 / 3
    assert table.loc[7, "votes"] == 3


def test_a_tie_settles_nothing() -> None:
    table = settle(annotation_rows((1, 1, "fear"), (1, 2, "surprise")), ConsensusRule())
    assert verdicts(table) == {1: "unsettled"}


def test_one_vote_settles_only_where_the_rule_says_so() -> None:
    votes = annotation_rows((1, 1, "fear"))
    assert verdicts(settle(votes, ConsensusRule())) == {1: "unsettled"}
    assert verdicts(settle(votes, ConsensusRule(min_votes=1))) == {1: "fear"}


def test_a_flag_settles_like_a_label_but_unsure_settles_nothing() -> None:
    votes = annotation_rows(
        (1, 1, "not a face"), (1, 2, "not a face"), (2, 1, "unsure"), (2, 2, "unsure")
    )
    assert verdicts(settle(votes, ConsensusRule())) == {1: "not a face", 2: "unsettled"}


def test_a_final_word_overrules_votes_and_needs_none() -> None:
    table = settle(annotation_rows((1, 1, "fear"), (1, 2, "sad")), ConsensusRule())
    words = pd.DataFrame({"face_id": [1, 9], "verdict": ["sad", "happy"]})
    overruled = overrule(table, words)
    assert verdicts(overruled) == {1: "sad", 9: "happy"}
    assert overruled["votes"].to_dict() == {1: 2, 9: 0}
    assert overruled["is_final"].to_dict() == {1: True, 9: True}


def test_final_words_without_any_votes_make_a_table() -> None:
    words = pd.DataFrame({"face_id": [4], "verdict": ["angry"]})
    assert verdicts(overrule(settle(annotation_rows(), ConsensusRule()), words)) == {4: "angry"}


@pytest.mark.parametrize("min_share", [0.5, 0.4, 1.01])
def test_a_share_that_a_tie_could_reach_is_refused(min_share: float) -> None:
    with pytest.raises(ValueError, match=r"above 0\.5 and at most 1"):
        ConsensusRule(min_share=min_share)


def test_fewer_than_one_vote_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ConsensusRule(min_votes=0)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_settles_what_all_agree_on_and_nothing_by_unsure(
    method: ConsensusMethod,
) -> None:
    votes = annotation_rows(
        *((face, who, "happy" if face < 5 else "sad") for face in range(1, 9) for who in (1, 2, 3)),
        (9, 1, "unsure"),
        (9, 2, "unsure"),
    )
    table = settle(votes, ConsensusRule(method=method))
    assert verdicts(table) == {
        **dict.fromkeys(range(1, 5), "happy"),
        **dict.fromkeys(range(5, 9), "sad"),
        9: "unsettled",
    }


@pytest.mark.parametrize("method", METHODS)
def test_every_method_settles_the_first_faces_of_a_project_that_two_agree_on(
    method: ConsensusMethod,
) -> None:
    labels = list(map(str, VERDICTS[:7]))
    votes = annotation_rows(*((f, who, name) for f, name in enumerate(labels) for who in (1, 2)))
    assert verdicts(settle(votes, ConsensusRule(method=method))) == dict(enumerate(labels))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_an_empty_table_for_no_annotations(method: ConsensusMethod) -> None:
    table = settle(annotation_rows(), ConsensusRule(method=method))
    assert list(table.columns) == ["verdict", "votes", "share", "leading", *map(str, VERDICTS)]
    assert table.empty


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_fewest_votes(method: ConsensusMethod) -> None:
    votes = annotation_rows((1, 1, "fear"), (2, 1, "fear"), (2, 2, "fear"))
    table = settle(votes, ConsensusRule(min_votes=2, method=method))
    assert verdicts(table) == {1: "unsettled", 2: "fear"}


@pytest.mark.parametrize("method", METHODS)
@given(said=SAID)
def test_shares_of_every_method_sum_to_one_and_settle_only_what_was_said(
    method: ConsensusMethod, said: dict[tuple[int, int], str]
) -> None:
    votes = annotation_rows(*((face, who, str(word)) for (face, who), word in said.items()))
    shares = SHARES[method](coded(votes, VERDICTS))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    table = settle(votes, ConsensusRule(min_votes=1, method=method))
    settled = table.dropna(subset="verdict")
    assert all(row[row["verdict"]] > 0 for _, row in settled.iterrows())
    assert (table["share"].between(0, 1 + 1e-9)).all()


@given(said=SAID, turn=st.permutations(range(1, 6)))
def test_who_is_called_what_changes_no_verdict(
    said: dict[tuple[int, int], str], turn: list[int]
) -> None:
    rows = [(face, who, str(word)) for (face, who), word in said.items()]
    turned = [(face, turn[who - 1], word) for face, who, word in rows]
    for method in METHODS:
        one, other = (
            SHARES[method](coded(annotation_rows(*each), VERDICTS)) for each in (rows, turned)
        )
        np.testing.assert_allclose(one, other, atol=1e-3)  # as near as the rounds come


def test_a_reliable_annotator_outweighs_one_who_is_not() -> None:
    agreed = [(face, who, "sad") for face in range(1, 21) for who in (1, 2, 3)]
    alone = [(face, 4, "fear") for face in range(1, 21)]
    votes = annotation_rows(*agreed, *alone, (30, 1, "happy"), (30, 4, "surprise"))
    majority = settle(votes, ConsensusRule())
    weighted = settle(votes, ConsensusRule(method=ConsensusMethod.WEIGHTED))
    assert verdicts(majority)[30] == "unsettled"
    assert verdicts(weighted)[30] == "happy"
    # Annotator 1 agrees 20.5 times of 21, annotator 4 half a time.
    assert weighted.loc[30, "share"] == pytest.approx(20.5 / 21)


def test_a_label_that_nobody_gave_settles_nothing() -> None:
    # Annotator 9 says fear of what all others call surprise, so that fear means surprise.
    agreed = [(face, who, "surprise") for face in range(1, 41) for who in (1, 2, 3)]
    swapped = [(face, 9, "fear") for face in range(1, 41)]
    votes = annotation_rows(*agreed, *swapped, (50, 9, "fear"))
    table = settle(votes, ConsensusRule(min_votes=1, method=ConsensusMethod.DAWID_SKENE))
    assert table.loc[50, "leading"] == "surprise"
    assert verdicts(table)[50] == "unsettled"

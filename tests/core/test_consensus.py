import pandas as pd
import pytest

from curator.core.consensus import VERDICTS, ConsensusRule, overrule, settle
from tests.makers import annotation_rows


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

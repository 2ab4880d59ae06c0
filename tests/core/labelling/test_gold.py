import pandas as pd
import pytest

from curator.core.labelling.gold import USUAL_PAIRS, choose_gold, confusable_pairs
from db.labels import Expression

LABELS = [str(label) for label in Expression]
FEAR_SURPRISE = (Expression.FEAR, Expression.SURPRISE)


def vote_counts(*rows: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=LABELS).fillna(0).astype("int64")


def candidates(*rows: tuple[int, str, dict[str, int]]) -> pd.DataFrame:
    table = vote_counts(*(counts for _, _, counts in rows))
    table["face_id"] = [face_id for face_id, _, _ in rows]
    table["label"] = [label for _, label, _ in rows]
    table["votes"] = table[LABELS].sum(axis="columns")
    return table


def test_the_usual_pairs_stand_in_until_fifty_pairs_of_votes_disagree() -> None:
    assert confusable_pairs(vote_counts()) == list(USUAL_PAIRS)
    assert confusable_pairs(vote_counts(*[{"happy": 1, "sad": 1}] * 49)) == list(USUAL_PAIRS)
    measured = confusable_pairs(vote_counts(*[{"happy": 1, "sad": 1}] * 50))
    assert measured == [(Expression.HAPPY, Expression.SAD)]


def test_a_rare_label_that_is_always_confused_comes_before_a_frequent_one() -> None:
    rare = [{"fear": 1, "surprise": 1}] * 10
    frequent = [{"happy": 10}] * 50 + [{"happy": 1, "neutral": 1}] * 60 + [{"neutral": 9}] * 50
    assert confusable_pairs(vote_counts(*rare, *frequent))[0] == FEAR_SURPRISE


def test_half_of_the_gold_faces_of_a_pair_have_either_label() -> None:
    rows = [(n, "fear" if n < 10 else "surprise", {"fear": 3}) for n in range(20)]
    choice = choose_gold(candidates(*rows), [FEAR_SURPRISE], 6)
    assert list(choice.labels.values()) == [Expression.FEAR] * 3 + [Expression.SURPRISE] * 3
    assert choice.found == {FEAR_SURPRISE: 6}


def test_faces_that_somebody_took_for_the_other_label_come_first_then_those_of_many_votes() -> None:
    table = candidates(
        (1, "fear", {"fear": 3}), (2, "fear", {"fear": 5}), (3, "fear", {"fear": 2, "surprise": 1})
    )
    assert list(choose_gold(table, [FEAR_SURPRISE], 4).labels) == [3, 2]


def test_no_face_is_chosen_for_two_pairs_and_what_lacks_is_seen() -> None:
    table = candidates((1, "fear", {"fear": 3}))
    pairs = [FEAR_SURPRISE, (Expression.FEAR, Expression.SAD)]
    assert list(choose_gold(table, pairs, 2).found.values()) == [1, 0]


def test_fewer_than_two_faces_cannot_be_balanced() -> None:
    with pytest.raises(ValueError, match="`per_pair` must be at least 2"):
        choose_gold(candidates(), [FEAR_SURPRISE], 1)

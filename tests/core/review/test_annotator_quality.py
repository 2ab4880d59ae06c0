import pandas as pd

from curator.core.review.annotator_quality import (
    Confusion,
    agreement,
    confusions,
    main_confusions,
    second_thoughts,
    self_consistency,
    verdict_of_others,
)
from curator.core.review.proportions import Proportion
from db.labels import Expression
from tests.makers import annotation_rows

NO_WORDS = annotation_rows()


def others(said: pd.DataFrame, words: pd.DataFrame = NO_WORDS) -> list[str]:
    return list(verdict_of_others(said, words).fillna("-"))


def test_nobody_says_nothing_of_nothing() -> None:
    assert others(annotation_rows()) == []


def test_one_alone_has_no_others() -> None:
    assert others(annotation_rows((1, 1, "sad"))) == ["-"]


def test_each_is_held_against_what_most_of_the_others_say_and_not_against_a_tie() -> None:
    said = annotation_rows(
        (1, 1, "sad"), (1, 2, "sad"), (1, 3, "fear"), (1, 4, "sad"), (2, 1, "happy"), (2, 2, "sad")
    )
    assert others(said) == ["sad", "sad", "sad", "sad", "sad", "happy"]
    tied = annotation_rows((1, 1, "sad"), (1, 2, "fear"), (1, 3, "happy"))
    assert others(tied) == ["-", "-", "-"]


def test_unsure_is_nothing_to_agree_with_nor_an_answer() -> None:
    said = annotation_rows((1, 1, "unsure"), (1, 2, "sad"))
    assert others(said) == ["sad", "-"]
    assert agreement(said["verdict"], verdict_of_others(said, NO_WORDS)) == Proportion(0, 0)


def test_a_flag_of_the_others_counts_as_their_verdict() -> None:
    assert others(annotation_rows((1, 1, "sad"), (1, 2, "bad crop"))) == ["bad crop", "sad"]


def test_the_final_word_of_somebody_else_comes_before_the_votes() -> None:
    said = annotation_rows((1, 1, "sad"), (1, 2, "sad"))
    word = annotation_rows((1, 2, "fear"))
    assert others(said, word) == ["fear", "sad"]


def test_agreement_leaves_out_where_the_others_do_not_say() -> None:
    said = pd.Series(["sad", "sad", "fear"], dtype="str")
    reference = pd.Series(["sad", None, "sad"], dtype="str")
    assert agreement(said, reference) == Proportion(1, 2)


def test_the_main_confusions_occur_twice_or_more_and_come_with_their_share() -> None:
    reference = pd.Series(["fear"] * 5 + ["sad"] * 2, dtype="str")
    said = pd.Series(["surprise"] * 3 + ["fear"] * 2 + ["sad", "happy"], dtype="str")
    table = confusions(said, reference)
    assert table.at["fear", "surprise"] == 3
    assert table.to_numpy().sum() == 7
    assert main_confusions(table) == [
        Confusion(Expression.FEAR, Expression.SURPRISE, Proportion(3, 5))
    ]


def test_a_change_of_mind_and_a_label_taken_back_are_second_thoughts() -> None:
    said = pd.DataFrame(
        {
            "face_id": [1, 1, 2, 3, 3, 4, 4],
            "verdict": ["sad", "fear", "sad", "sad", None, "sad", "sad"],
        }
    )
    assert second_thoughts(said) == Proportion(2, 4)
    assert second_thoughts(said.head(0)) == Proportion(0, 0)


def times(*rows: tuple[int, int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["picture", "face_id", "verdict", "stored_at"])


def test_the_same_face_again_is_a_test_only_after_half_an_hour() -> None:
    assert self_consistency(times((1, 1, "sad", 0), (1, 1, "fear", 60))) == Proportion(0, 0)
    assert self_consistency(times((1, 1, "sad", 0), (1, 1, "sad", 1801))) == Proportion(1, 1)


def test_the_same_pixels_in_another_face_are_a_test_at_any_time() -> None:
    assert self_consistency(times((1, 1, "sad", 0), (1, 2, "fear", 5))) == Proportion(0, 1)
    assert self_consistency(times((1, 1, "sad", 0), (2, 2, "fear", 5))) == Proportion(0, 0)

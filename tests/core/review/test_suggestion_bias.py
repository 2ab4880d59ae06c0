import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.review.proportions import Proportion, difference_interval
from curator.core.review.suggestion_bias import (
    BIAS_COLUMNS,
    Stratum,
    mean_difference,
    suggestion_bias,
)


def rows(*said: tuple[int, str, str, bool, int]) -> pd.DataFrame:
    """Lay out annotations: annotator, suggested, verdict, was it shown, how many alike."""
    columns = ["annotator_id", "suggested", "verdict", "was_shown"]
    return pd.DataFrame([row[:4] for row in said for _ in range(row[4])], columns=columns).astype(
        {"annotator_id": "int64", "suggested": "str", "verdict": "str", "was_shown": "bool"}
    )


def test_the_bias_of_a_label_is_what_seeing_its_suggestion_adds() -> None:
    table = suggestion_bias(
        rows(
            (1, "fear", "fear", True, 9),
            (1, "fear", "surprise", True, 1),
            (1, "fear", "fear", False, 6),
            (1, "fear", "unsure", False, 4),
        )
    )
    of_label = table[table["label"] == "fear"].iloc[0]
    assert of_label[["shown", "hidden"]].tolist() == [10, 10]
    assert of_label[["said_shown", "said_hidden"]].tolist() == [0.9, 0.6]
    assert of_label["bias"] == pytest.approx(0.3)
    assert (of_label["low"], of_label["high"]) == pytest.approx(
        difference_interval(before=Proportion(6, 10), after=Proportion(9, 10))
    )


def test_an_annotator_who_verified_the_easy_label_does_not_look_drawn_for_it() -> None:
    # Right nine times in ten on happy and three in ten on fear, seen or not; but happy was
    # verified and fear labelled blind. Taken together that would look like a bias of 0.46.
    table = suggestion_bias(
        rows(
            (1, "happy", "happy", True, 90), (1, "happy", "sad", True, 10),
            (1, "happy", "happy", False, 9), (1, "happy", "sad", False, 1),
            (1, "fear", "fear", True, 3), (1, "fear", "sad", True, 7),
            (1, "fear", "fear", False, 30), (1, "fear", "sad", False, 70),
        )
    )  # fmt: skip
    over_labels = table[table["label"].isna()]
    assert over_labels["said_shown"].iloc[0] - over_labels["said_hidden"].iloc[0] > 0.45
    assert over_labels["bias"].tolist() == pytest.approx([0, 0])


def test_what_has_no_counterpart_is_missing_and_not_zero() -> None:
    table = suggestion_bias(rows((1, "sad", "sad", True, 5), (2, "fear", "fear", False, 5)))
    assert table["bias"].isna().all()
    assert table["annotator_id"].fillna(0).tolist() == [0, 1, 1, 2, 2]
    assert table["hidden"].tolist() == [5, 0, 0, 5, 5]
    assert table["said_hidden"].isna().tolist() == [False, True, True, False, False]


def test_without_annotations_there_is_one_row_that_says_nothing() -> None:
    table = suggestion_bias(rows())
    assert list(table.columns) == list(BIAS_COLUMNS)
    assert table[["shown", "hidden"]].to_numpy().tolist() == [[0, 0]]
    assert table["bias"].isna().all()


def test_strata_with_one_side_only_say_nothing() -> None:
    one_side = [
        Stratum(Proportion(3, 9), Proportion(0, 0)),
        Stratum(Proportion(0, 0), Proportion(1, 2)),
    ]
    assert mean_difference(one_side) is None
    only = Stratum(Proportion(56, 70), Proportion(48, 80))
    found = mean_difference([*one_side, only])
    assert found is not None
    # Newcombe 1998, table II, method 10.
    assert (found[0], *found[1]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


counts = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5))
def test_an_interval_holds_its_difference_and_stays_among_differences(
    sides: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    found = mean_difference(
        [Stratum(Proportion(*shown), Proportion(*hidden)) for shown, hidden in sides]
    )
    if found is not None:
        difference, (low, high) = found
        assert -1 - 1e-9 <= low <= difference + 1e-9
        assert difference - 1e-9 <= high <= 1 + 1e-9

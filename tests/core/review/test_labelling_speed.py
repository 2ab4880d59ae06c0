import pandas as pd
import pytest

from curator.core.review.labelling_speed import drift, pace_seconds, sessions
from curator.core.review.proportions import Proportion

NAN = float("nan")


def test_nobody_has_sat_without_presses() -> None:
    cut = sessions(pd.Series([], dtype="float64"))
    assert cut.number.tolist() == []
    assert pace_seconds(cut.pause_seconds) is None


def test_a_sitting_ends_after_thirty_minutes_and_not_before() -> None:
    cut = sessions(pd.Series([0.0, 1800.0, 3600.1]))
    assert cut.number.tolist() == [0, 0, 1]


def test_presses_are_in_the_order_of_the_clock_and_those_without_a_time_are_left_out() -> None:
    cut = sessions(pd.Series([4.0, NAN, 1.0]))
    assert cut.number.index.tolist() == [2, 0]
    assert cut.pause_seconds.tolist()[1] == 3


def test_a_clock_that_jumps_begins_a_sitting_and_spoils_no_pace() -> None:
    years = 1e9
    at = [0.0, 2.0, 4.0, years, years + 2, years + 4]
    cut = sessions(pd.Series(at))
    assert cut.number.tolist() == [0, 0, 0, 1, 1, 1]
    assert pace_seconds(cut.pause_seconds) == 2


def test_presses_of_a_page_that_was_confirmed_at_once_have_no_pace() -> None:
    assert pace_seconds([0.0, 0.0, 3.0, NAN]) == 3
    assert pace_seconds([0.0, 0.0]) is None


def presses(right: list[bool], pause: float = 2.0) -> pd.DataFrame:
    said = ["sad" if is_right else "fear" for is_right in right]
    at = [n * pause for n in range(len(right))]
    return pd.DataFrame({"pressed_at": at, "verdict": said, "reference": "sad"})


def test_who_tires_agrees_less_in_the_last_third_of_a_sitting() -> None:
    drifted = drift(presses([True] * 60 + [False] * 30))
    assert (drifted.early, drifted.late) == (Proportion(30, 30), Proportion(0, 30))
    assert drifted.change_interval == pytest.approx((-1, -0.84), abs=0.01)


def test_a_change_of_pace_is_seen() -> None:
    said = presses([True] * 90)
    said.loc[60:, "pressed_at"] = 118 + (said.index[60:] - 59) * 5.0
    drifted = drift(said)
    assert (drifted.early_pace_seconds, drifted.late_pace_seconds) == (2, 5)


def test_short_sittings_and_presses_without_a_clock_show_no_drift() -> None:
    assert drift(presses([True] * 29)).early == Proportion(0, 0)
    unknown = presses([True] * 90).assign(pressed_at=NAN)
    assert drift(unknown).late == Proportion(0, 0)

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from curator.core.review.proportions import Proportion, difference_interval


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_that_of_wilson(case: tuple[int, int]) -> None:
    hits, cases = case
    known = binomtest(hits, cases).proportion_ci(method="wilson")
    assert Proportion(hits, cases).interval == pytest.approx((known.low, known.high), abs=1e-9)


def test_without_cases_nothing_is_known() -> None:
    share = Proportion(0, 0)
    assert isnan(share.value)
    assert share.interval == (0, 1)
    assert difference_interval(share, Proportion(1, 2)) == (-1, 1)


@pytest.mark.parametrize(("cases", "says_much"), [(19, False), (20, True)])
def test_a_share_of_few_cases_says_little(cases: int, *, says_much: bool) -> None:
    assert Proportion(1, cases).says_much is says_much


@pytest.mark.parametrize(("hits", "cases"), [(-1, 2), (3, 2)])
def test_a_share_has_no_more_hits_than_cases(hits: int, cases: int) -> None:
    with pytest.raises(ValueError, match="`hits` must be from 0 to `cases`"):
        Proportion(hits, cases)


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_interval_of_a_change_holds_the_change_and_turns_with_it(a: int, b: int) -> None:
    before, after = Proportion(a, 40), Proportion(b, 40)
    low, high = difference_interval(before, after)
    assert -1 <= low <= after.value - before.value <= high <= 1
    assert difference_interval(after, before) == pytest.approx((-high, -low))

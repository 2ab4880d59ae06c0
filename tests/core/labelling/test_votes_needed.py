import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.labelling.votes_needed import VotesNeededRule


def test_a_fixed_number_is_asked_whatever_is_said() -> None:
    rule = VotesNeededRule(first_votes=3, lead_by=0, most_votes=3)
    assert [rule.wanted(votes, lead) for votes, lead in ((0, 0), (2, 0), (2, 2), (3, 1))] == [
        3,
        1,
        1,
        0,
    ]


def test_one_annotator_may_be_enough() -> None:
    rule = VotesNeededRule(first_votes=1, lead_by=1, most_votes=1)
    assert (rule.wanted(0, 0), rule.wanted(1, 1)) == (1, 0)


def test_nobody_more_is_asked_once_there_are_the_most_votes() -> None:
    assert VotesNeededRule().wanted(5, 1) == 0
    assert VotesNeededRule().wanted(6, 0) == 0  # a face that came back with more


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4), st.integers(0, 4))
def test_those_asked_at_once_are_never_one_too_many(
    said: list[int], first_votes: int, lead_by: int
) -> None:
    rule = VotesNeededRule(first_votes, lead_by, 5)
    for votes in range(min(len(said), 5)):
        wanted = rule.wanted(votes, lead_of(said[:votes]))
        if wanted == 0:
            break
        for asked in (said[: votes + more] for more in range(1, wanted)):
            assert rule.wanted(len(asked), lead_of(asked)) > 0


def lead_of(said: list[int]) -> int:
    counts = sorted((said.count(verdict) for verdict in set(said)), reverse=True)
    return counts[0] - (counts[1] if len(counts) > 1 else 0) if counts else 0


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ((0, 2, 5), "`first_votes` must be at least 1"),
        ((2, -1, 5), "`lead_by` must be at least 0"),
        ((3, 2, 2), "`most_votes` must be at least `first_votes`, 3"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(
    numbers: tuple[int, int, int], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        VotesNeededRule(*numbers)

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.duplicates.hash_index_plans import ALL_PAIRS, IndexLayout, Plan, cheapest_plan
from curator.core.duplicates.hash_search import Hashes, HashPairs, near_hashes

_rows = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30)
# Few bits, so that keys are shared by many; and copies of one hash with single bits flipped.
_clustered = st.lists(st.integers(0, 15), max_size=30)
_copies = st.lists(st.sampled_from([0, 0, *(1 << bit for bit in range(63)), -(2**63)]), max_size=30)
some_hashes = _rows | _clustered | _copies
distances = st.integers(0, 64)
BLOCKS_AND_SHARED = [
    *product((1, 2, 3, 5, 8, 9), (1, 2, 3, 4)),
    (16, 1),
    (33, 1),
    (64, 1),
    (64, 64),
]
PLANS = [ALL_PAIRS, *(Plan(blocks, min(blocks, shared)) for blocks, shared in BLOCKS_AND_SHARED)]

Found = list[tuple[int, int, int]]


def bits_apart(a: int, b: int) -> int:
    return ((a ^ b) & (2**64 - 1)).bit_count()


def by_counting(hashes: Sequence[int], others: Sequence[int] | None, distance: int) -> Found:
    """Compare all pairs, one after the other."""
    if others is None:
        places, others = list(combinations(range(len(hashes)), 2)), hashes
    else:
        places = list(product(range(len(hashes)), range(len(others))))
    apart = [(i, j, bits_apart(hashes[i], others[j])) for i, j in places]
    return [pair for pair in apart if pair[2] <= distance]


def rows(pairs: HashPairs) -> Found:
    columns = (pairs.first, pairs.second, pairs.distance)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def as_hashes(values: Sequence[int]) -> Hashes:
    return np.array(values, dtype=np.int64)


def random_hashes(count: int, seed: int = 0) -> Hashes:
    return np.random.default_rng(seed).integers(-(2**63), 2**63, count)


def spread_copies(count: int, originals: int, most_flipped: int) -> Hashes:
    """Make hashes that lie around few originals, as those of faces do."""
    random = np.random.default_rng(1)
    hashes = random_hashes(originals)[random.integers(0, originals, count)]
    for _ in range(most_flipped):
        is_flipped = random.random(count) < 0.5
        hashes ^= is_flipped * (np.int64(1) << random.integers(0, 64, count))
    return hashes


def by_table(hashes: Hashes, others: Hashes, distance: int) -> Found:
    apart = np.bitwise_count((hashes[:, None] ^ others).view(np.uint64))
    return [(int(i), int(j), int(apart[i, j])) for i, j in np.argwhere(apart <= distance)]


@given(some_hashes, distances)
def test_pairs_within_are_those_that_counting_bits_one_by_one_finds(
    hashes: list[int], distance: int
) -> None:
    found = rows(near_hashes(as_hashes(hashes), distance=distance))
    assert found == by_counting(hashes, None, distance)


@given(some_hashes, some_hashes, distances)
def test_pairs_across_are_those_that_counting_bits_one_by_one_finds(
    hashes: list[int], others: list[int], distance: int
) -> None:
    found = rows(near_hashes(as_hashes(hashes), as_hashes(others), distance=distance))
    assert found == by_counting(hashes, others, distance)


@given(st.sampled_from(PLANS), st.data(), some_hashes, some_hashes)
def test_each_plan_finds_each_pair_once(
    plan: Plan, data: st.DataObject, hashes: list[int], others: list[int]
) -> None:
    distance = data.draw(st.integers(0, 64 if plan == ALL_PAIRS else plan.blocks - plan.shared))
    within = near_hashes(as_hashes(hashes), distance=distance, plan=plan)
    assert rows(within) == by_counting(hashes, None, distance)
    across = near_hashes(as_hashes(hashes), as_hashes(others), distance=distance, plan=plan)
    assert rows(across) == by_counting(hashes, others, distance)


def test_a_pair_that_differs_in_all_bits_left_free_is_found() -> None:
    hashes = as_hashes([0, 1 << 17])
    assert rows(near_hashes(hashes, distance=1, plan=Plan(64, 63))) == [(0, 1, 1)]


@pytest.mark.parametrize("plan", [ALL_PAIRS, Plan(7, 1), Plan(8, 2), Plan(9, 3)], ids=str)
@pytest.mark.parametrize("originals", [1, 3, 200])
def test_runs_of_any_length_are_compared_whole(plan: Plan, originals: int) -> None:
    hashes = spread_copies(1000, originals, most_flipped=12)
    upper = [(i, j, apart) for i, j, apart in by_table(hashes, hashes, 6) if i < j]
    assert len(upper) > 100
    assert rows(near_hashes(hashes, distance=6, plan=plan)) == upper
    new, old = hashes[:300], hashes[300:]
    assert rows(near_hashes(new, old, distance=6, plan=plan)) == by_table(new, old, 6)


def test_more_rows_and_columns_than_a_tile_holds_are_all_compared() -> None:
    hashes = random_hashes(9000)
    hashes[8999] = hashes[3] ^ 1
    hashes[4096] = hashes[4095] ^ 3
    for plan in (ALL_PAIRS, Plan(3, 1)):
        assert rows(near_hashes(hashes, distance=2, plan=plan)) == [(3, 8999, 1), (4095, 4096, 2)]


def test_few_hashes_are_compared_with_all_of_many_from_either_side() -> None:
    many = random_hashes(70_000)
    few = many[[0, 40_000, 69_999]] ^ 1
    expected = [(0, 0, 1), (1, 40_000, 1), (2, 69_999, 1)]
    assert rows(near_hashes(few, many, distance=6, plan=ALL_PAIRS)) == expected
    turned = [(second, first, apart) for first, second, apart in expected]
    assert rows(near_hashes(many, few, distance=6, plan=ALL_PAIRS)) == turned


def test_equal_hashes_are_all_paired() -> None:
    hashes = np.full(1500, -1)
    found = near_hashes(hashes, distance=0)
    first, second = np.triu_indices(1500, k=1)
    assert np.array_equal(found.first, first)
    assert np.array_equal(found.second, second)
    assert not found.distance.any()
    assert len(near_hashes(hashes, hashes[:7], distance=0).first) == 1500 * 7


@pytest.mark.parametrize("plan", [None, ALL_PAIRS, Plan(8, 2)], ids=str)
@pytest.mark.parametrize("count", [0, 1])
def test_nothing_pairs_with_nothing(plan: Plan | None, count: int) -> None:
    few, none = random_hashes(count), random_hashes(0)
    for found in (
        near_hashes(few, distance=6, plan=plan),
        near_hashes(few, none, distance=6, plan=plan),
        near_hashes(none, few, distance=6, plan=plan),
    ):
        assert rows(found) == []
        kinds = [column.dtype.name for column in (found.first, found.second, found.distance)]
        assert kinds == ["int64", "int64", "uint8"]


def test_two_hashes_pair_from_the_distance_between_them_on() -> None:
    hashes = as_hashes([0, -1])
    assert rows(near_hashes(hashes, distance=63)) == []
    assert rows(near_hashes(hashes, distance=64)) == [(0, 1, 64)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(threads: int) -> None:
    hashes = spread_copies(2000, 100, most_flipped=12)
    expected = rows(near_hashes(hashes, distance=6, plan=ALL_PAIRS))
    assert rows(near_hashes(hashes, distance=6, plan=Plan(8, 2), threads=threads)) == expected


def test_what_is_given_stays_as_it_was() -> None:
    hashes = random_hashes(500)
    before = hashes.copy()
    near_hashes(hashes, hashes[::-2], distance=6, plan=Plan(8, 2))
    assert np.array_equal(hashes, before)


@pytest.mark.parametrize("distance", [-1, 65])
def test_a_distance_of_other_bits_than_there_are_is_refused(distance: int) -> None:
    with pytest.raises(ValueError, match=rf"from 0 to 64 bits\. Received: {distance}"):
        near_hashes(as_hashes([1]), distance=distance)


def test_numbers_that_are_no_64_bit_hashes_are_refused() -> None:
    narrow = np.array([1, 2], dtype=np.int32)
    with pytest.raises(ValueError, match="Received: 1 dimensions of int32"):
        near_hashes(narrow, distance=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one-dimensional"):
        near_hashes(as_hashes([1]), random_hashes(4).reshape(2, 2), distance=1)


def test_a_plan_that_would_miss_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at most 2 of 8 blocks.* within 6 bits\. Received: 3"):
        near_hashes(as_hashes([1]), distance=6, plan=Plan(8, 3))


@pytest.mark.parametrize(("blocks", "shared"), [(0, 0), (65, 1), (4, 5), (4, -1)])
def test_a_plan_of_impossible_blocks_is_refused(blocks: int, shared: int) -> None:
    with pytest.raises(ValueError, match=f"Received: {blocks} and {shared}"):
        Plan(blocks, shared)


@given(_rows, st.integers(1, 64), st.data())
def test_bits_come_back_to_where_they_were(
    hashes: list[int], blocks: int, data: st.DataObject
) -> None:
    values = as_hashes(hashes).view(np.uint64)
    layout = IndexLayout.dealt(values, blocks)
    assert sorted(bit for block in layout.blocks for bit in block) == list(range(64))
    chosen = tuple(sorted(data.draw(st.sets(st.integers(0, blocks - 1)))))
    moved = layout.to_top(chosen)(layout.to_blocks()(values))
    assert np.array_equal(layout.back(chosen)(moved), values)
    assert np.array_equal(np.bitwise_count(moved), np.bitwise_count(values))


def test_bits_that_tell_nothing_are_shared_out_among_the_blocks() -> None:
    values = random_hashes(1000).view(np.uint64) & np.uint64(2**32 - 1)
    layout = IndexLayout.dealt(values, 8)
    assert [sum(bit < 32 for bit in block) for block in layout.blocks] == [4] * 8


def test_few_hashes_are_compared_with_all_and_many_by_their_keys() -> None:
    def plan(count: int, distance: int) -> Plan:
        sample = random_hashes(min(count, 8192)).view(np.uint64)
        return cheapest_plan(sample, count, count**2 // 2, distance)

    assert plan(500, 6) == ALL_PAIRS
    assert plan(100_000, 6).shared == 2
    assert plan(100_000, 40) == ALL_PAIRS


def test_hashes_that_are_nearly_one_are_compared_with_all() -> None:
    """All share their keys, so that keys would only bring all pairs many times."""
    sample = random_hashes(8192).view(np.uint64) & np.uint64(0b1111111111111)
    assert cheapest_plan(sample, 100_000, 100_000**2 // 2, 6) == ALL_PAIRS

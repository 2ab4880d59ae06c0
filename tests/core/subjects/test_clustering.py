import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from curator.core.subjects import clustering as module
from curator.core.subjects.clustering import SubjectRule, found_subjects, spelled_alike

ONE_SOURCE = 0
UNTOLD = -1


def found(
    places: list[float],
    stated: list[int] | None = None,
    sources: list[int] | None = None,
    rule: SubjectRule | None = None,
) -> list[int]:
    """Group faces whose embeddings are points of a line."""
    count = len(places)
    groups = found_subjects(
        np.array(places, np.float32).reshape(count, 1),
        np.array(sources or [ONE_SOURCE] * count, np.int64),
        np.array(stated or [UNTOLD] * count, np.int64),
        rule or SubjectRule(reach=1.0, min_likeness=0.5),
    )
    return [int(group) for group in groups]


def together(groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of every two faces whether they are in one group."""
    tied = (groups[:, None] == groups) & (groups >= 0)
    return np.asarray(tied | np.eye(len(groups), dtype=bool))


def test_faces_near_each_other_show_one_person_and_a_lone_face_shows_no_found_one() -> None:
    assert found([0.0, 5.0, 0.1, 9.0, 5.2, 0.2]) == [0, 1, 0, -1, 1, 0]


def test_nothing_is_found_among_no_faces_and_of_one_face() -> None:
    assert found([]) == []
    assert found([1.0]) == [-1]


def test_a_chain_of_faces_does_not_become_one_person() -> None:
    # Each is near the next alone, by 0.4: the lists of the middle two are (.4, 1, .4, 0) and
    # (0, .4, 1, .4), and alike by .8 / 1.32; those at the ends are alike by .8 / 1.24 and come
    # first. Of the four pairs between the two groups one is alike: by .15 on average.
    assert found([0.0, 0.6, 1.2, 1.8]) == [0, 0, 1, 1]


def test_one_look_alike_ties_nobody_to_a_group() -> None:
    # The last is near the first alone, by 0.1, and their lists have little in common.
    assert found([0.0, 0.1, 0.2, 0.3, -0.9], rule=SubjectRule(1.0, 0.2)) == [0, 0, 0, 0, -1]
    assert found([0.0, -0.9], rule=SubjectRule(1.0, 0.19)) == [0, 0]


def test_faces_of_a_stated_subject_stay_together_however_far_apart() -> None:
    # The third is alike with one of the two told ones: by half on average.
    rule = SubjectRule(1.0, 0.45)
    assert found([0.0, 9.0, 0.0, 5.0], stated=[4, 4, -1, -1], rule=rule) == [0, 0, 0, -1]


def test_a_stated_subject_that_nothing_is_tied_to_is_not_found() -> None:
    assert found([0.0, 0.1, 5.0], stated=[4, 4, -1]) == [-1, -1, -1]


def test_what_one_source_tells_apart_is_never_tied_not_even_by_a_third_face() -> None:
    assert found([0.0, 0.0], stated=[1, 2]) == [-1, -1]
    assert found([0.0, 0.1, 0.3], stated=[1, -1, 2]) == [0, 0, -1]


def test_two_sources_may_call_one_person_by_two_names() -> None:
    assert found([0.0, 0.1], stated=[1, 2], sources=[0, 1]) == [0, 0]


def test_a_group_keeps_what_each_of_its_sources_has_told() -> None:
    # The second and the third are nearest, but their source tells them apart.
    assert found([0.0, 0.1, 0.15], stated=[1, 5, 6], sources=[0, 1, 1]) == [0, 0, -1]


def likeness(embeddings: NDArray[np.float32], reach: float) -> NDArray[np.float64]:
    """Compute how alike every two faces are, as the rule has it, in the plainest way."""
    wide = embeddings.astype(np.float64)
    distance = np.linalg.norm(wide[:, None] - wide, axis=2)
    near = np.maximum(1 - distance / reach, 0)
    lengths = np.linalg.norm(near, axis=1)
    return np.asarray((near @ near.T) / np.outer(lengths, lengths) * (distance < reach))


@pytest.mark.parametrize("at_a_time", [2, 3, 1000])
@given(
    count=st.integers(2, 25),
    seed=st.integers(0, 2**32 - 1),
    reach=st.floats(0.5, 4),
    least=st.floats(0.05, 0.9),
)
def test_without_anything_stated_it_is_average_linkage(
    at_a_time: int, count: int, seed: int, reach: float, least: float
) -> None:
    embeddings = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "TILE_FACES", at_a_time)
        patched.setattr(module, "ROWS", at_a_time)
        none, nothing = np.zeros(count, np.int64), np.full(count, UNTOLD)
        groups = found_subjects(embeddings, none, nothing, SubjectRule(reach, least))
    unlike = squareform(1 - likeness(embeddings, reach), checks=False)
    expected = fcluster(linkage(unlike, "average"), 1 - least, "distance")
    assert np.array_equal(together(groups), together(np.asarray(expected, np.int64)))


@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_faces_changes_nothing_and_what_is_stated_stands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 30
    embeddings = rng.normal(size=(count, 2)).astype(np.float32)
    sources, stated = rng.integers(0, 3, count), rng.integers(-1, 4, count)
    rule = SubjectRule(1.5, 0.3)
    tied = together(found_subjects(embeddings, sources, stated, rule))
    order = rng.permutation(count)
    again = together(found_subjects(embeddings[order], sources[order], stated[order], rule))
    assert np.array_equal(again, tied[np.ix_(order, order)])
    of_one_source = sources[:, None] == sources
    told = (stated[:, None] >= 0) & (stated >= 0) & of_one_source
    assert not (tied & told & (stated[:, None] != stated)).any()


@pytest.mark.parametrize(
    ("reach", "min_likeness", "message"),
    [
        (0, 0.2, "`reach` must be above 0. Received: 0"),
        (1, 0, "`min_likeness` must be above 0 and at most 1. Received: 0"),
        (1, 1.1, "`min_likeness` must be above 0 and at most 1. Received: 1.1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    reach: float, min_likeness: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SubjectRule(reach, min_likeness)


def test_names_are_one_whatever_their_case_and_signs() -> None:
    assert {spelled_alike(name) for name in ("KA", "ka", " k-a ", "K_A")} == {"ka"}
    assert spelled_alike("?") == ""

"""Which faces show the same person, told by how near their embeddings are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, eye_array, triu

TILE_FACES = 2048
"""Faces that are compared with as many others at a time: a table of 16 MB."""

ROWS = 256
"""Faces whose lists of others near them are compared at a time."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class SubjectRule:
    """When faces are taken to show the same person.

    A face has others near it: those less than `reach` away, the more the nearer. Two faces
    near each other are alike as far as the same others are near both, from 0 to 1 (the
    cosine of the two lists of nearness); all other faces by 0. Two groups of faces show one
    person when their faces, each of the one with each of the other, are alike by
    `min_likeness` on average: one look-alike ties nobody to a large group, and groups do
    not grow along chains.

    Attributes:
        reach: In distance of embeddings; above 0.
        min_likeness: Above 0 and at most 1.
    """

    reach: float = 0.55
    min_likeness: float = 0.1

    def __post_init__(self) -> None:
        if self.reach <= 0:
            raise ValueError(f"`reach` must be above 0. Received: {self.reach}")
        if not 0 < self.min_likeness <= 1:
            raise ValueError(
                f"`min_likeness` must be above 0 and at most 1. Received: {self.min_likeness}"
            )


RULES: Mapping[str, SubjectRule] = {"usual": SubjectRule(), "strict": SubjectRule(reach=0.5)}
"""What people choose from. The strict one ties fewer strangers and fewer of the same person,
which pays where there are many: strangers who look alike grow with the square of the faces."""


def found_subjects(
    embeddings: NDArray[np.float32], sources: Numbers, stated: Numbers, rule: SubjectRule
) -> Numbers:
    """Group faces by the person they show.

    It is average linkage on the likeness of `SubjectRule`: the two groups that are most
    alike become one, again and again. What sources state stands: the faces of a stated
    subject begin as one group, and those that one source states to show two persons
    never come into one.

    Args:
        embeddings: float32 (n, d), compared by their Euclidean distance.
        sources: int (n,), the number of each face's source, from 0.
        stated: int (n,), the number of the subject that its source states, from 0; -1
            where it states none.

    Returns:
        int (n,), the number of each face's group, from 0 in the order of the first faces;
        -1 for faces that are tied to none but those of their own stated subject.

    Example:
        >>> ann, bob, ann_again = [0.0], [1.0], [0.1]
        >>> faces = np.array([bob, ann, ann_again], np.float32)
        >>> found_subjects(faces, np.zeros(3, int), np.full(3, -1), SubjectRule()).tolist()
        [-1, 0, 0]
    """
    part = group = _stated_groups(sources, stated)
    known = np.full((len(group), sources.max(initial=-1) + 1), -1)
    known[np.arange(len(group)), sources] = stated
    known, ties = _known(known, group), _joined(_ties(embeddings, rule.reach), group)
    while len(pairs := _best_for_both(ties, np.bincount(group), known, rule.min_likeness)):
        into = np.arange(len(known))
        into[pairs[:, 1]] = pairs[:, 0]
        into = np.unique(into, return_inverse=True)[1]
        known, ties, group = _known(known, into), _joined(ties, into), into[group]
    return _numbered(group, part)


def _stated_groups(sources: Numbers, stated: Numbers) -> Numbers:
    alone = np.arange(len(stated))
    keys = np.stack([np.where(stated < 0, -1, sources), np.where(stated < 0, alone, stated)])
    return np.unique(keys, axis=1, return_inverse=True)[1].reshape(-1)


def _known(known: Numbers, group: Numbers) -> Numbers:
    """Gather what is stated of groups, (groups, sources), for the groups that they become."""
    gathered = np.full((group.max(initial=-1) + 1, known.shape[1]), -1)
    np.maximum.at(gathered, group, known)
    return gathered


def _numbered(group: Numbers, part: Numbers) -> Numbers:
    """Count the groups of two parts or more in the order of their first faces; others are -1."""
    _, a_face = np.unique(part, return_index=True)
    parts = np.bincount(group[a_face])
    is_tied = parts[group] > 1
    numbers = np.full(len(group), -1)
    numbers[is_tied] = pd.factorize(group[is_tied])[0]
    return numbers


@dataclass(frozen=True, eq=False)
class _Ties:
    """Pairs of groups in their order, each once, with the summed likeness of their faces."""

    first: Numbers
    second: Numbers
    likeness: NDArray[np.float64]


def _ties(embeddings: NDArray[np.float32], reach: float) -> _Ties:
    """Tie every two faces that are near each other by how alike they are."""
    near = _nearness(embeddings, reach)
    lengths = np.sqrt(np.asarray(near.multiply(near).sum(axis=1)))
    lists = csr_array(near.multiply(1 / lengths[:, None]))
    parts = [
        _alike(lists, near, slice(start, start + ROWS))
        for start in range(0, max(len(embeddings), 1), ROWS)
    ]
    first, second, likeness = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Ties(first, second, likeness)


def _alike(
    lists: csr_array, near: csr_array, rows: slice
) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    alike = triu((lists[rows] @ lists.T).multiply(near[rows] > 0), k=rows.start + 1).tocoo()
    return alike.row.astype("int64") + rows.start, alike.col.astype("int64"), alike.data


def _nearness(embeddings: NDArray[np.float32], reach: float) -> csr_array:
    """Compare every two faces: (n, n), 1 for the same place, 0 from `reach` on."""
    parts = list(_near_in_tiles(embeddings, reach)) or [(np.empty(0, int),) * 3]
    first, second, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    count = len(embeddings)
    near = coo_array((1 - distance.astype("float64") / reach, (first, second)), (count, count))
    return csr_array(near + near.T + eye_array(count))


def _near_in_tiles(
    embeddings: NDArray[np.float32], reach: float
) -> Iterator[tuple[Numbers, Numbers, NDArray[np.float32]]]:
    squares = np.einsum("ij,ij->i", embeddings, embeddings)
    starts = range(0, len(embeddings), TILE_FACES)
    for top, left in combinations_with_replacement(starts, 2):
        rows, columns = slice(top, top + TILE_FACES), slice(left, left + TILE_FACES)
        squared = embeddings[rows] @ embeddings[columns].T
        squared *= -2
        squared += squares[rows, None]
        squared += squares[columns]
        if top == left:
            squared[np.tril_indices(len(squared))] = np.inf
        first, second = np.nonzero(squared < reach**2)
        yield first + top, second + left, np.sqrt(np.maximum(squared[first, second], 0))


def _joined(ties: _Ties, group: Numbers) -> _Ties:
    """Sum the ties between what have become groups; those within one are gone."""
    ends = np.sort(np.stack([group[ties.first], group[ties.second]]), axis=0)
    apart = ends[0] != ends[1]
    count = group.max(initial=0) + 1
    pair, place = np.unique(ends[0, apart] * count + ends[1, apart], return_inverse=True)
    likeness = np.zeros(len(pair))
    np.add.at(likeness, place, ties.likeness[apart])
    return _Ties(pair // count, pair % count, likeness)


def _best_for_both(ties: _Ties, sizes: Numbers, known: Numbers, min_likeness: float) -> Numbers:
    """Find the pairs of groups each of which is the one most like the other: (pairs, 2).

    To join other groups first makes none of them less so: all can be joined at once.
    """
    mean = ties.likeness / (sizes[ties.first] * sizes[ties.second])
    places = np.nonzero(mean >= min_likeness)[0]
    places = places[~_contradict(known[ties.first[places]], known[ties.second[places]])]
    places = places[np.argsort(-mean[places], kind="stable")]
    pairs = np.stack([ties.first[places], ties.second[places]], axis=1)
    best, rank = np.full(len(sizes), len(pairs)), np.arange(len(pairs))
    np.minimum.at(best, pairs[:, 0], rank)
    np.minimum.at(best, pairs[:, 1], rank)
    is_best = (best[pairs] == rank[:, None]).all(axis=1)
    return np.asarray(pairs[is_best], np.int64)


def _contradict(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Tell of which pairs a source states two subjects: bool (pairs,) of two (pairs, sources)."""
    differ = (some >= 0) & (others >= 0) & (some != others)
    return np.asarray(differ.any(axis=1), np.bool_)


def spelled_alike(subject: str) -> str:
    """Bring a subject's name to the form in which its spellings are equal.

    What has neither letters nor digits names nobody and becomes empty.

    Example:
        >>> spelled_alike("Eva Lind"), spelled_alike("eva_lind"), spelled_alike("?")
        ('evalind', 'evalind', '')
    """
    return "".join(letter for letter in subject.casefold() if letter.isalnum())

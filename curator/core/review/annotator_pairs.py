"""How far any two annotators agree on the faces that both have seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from curator.core.consensus.vote_matrix import Codes, Shares, VoteMatrix
from curator.core.review.bootstrap import Figure, interval_of, resampled, value_of

RESAMPLES_PER_PAIR = 200


@dataclass(frozen=True)
class AnnotatorPair:
    """Two annotators and how far they agree.

    Attributes:
        first: The lower annotator id.
        second: The higher one.
        share: Of the faces that both annotated, those of which they say the same.
        kappa: Cohen's kappa: that share beyond what chance would give.
    """

    first: int
    second: int
    share: Figure
    kappa: Figure


def annotator_pairs(
    votes: VoteMatrix, *, seed: int = 0, resamples: int = RESAMPLES_PER_PAIR
) -> list[AnnotatorPair]:
    """Measure the agreement of every two annotators with a face in common.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960).

    Returns:
        By first and second annotator id.
    """
    return [
        _pair(cells, len(votes.names), resampled(cells.often, seed, resamples))
        for cells in _cells_of_pairs(votes)
    ]


@dataclass(frozen=True)
class _Cells:
    """What two annotators said of the same faces.

    Attributes:
        first: The lower annotator id.
        second: The higher one.
        said: (c, 2), what they said: places of verdicts.
        often: (c,), of how many faces they said this.
    """

    first: int
    second: int
    said: Codes
    often: Codes


def _cells_of_pairs(votes: VoteMatrix) -> Iterator[_Cells]:
    verdicts, people = len(votes.names), len(votes.annotator_ids)
    codes, often = np.unique(_pair_codes(votes), return_counts=True)
    pairs, cells = np.divmod(codes, verdicts**2)
    said = np.stack(np.divmod(cells, verdicts), axis=1)
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    for start, end in zip(starts, np.append(starts, len(pairs))[1:], strict=True):
        first, second = votes.annotator_ids[list(divmod(int(pairs[start]), people))]
        # Drawing is quicker from the most frequent on.
        order = start + np.argsort(-often[start:end], kind="stable")
        yield _Cells(int(first), int(second), said[order], often[order])


def _pair_codes(votes: VoteMatrix) -> Codes:
    order = np.lexsort((votes.annotators, votes.faces))
    faces, who, said = votes.faces[order], votes.annotators[order], votes.verdicts[order]
    verdicts, people = len(votes.names), len(votes.annotator_ids)
    most = int(np.bincount(faces, minlength=1).max())
    # The annotations of a face lie together: each is paired with the next, the one after …
    found = [np.zeros(0, dtype=np.int64)]
    for step in range(1, most):
        is_same = np.flatnonzero(faces[step:] == faces[:-step])
        one, other = is_same, is_same + step
        pair = who[one] * people + who[other]
        found.append((pair * verdicts + said[one]) * verdicts + said[other])
    return np.concatenate(found)


def _pair(cells: _Cells, verdicts: int, drawn: Shares) -> AnnotatorPair:
    faces = int(cells.often.sum())
    alike = drawn @ (cells.said[:, 0] == cells.said[:, 1]) / faces
    first, second = (drawn @ np.eye(verdicts)[said] / faces for said in cells.said.T)
    by_chance = (first * second).sum(axis=1)
    is_defined = by_chance < 1 - 1e-12
    undefined = np.full_like(alike, np.nan)
    kappa = np.divide(alike - by_chance, 1 - by_chance, out=undefined, where=is_defined)
    return AnnotatorPair(cells.first, cells.second, _figure(alike, faces), _figure(kappa, faces))


def _figure(estimates: Shares, faces: int) -> Figure:
    return Figure(value_of(estimates), interval_of(estimates, faces), faces, 2 * faces, faces)

"""Which faces with a known label tell most about annotators."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from db.labels import Expression

FEWEST_DISAGREEMENTS = 50
MOST_PAIRS = 6

Pair = tuple[Expression, Expression]

USUAL_PAIRS: tuple[Pair, ...] = (
    (Expression.NEUTRAL, Expression.SAD),
    (Expression.FEAR, Expression.SURPRISE),
    (Expression.ANGRY, Expression.DISGUST),
    (Expression.ANGRY, Expression.NEUTRAL),
    (Expression.HAPPY, Expression.NEUTRAL),
    (Expression.ANGRY, Expression.SURPRISE),
)
"""What `confusable_pairs` returns for the votes of FER+ (Barsoum et al. 2016, "Training deep
networks for facial expression recognition with crowd-sourced label distribution")."""


def confusable_pairs(counts: pd.DataFrame) -> list[Pair]:
    """Rank pairs of labels by how often two annotators of one face are split between them.

    The measure is the count of such pairs of votes over the geometric mean of all pairs of
    votes with either label, so that a rare label is not drowned by a frequent one.

    Args:
        counts: One row per face, a column per label with its votes; others do not matter.

    Returns:
        At most six pairs, the most confused first; the usual ones while there are fewer
        than 50 pairs of votes that disagree.

    Example:
        >>> votes = pd.DataFrame(0, index=range(60), columns=[str(label) for label in Expression])
        >>> votes[["fear", "sad"]] = 1
        >>> confusable_pairs(votes)
        [(<Expression.FEAR: 'fear'>, <Expression.SAD: 'sad'>)]
    """
    votes = counts[[str(label) for label in Expression]].to_numpy(dtype=np.float64)
    together = votes.T @ votes - np.diag(votes.sum(axis=0))
    if np.triu(together, 1).sum() < FEWEST_DISAGREEMENTS:
        return list(USUAL_PAIRS)
    of_label = np.maximum(together.sum(axis=1), 1)
    confused = together / np.sqrt(np.outer(of_label, of_label))
    pairs = [(i, j) for i, j in combinations(range(len(Expression)), 2) if confused[i, j] > 0]
    pairs.sort(key=lambda pair: -confused[pair])
    labels = list(Expression)
    return [(labels[i], labels[j]) for i, j in pairs[:MOST_PAIRS]]


@dataclass(frozen=True)
class GoldChoice:
    """Faces chosen as gold.

    Attributes:
        labels: The label of each face, by face id.
        found: How many faces were found for each pair.
    """

    labels: dict[int, Expression]
    found: dict[Pair, int]


def choose_gold(candidates: pd.DataFrame, pairs: list[Pair], per_pair: int) -> GoldChoice:
    """Choose as many faces for each pair of labels, half of either label.

    Faces on which some annotator said the other label of the pair come first, for they
    are the ones that it takes skill to tell; then those with the most votes.

    Args:
        candidates: One row per face whose label is known: `face_id` (int), `label` (str),
            `votes` (int), and a column per label with its votes.
        pairs: As `confusable_pairs` returns them.
        per_pair: Faces for each pair; at least 2.

    Raises:
        ValueError: `per_pair` is below 2.
    """
    if per_pair < 2:
        raise ValueError(f"`per_pair` must be at least 2. Received: {per_pair}")
    labels: dict[int, Expression] = {}
    found: dict[Pair, int] = {}
    for pair in pairs:
        before = len(labels)
        for label, other, count in _halves(pair, per_pair):
            faces = candidates[
                (candidates["label"] == label) & ~candidates["face_id"].isin(list(labels))
            ].sort_values([str(other), "votes", "face_id"], ascending=[False, False, True])
            labels |= {int(face_id): label for face_id in faces["face_id"].head(count)}
        found[pair] = len(labels) - before
    return GoldChoice(labels, found)


def _halves(pair: Pair, per_pair: int) -> list[tuple[Expression, Expression, int]]:
    first, second = pair
    return [(first, second, (per_pair + 1) // 2), (second, first, per_pair // 2)]

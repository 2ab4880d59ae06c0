"""How far annotators say the same of the same faces, all of them together.

n below is a face's counts of verdicts, m their sum; faces with one annotation say nothing
of agreement and are left out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from curator.core.consensus.vote_matrix import Codes, Shares, row_shares
from curator.core.review.bootstrap import RESAMPLES, Figure, interval_of, resampled, value_of


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree.

    Attributes:
        share: Of pairs of annotations of one face, those that say the same.
        unanimous: Of faces, those of which all say the same.
        fleiss: Fleiss' kappa: the share beyond what chance would give.
        krippendorff: Krippendorff's alpha for nominal data.
        labels: Fleiss' kappa of each verdict against all others taken together.
    """

    share: Figure
    unanimous: Figure
    fleiss: Figure
    krippendorff: Figure
    labels: dict[str, Figure]


def agreement(counts: pd.DataFrame, *, seed: int = 0, resamples: int = RESAMPLES) -> Agreement:
    """Measure agreement over faces with any number of annotations each.

    Sources: J. L. Fleiss, "Measuring nominal scale agreement among many raters",
    Psychological Bulletin 76 (1971), every pair of annotations weighing the same where
    faces have unequal numbers; K. Krippendorff, "Content Analysis" (2004), ch. 11, every
    annotation weighing the same.

    Args:
        counts: One row per face, a column per verdict with its votes (int).

    Example:
        >>> votes = pd.DataFrame({"fear": [2, 0, 1], "sad": [0, 2, 1]})
        >>> figures = agreement(votes)
        >>> figures.share.value, figures.fleiss.value, figures.krippendorff.value
        (0.6666666666666666, 0.33333333333333326, 0.4444444444444443)
    """
    sums = _sums(counts, seed, resamples)
    return Agreement(
        share=sums.figure(sums.share()),
        unanimous=sums.figure(sums.unanimous()),
        fleiss=sums.figure(sums.fleiss()),
        krippendorff=sums.figure(sums.krippendorff()),
        labels={str(name): sums.label_figure(place) for place, name in enumerate(counts.columns)},
    )


def human_ceiling(counts: pd.DataFrame, *, seed: int = 0, resamples: int = RESAMPLES) -> Figure:
    """Measure how often an annotator says what the majority of the face's others says.

    Each annotator of a face is held against the others in turn. Where verdicts tie among
    these, saying one of them counts as its part: half of two, a third of three. With more
    others the majority is surer, so that the figure is one of so many annotations a face.

    Args:
        counts: One row per face, a column per verdict with its votes (int).

    Example:
        >>> human_ceiling(pd.DataFrame({"fear": [2, 1], "sad": [1, 1]})).value
        0.2
    """
    sums = _sums(counts, seed, resamples)
    return sums.figure(sums.ceiling())


def _sums(counts: pd.DataFrame, seed: int, resamples: int) -> "_Sums":
    # 20,000 faces with five annotations each have but some hundred different counts.
    votes = counts.to_numpy(dtype=np.int64)
    patterns, faces = np.unique(votes[votes.sum(axis=1) > 1], axis=0, return_counts=True)
    nothing = np.zeros((1, 0))
    return _Sums(patterns, resampled(faces, seed, resamples) if len(faces) else nothing)


class _Sums:
    """Sums over faces of what the figures are made of, for the faces and each resample.

    Each method returns one estimate per row of `weights`: the figure itself first.
    """

    def __init__(self, patterns: Codes, weights: Shares) -> None:
        self.patterns, self.weights = patterns, weights
        self.votes = patterns.sum(axis=1)
        self.paired = self.votes * (self.votes - 1)
        self.alike = (patterns * (patterns - 1)).sum(axis=1)
        self.pairs = weights @ self.paired
        self.totals = weights @ patterns
        self.annotations = self.totals.sum(axis=1)

    def share(self) -> Shares:
        return _ratio(self.weights @ self.alike, self.pairs)

    def unanimous(self) -> Shares:
        is_one = self.patterns.max(axis=1, initial=0) == self.votes
        return _ratio(self.weights @ is_one, self.weights.sum(axis=1))

    def fleiss(self) -> Shares:
        by_chance = (_ratio(self.totals, self.annotations[:, None]) ** 2).sum(axis=1)
        return _ratio(self.share() - by_chance, 1 - by_chance)

    def krippendorff(self) -> Shares:
        seen = 1 - _ratio(self.weights @ (self.alike / (self.votes - 1)), self.annotations)
        equal = (self.totals * (self.totals - 1)).sum(axis=1)
        expected = 1 - _ratio(equal, self.annotations * (self.annotations - 1))
        return 1 - _ratio(seen, expected)

    def ceiling(self) -> Shares:
        return _ratio(self.weights @ _majority_hits(self.patterns), self.annotations)

    def label(self, place: int) -> Shares:
        said = self.patterns[:, place]
        unlike = self.weights @ (said * (self.votes - said))
        part = _ratio(self.totals[:, place], self.annotations)
        return 1 - _ratio(unlike, self.pairs * part * (1 - part))

    def figure(self, estimates: Shares) -> Figure:
        faces = int(self.weights[0].sum())
        return Figure(
            value_of(estimates),
            interval_of(estimates, faces),
            faces,
            int(self.annotations[0]),
            int(self.pairs[0]) // 2,
        )

    def label_figure(self, place: int) -> Figure:
        """Rest on the faces of which somebody says so, and the pairs that one of these is in."""
        said, faces = self.patterns[:, place], self.weights[0]
        pairs = said * (self.votes - said) + said * (said - 1) // 2
        resting_on = int(faces @ (said > 0))
        estimates = self.label(place)
        return Figure(
            value_of(estimates),
            interval_of(estimates, resting_on),
            resting_on,
            int(faces @ said),
            int(faces @ pairs),
        )


def _ratio(numerator: Shares, denominator: Shares) -> Shares:
    # Undefined is NaN in here and None outside; a rounding error is no denominator.
    is_there = np.abs(denominator) > 1e-12
    undefined = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    ratio: Shares = np.divide(numerator, denominator, out=undefined, where=is_there)
    return ratio


def _majority_hits(patterns: Codes) -> Shares:
    verdicts = np.arange(patterns.shape[1])
    others = patterns[:, None, :] - np.eye(len(verdicts), dtype=np.int64)
    is_first = others == others.max(axis=2, keepdims=True, initial=0)
    parts = is_first[:, verdicts, verdicts] / np.maximum(is_first.sum(axis=2), 1)
    hits: Shares = (patterns * parts).sum(axis=1)
    return hits


def confusions(counts: pd.DataFrame) -> pd.DataFrame:
    """Count who says what where another says what: the matrix of coincidences.

    Each annotation of a face is paired with each other one, and all its pairs together
    weigh one, so that faces with many annotations do not drown the rest (Krippendorff 2004).

    Args:
        counts: One row per face, a column per verdict with its votes (int).

    Returns:
        Verdicts by verdicts, symmetric; a row adds up to the annotations that say it on
        faces with two or more.

    Example:
        >>> confusions(pd.DataFrame({"fear": [2, 1], "sad": [1, 1]})).to_numpy()
        array([[1., 2.],
               [2., 0.]])
    """
    compared = counts[counts.sum(axis=1) > 1]
    votes = compared.to_numpy(dtype=np.float64)
    weighed = votes / (votes.sum(axis=1, keepdims=True) - 1)
    together = weighed.T @ votes - np.diag(weighed.sum(axis=0))
    return pd.DataFrame(together, index=counts.columns, columns=counts.columns)


def confusion_shares(together: pd.DataFrame) -> pd.DataFrame:
    """Say of those who say one verdict, which share of the others says which.

    Args:
        together: What `confusions` returns.

    Returns:
        Its rows divided by their sums; rows of verdicts that nobody gave are left out.
    """
    said = together[together.sum(axis=1) > 0]
    return pd.DataFrame(row_shares(said.to_numpy()), said.index, said.columns)

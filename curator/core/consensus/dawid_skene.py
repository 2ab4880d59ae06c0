"""What faces show, judged together with who mistakes what for what."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from curator.core.consensus.vote_matrix import Shares, VoteMatrix, row_shares

SMOOTHING = 1.0
TOLERANCE = 1e-4
MOST_ROUNDS = 200

_TINY = 1e-10


@dataclass(frozen=True)
class DawidSkene:
    """What the method found; f faces, a annotators, k verdicts.

    Attributes:
        posterior: (f, k), how probable each verdict is; each row sums to 1.
        confusions: (a, k, k), how probable it is that an annotator says the third when a
            face shows the second; each row sums to 1.
        rounds: How many it took.
    """

    posterior: Shares
    confusions: Shares
    rounds: int


def dawid_skene(
    votes: VoteMatrix,
    *,
    smoothing: float = SMOOTHING,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> DawidSkene:
    """Find by expectation and maximisation what each face shows and how each annotator errs.

    Begins with the shares of the votes; then says by turns how each annotator errs given
    what the faces show, and what the faces show given how annotators err. Verdicts that
    nobody gave have probability 0. The same votes always give the same.

    Source: A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer
    error-rates using the EM algorithm", Applied Statistics 28 (1979). Their counts are
    smoothed by Laplace's rule, without which somebody with few annotations is believed
    never to err. One annotation spread over all verdicts is enough for that; one for each
    verdict did somewhat better on simulated annotators with the confusions of FER+, but
    left even unanimous faces open while there are few.

    Args:
        votes: At least one.
        smoothing: Annotations added, in equal parts to each verdict, to what an annotator
            said of faces that show one; 0 for the method of 1979.
        tolerance: Ends when no probability changes by more.
        most_rounds: Ends after so many at the latest.
    """
    counts = votes.counts()
    said = np.flatnonzero(counts.any(axis=0))
    seen = _Seen(votes, said)
    posterior, rounds, change = row_shares(counts[:, said]), 0, np.inf
    while change > tolerance and rounds < most_rounds:
        before, rounds = posterior, rounds + 1
        posterior = seen.expectation(seen.maximisation(before, smoothing), before.mean(axis=0))
        change = np.abs(posterior - before).max()
    return DawidSkene(
        _among_all(posterior, said, counts.shape[1]),
        _all_confusions(seen.maximisation(posterior, smoothing), said, counts.shape[1]),
        rounds,
    )


class _Seen:
    """Which annotator said which verdict of which face, as one sparse matrix.

    Its rows are pairs of annotator and verdict said, its columns faces: both halves of a
    round are then one product.
    """

    def __init__(self, votes: VoteMatrix, said: np.ndarray) -> None:
        self.annotators, self.verdicts = len(votes.annotator_ids), len(said)
        rows = votes.annotators * self.verdicts + np.searchsorted(said, votes.verdicts)
        shape = (self.annotators * self.verdicts, len(votes.face_ids))
        self.by_pair = csr_array((np.ones(len(rows)), (rows, votes.faces)), shape=shape)
        self.by_face = self.by_pair.T.tocsr()

    def maximisation(self, posterior: Shares, smoothing: float) -> Shares:
        """Say how each annotator errs: (a, said, shown), each column sums to 1."""
        together = (self.by_pair @ posterior).reshape(self.annotators, self.verdicts, -1)
        smoothed = np.maximum(together + smoothing / self.verdicts, _TINY)
        errors: Shares = smoothed / smoothed.sum(axis=1, keepdims=True)
        return errors

    def expectation(self, errors: Shares, priors: Shares) -> Shares:
        """Say how probable it is that a face shows a verdict."""
        logs = self.by_face @ np.log(errors).reshape(-1, self.verdicts)
        logs += np.log(np.maximum(priors, _TINY))
        return row_shares(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _among_all(posterior: Shares, said: np.ndarray, verdicts: int) -> Shares:
    wide = np.zeros((len(posterior), verdicts))
    wide[:, said] = posterior
    return wide


def _all_confusions(errors: Shares, said: np.ndarray, verdicts: int) -> Shares:
    # Of verdicts that nobody gave nothing is known: any is as probable.
    wide = np.full((len(errors), verdicts, verdicts), 1 / verdicts)
    wide[:, said] = 0
    wide[:, said[:, None], said] = errors.transpose(0, 2, 1)
    return wide

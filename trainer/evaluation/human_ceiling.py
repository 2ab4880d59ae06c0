"""How well people do who label the same faces."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from db.run_folder.figures import Ceiling
from db.snapshot_folder.manifest import VOTE_COLUMNS
from trainer.evaluation.bootstrap import resampled_sums, share_estimate
from trainer.evaluation.predictions import TestPredictions

FEWEST_VOTES: Final = 3
FEWEST_FACES: Final = 10


def human_ceiling(tested: TestPredictions, seed: int) -> Ceiling | None:
    """Judge people and a cell by the labels that most of the others chose.

    Each person in turn is left out and compared with the rest, as Snow et al. 2008 ("Cheap
    and fast, but is it good?") do; where labels tie for the most votes, hitting one of k
    counts 1 / k. The best that any classifier can reach against single votes is the mean
    share of the most frequent label, 1 less the Bayes error (Devroye, Györfi and Lugosi
    1996, ch. 2); taken from few votes it is rather too high.

    Returns:
        None where fewer than ten faces have three votes.
    """
    votes = tested.rows[list(VOTE_COLUMNS)].to_numpy(dtype=np.int64)
    is_voted = votes.sum(axis=1) >= FEWEST_VOTES
    if is_voted.sum() < FEWEST_FACES:
        return None
    kept = tested.among(is_voted)
    hits = np.column_stack(_hits(votes[is_voted], kept.predicted))
    shares = resampled_sums(np.column_stack([hits, np.ones(len(kept))]), kept.units, seed=seed)
    shares = shares[:, :-1] / shares[:, -1:]
    units = kept.unit_count()
    return Ceiling(*(share_estimate(share, faces=len(kept), units=units) for share in shares.T))


def _hits(votes: NDArray[np.int64], predicted: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Work out, for n faces, what `Ceiling` holds the means of, in its order."""
    weights = votes / votes.sum(axis=1, keepdims=True)
    credit = _credit(votes)
    faces = np.arange(len(votes))
    return [
        np.einsum("nl,nll->n", weights, credit),
        np.einsum("nl,nl->n", weights, credit[faces, :, predicted]),
        weights.max(axis=1),
        weights[faces, predicted],
    ]


def _credit(votes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Say what label j counts when a voter for label l is left out, shape (n, l, j).

    Where nobody voted l, there is nobody to leave out, and the weight of l is 0.
    """
    others = votes[:, np.newaxis, :] - np.eye(votes.shape[1], dtype=np.int64)
    leads = others == others.max(axis=2, keepdims=True)
    return np.asarray(leads / leads.sum(axis=2, keepdims=True))

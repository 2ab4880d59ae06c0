"""How far an annotator's word can be relied on, by agreement with the majority."""

import numpy as np

from curator.core.consensus.vote_matrix import Shares, VoteMatrix, row_shares

_TINY = 1e-9


def reliabilities(votes: VoteMatrix) -> Shares:
    """Say how often each annotator says what the majority of a face's annotators says.

    Where several verdicts share the majority, saying one of them counts as its part: half
    of two, a third of three.

    Returns:
        (a,), from 0 to 1.
    """
    counts = votes.counts()
    is_first = counts == counts.max(axis=1, keepdims=True)
    credit = row_shares(is_first.astype(np.int64))[votes.faces, votes.verdicts]
    agreed = np.bincount(votes.annotators, credit, len(votes.annotator_ids))
    said = np.bincount(votes.annotators, minlength=len(votes.annotator_ids))
    shares: Shares = agreed / said
    return shares


def weighted_shares(votes: VoteMatrix) -> Shares:
    """Weigh each vote by how far its annotator can be relied on.

    The rule is known as worker agreement with aggregate (Wawa; Appen, and Ustalov et al.,
    "Learning from Crowds with Crowd-Kit", JOSS 9, 2024). On simulated annotators with the
    confusions of FER+ it did as well as weights by log-odds or without one's own vote,
    and its shares stay what they are called.

    Returns:
        (f, k), the share of the weight that each verdict has; each row sums to 1.

    Example:
        >>> import pandas as pd
        >>> from curator.core.consensus.vote_matrix import coded
        >>> rows = pd.DataFrame({
        ...     "face_id": [1, 1, 1, 2, 2, 2, 3, 3], "annotator_id": [1, 2, 3, 1, 2, 3, 1, 3],
        ...     "verdict": ["sad", "sad", "fear", "sad", "sad", "sad", "sad", "fear"]})
        >>> reliabilities(coded(rows, ["fear", "sad"])).round(3).tolist()
        [0.833, 1.0, 0.5]
        >>> weighted_shares(coded(rows, ["fear", "sad"])).round(3).tolist()
        [[0.214, 0.786], [0.0, 1.0], [0.375, 0.625]]
    """
    # Those whose weight is nothing still have a say where nobody else has one.
    weights = np.maximum(reliabilities(votes), _TINY)[votes.annotators]
    faces, verdicts = len(votes.face_ids), len(votes.names)
    cells = np.bincount(votes.faces * verdicts + votes.verdicts, weights, faces * verdicts)
    return row_shares(cells.reshape(faces, verdicts))

"""When the annotations of a face settle what it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from curator.core.consensus.dawid_skene import dawid_skene
from curator.core.consensus.vote_matrix import Shares, VoteMatrix, coded, row_shares
from curator.core.consensus.weighted_votes import weighted_shares
from db.labels import ConsensusMethod, Expression, Flag

VERDICTS = (*Expression, Flag.NOT_A_FACE, Flag.BAD_CROP, Flag.UNSURE)
"""What an annotator can say of a face."""

COUNT_COLUMNS = ("votes", *(str(verdict) for verdict in VERDICTS))
"""The columns of a consensus that count: all annotations, and those of each verdict."""


@dataclass(frozen=True)
class ConsensusRule:
    """When the annotations of a face settle its label.

    Attributes:
        min_votes: Fewest annotations a face needs; at least 1.
        min_share: Smallest share for one verdict; above 0.5, so that a tie settles nothing,
            and at most 1. It is of the votes by majority, of the weight by weighted votes,
            and the probability by Dawid and Skene.
        method: How the annotations of a face become one label.
    """

    min_votes: int = 2
    min_share: float = 0.6
    method: ConsensusMethod = ConsensusMethod.MAJORITY

    def __post_init__(self) -> None:
        """Refuse what would settle a face by chance."""
        if self.min_votes < 1:
            raise ValueError(f"`min_votes` must be at least 1. Received: {self.min_votes}")
        if not 0.5 < self.min_share <= 1:
            raise ValueError(
                f"`min_share` must be above 0.5 and at most 1. Received: {self.min_share}"
            )


def _posterior(votes: VoteMatrix) -> Shares:
    return dawid_skene(votes).posterior


SHARES: dict[ConsensusMethod, Callable[[VoteMatrix], Shares]] = {
    ConsensusMethod.MAJORITY: lambda votes: row_shares(votes.counts()),
    ConsensusMethod.WEIGHTED: weighted_shares,
    ConsensusMethod.DAWID_SKENE: _posterior,
}
"""What each method gives for at least one vote: (faces, verdicts), each row sums to 1."""


def settle(annotations: pd.DataFrame, rule: ConsensusRule) -> pd.DataFrame:
    """Settle one verdict per face: one of the seven labels, or a flag that leaves it out.

    A face that misses either bound stays unsettled: its verdict is missing, so that no
    later step takes a coin flip for a decision. "Unsure" counts as a vote but settles
    nothing, and no face is settled as what nobody has said of it.

    Args:
        annotations: One row per annotation: `face_id` (int), `annotator_id` (int),
            `verdict` (str, a label or a flag). One annotator annotates a face once; only
            a crowd, whose voters nobody knows apart, stands several times.

    Returns:
        One row per face, by `face_id`: `verdict` (str, missing when unsettled), `votes`
        (int), `share` (float in (0, 1], of its leading verdict by the rule's method),
        `leading` (str, that verdict), and one column per verdict with its count.

    Example:
        >>> votes = pd.DataFrame({
        ...     "face_id": [1, 1, 1, 2, 2], "annotator_id": [1, 2, 3, 1, 2],
        ...     "verdict": ["happy", "happy", "sad", "fear", "sad"]})
        >>> settle(votes, ConsensusRule())[["verdict", "votes"]].fillna("-").to_dict("index")
        {1: {'verdict': 'happy', 'votes': 3}, 2: {'verdict': '-', 'votes': 2}}
    """
    votes = coded(annotations, VERDICTS)
    counts = votes.counts()
    shares = SHARES[rule.method](votes) if len(counts) else row_shares(counts)
    first, rows = shares.argmax(axis=1), np.arange(len(counts))
    faces = pd.Index(votes.face_ids, name="face_id")
    table = pd.DataFrame({"votes": counts.sum(axis=1), "share": shares[rows, first]}, faces)
    table["leading"] = pd.Series(np.array(votes.names, dtype=object)[first], faces, dtype="str")
    is_settled = (
        (table["votes"] >= rule.min_votes)
        & (table["share"] >= rule.min_share)
        & (table["leading"] != Flag.UNSURE)
        & (counts[rows, first] > 0)
    )
    table.insert(0, "verdict", table["leading"].where(is_settled))
    return table.join(pd.DataFrame(counts, faces, list(votes.names)))


def overrule(consensus: pd.DataFrame, final_words: pd.DataFrame) -> pd.DataFrame:
    """Put the reviewers' final words in the place of what the votes settled.

    Args:
        consensus: What `settle` returns.
        final_words: One row per adjudicated face: `face_id` (int), `verdict` (str).

    Returns:
        The consensus with `verdict` replaced where there is a final word, faces without
        any vote added (0 votes, share 0), and a column `is_final` (bool).
    """
    words = final_words.set_index("face_id")["verdict"].astype("str")
    table = consensus.reindex(consensus.index.union(words.index).rename("face_id"))
    counted = list(COUNT_COLUMNS)
    table[counted] = table[counted].fillna(0).astype("int64")
    table["share"] = table["share"].fillna(0)
    table["is_final"] = table.index.isin(words.index)
    table["verdict"] = words.reindex(table.index).where(table["is_final"], table["verdict"])
    return table

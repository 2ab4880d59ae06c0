"""How far the annotators of a project agree. Derived anew at each call."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import VERDICTS
from curator.core.consensus.vote_matrix import VoteMatrix, coded, first_annotations
from curator.core.review.agreement import Agreement, agreement, confusions, human_ceiling
from curator.core.review.annotator_pairs import AnnotatorPair, annotator_pairs
from curator.core.review.bootstrap import Figure
from curator.steps.consensus.settle_labels import latest_annotations
from curator.steps.project.settings import settings
from db.labels import Expression
from db.tables.people import Annotator


@dataclass(frozen=True)
class Counting:
    """Which annotations count for agreement.

    Attributes:
        later: Also those that are asked for only where the first ones of a face disagree.
            They make agreement look worse by the pair and better by the face: on FER+ two
            annotators agree on 61 % of faces, on 42 % of such pairs.
        shown: Also those given with a suggestion on the screen, which pulls towards it.
        flags: Also "unsure", "not a face" and "bad crop", as three verdicts more.
    """

    later: bool = False
    shown: bool = False
    flags: bool = False


@dataclass(frozen=True)
class AgreementReport:
    """How far the annotators of a project agree, and what that rests on.

    Attributes:
        standing: Annotations that stand, whether they count here or not.
        counted: Those that count for all figures but the ceiling.
        faces: Faces with at least one that counts.
        compared: Faces with two or more.
        first: How many of each face's annotations count at most; None for all.
        annotators: Names by annotator id, of those whose annotations count.
        agreement: The figures.
        ceiling: The human ceiling, of all of a face's annotations, for it takes a majority.
        pairs: Every two annotators with a face in common.
        confusions: What `curator.core.review.agreement.confusions` returns.
    """

    standing: int
    counted: int
    faces: int
    compared: int
    first: int | None
    annotators: dict[int, str]
    agreement: Agreement
    ceiling: Figure
    pairs: list[AnnotatorPair]
    confusions: pd.DataFrame


def measure_agreement(
    session: Session, counting: Counting | None = None, *, seed: int = 0
) -> AgreementReport:
    """Measure agreement among the annotations that stand.

    Args:
        counting: Which of them count; by default each face's first blind labels.
        seed: Draws the resamples of the intervals.
    """
    counting = counting or Counting()
    standing = latest_annotations(session)
    seen = standing if counting.shown else standing[standing["is_blind"]]
    first = None if counting.later else _first(session)
    verdicts = [str(verdict) for verdict in (VERDICTS if counting.flags else Expression)]
    votes = coded(seen if first is None else first_annotations(seen, first), verdicts)
    counts = _counts(votes)
    return AgreementReport(
        standing=len(standing),
        counted=len(votes.faces),
        faces=len(counts),
        compared=int((counts.sum(axis="columns") > 1).sum()),
        first=first,
        annotators=_names(session, votes),
        agreement=agreement(counts, seed=seed),
        ceiling=human_ceiling(_counts(coded(seen, verdicts)), seed=seed),
        pairs=annotator_pairs(votes, seed=seed),
        confusions=confusions(counts),
    )


def _first(session: Session) -> int | None:
    """Return how many annotations a face gets whatever they say; None where all are such."""
    stored = settings(session)
    is_adaptive = stored.lead_by > 0 and stored.most_votes > stored.first_votes
    return max(stored.first_votes, 2) if is_adaptive else None


def _counts(votes: VoteMatrix) -> pd.DataFrame:
    return pd.DataFrame(votes.counts(), index=votes.face_ids, columns=list(votes.names))


def _names(session: Session, votes: VoteMatrix) -> dict[int, str]:
    people = select(Annotator.id, Annotator.name).order_by(Annotator.name)
    counted = set(votes.annotator_ids.tolist())
    return {row.id: row.name for row in session.execute(people) if row.id in counted}


def report_as_json(report: AgreementReport) -> dict[str, Any]:
    """Say the report in what JSON can say; people by name."""
    names = report.annotators
    pairs = [
        {**asdict(pair), "first": names[pair.first], "second": names[pair.second]}
        for pair in report.pairs
    ]
    return {
        **asdict(report),
        "annotators": list(names.values()),
        "pairs": pairs,
        "confusions": report.confusions.round(3).to_dict("index"),
    }

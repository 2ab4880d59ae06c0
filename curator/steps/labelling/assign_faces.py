"""Choose what an annotator sees next, and let nobody else have it meanwhile.

Choosing is slow and needs no lock; taking is quick and holds it, and looks again whether
what was chosen is still to be had.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, distinct, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session, aliased

from curator.core.labelling.seeded_shuffle import seeded_shuffle
from curator.steps.labelling.assignable_faces import (
    BY_MODEL,
    BY_SOURCE,
    CONSENSUS,
    AssignmentRequest,
    assignable_faces,
    faces_to_show,
    suggestions,
)
from curator.steps.project.settings import settings
from db.labels import Expression
from db.tables.annotations import STANDING, Annotation, SentBack
from db.tables.assignment import FaceVotes, Lease, Skip
from db.tables.guidance import GoldFace, Suggestion
from db.tables.images import Source
from db.tables.settings import Order, Settings

LEASE = timedelta(minutes=30)
FEWEST_IN_HAND = 10


@dataclass(frozen=True)
class Chosen:
    """What an annotator could see next.

    Attributes:
        open_faces: Faces that want votes, in order.
        gold_faces: Faces with a known label, to be mixed among them.
        notes: What reviewers wrote, by the face that comes back; these go first.
        left: How many faces are open to the annotator in all, those in hand among them.
    """

    assignable_faces: list[int]
    gold_faces: list[int]
    notes: dict[int, str]
    left: int


def choose_faces(session: Session, asker: AssignmentRequest, count: int, rng: Random) -> Chosen:
    """Choose the faces that an annotator should see next.

    The order is by need, where the project wants that, then by chance, another one for
    each annotator; faces that were put off come last. Where there are few faces for
    those at work, each gets a fair share of them.

    Args:
        session: A reading session.
        asker: Who asks; faces of a queue come without gold faces and notes.
        count: How many open faces at most.
        rng: Decides how many gold faces come along.
    """
    chosen_settings = settings(session)
    by_need = chosen_settings.order is Order.NEED
    open_now = _open_now(session, asker, chosen_settings)
    notes = {} if asker.queue else _sent_back(session, asker)
    left = len(open_now)
    fair = min(count, _fair_share(session, asker, left))
    in_order = _in_order(session, asker, open_now, by_need=by_need)
    beside = {*asker.in_hand, *notes}
    faces = list(islice((face for face in in_order if face not in beside), fair))
    share = 0.0 if asker.queue else chosen_settings.gold_share
    return Chosen(faces, _gold(session, asker, _gold_count(len(faces), share, rng)), notes, left)


def _open_now(session: Session, asker: AssignmentRequest, chosen: Settings) -> NDArray[np.float64]:
    """Fetch what is open at once: one row a face, its id and its priority."""
    query = assignable_faces(asker, chosen).add_columns(FaceVotes.priority)
    rows = [tuple(row) for row in session.execute(query)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


def _in_order(
    session: Session, asker: AssignmentRequest, open_now: NDArray[np.float64], *, by_need: bool
) -> Iterator[int]:
    ids = open_now[:, 0].astype(np.int64)
    put_off = session.scalars(select(Skip.face_id).where(Skip.annotator_id == asker.annotator_id))
    is_last = np.isin(ids, list(put_off))
    need = open_now[:, 1] if by_need else np.zeros(len(ids))
    chance = seeded_shuffle(f"order {asker.annotator_id}").place(ids)
    return (int(ids[row]) for row in np.lexsort((chance, -need, is_last)))


def take_faces(
    session: Session, asker: AssignmentRequest, chosen: Chosen, rng: Random
) -> list[int]:
    """Take what was chosen and is still to be had; the caller commits.

    What the browser has in hand is kept for it as long again.

    Args:
        session: A writing session.
        asker: Who asks.
        chosen: What `choose_faces` returned.
        rng: Decides where the gold faces come.

    Returns:
        The faces in the order in which they are to be seen.
    """
    session.execute(delete(Lease).where(Lease.expires_at <= asker.now))
    still = assignable_faces(asker, settings(session)).where(
        FaceVotes.face_id.in_(chosen.assignable_faces)
    )
    available = set(session.scalars(still))
    available.difference_update(chosen.gold_faces)  # a gold face may be open too
    taken = [face for face in chosen.assignable_faces if face in available]
    _lease(session, asker, [*taken, *_leased_before(session, asker)])
    for face in chosen.gold_faces:
        taken.insert(rng.randint(0, len(taken)), face)
    return [*chosen.notes, *taken]


def _fair_share(session: Session, asker: AssignmentRequest, left: int) -> int:
    others = session.scalar(
        select(func.count(distinct(Lease.annotator_id))).where(
            Lease.annotator_id != asker.annotator_id, Lease.expires_at > asker.now
        )
    )
    return max(FEWEST_IN_HAND, math.ceil(left / ((others or 0) + 1)))


def _sent_back(session: Session, asker: AssignmentRequest) -> dict[int, str]:
    newer = aliased(Annotation)
    said_anew = (
        select(newer.id)
        .where(
            newer.face_id == Annotation.face_id,
            newer.annotator_id == Annotation.annotator_id,
            newer.id > Annotation.id,
            or_(newer.label.is_not(None), newer.flag.is_not(None)),
        )
        .exists()
    )
    rows = session.execute(
        select(Annotation.face_id, SentBack.note)
        .join(SentBack, SentBack.annotation_id == Annotation.id)
        .where(
            Annotation.annotator_id == asker.annotator_id,
            Annotation.face_id.not_in(asker.in_hand),
            ~said_anew,
        )
        .order_by(SentBack.annotation_id)
    )
    return dict(rows.all())


def _gold_count(faces: int, share: float, rng: Random) -> int:
    # Of all that is seen the share is gold, so there is share / (1 - share) per other face.
    return sum(rng.random() < share / (1 - share) for _ in range(faces))


def _gold(session: Session, asker: AssignmentRequest, count: int) -> list[int]:
    """Choose gold faces that the annotator has not seen, of the labels seen least."""
    if not count:
        return []
    mine = select(STANDING.c.face_id).where(STANDING.c.annotator_id == asker.annotator_id)
    rows = session.execute(
        select(GoldFace.face_id, GoldFace.label, GoldFace.face_id.in_(mine))
    ).all()
    seen = Counter(label for _, label, is_mine in rows if is_mine)
    fresh = [(face, label) for face, label, is_mine in rows if not is_mine]
    fresh = [(face, label) for face, label in fresh if face not in asker.in_hand]
    place = seeded_shuffle(f"gold {asker.annotator_id}").place
    chosen: list[int] = []
    while fresh and len(chosen) < count:
        face, label = min(fresh, key=lambda row: (seen[row[1]], place(row[0])))
        fresh.remove((face, label))
        seen[label] += 1
        chosen.append(face)
    return chosen


def _leased_before(session: Session, asker: AssignmentRequest) -> Sequence[int]:
    return session.scalars(
        select(Lease.face_id).where(
            Lease.annotator_id == asker.annotator_id, Lease.face_id.in_(asker.in_hand)
        )
    ).all()


def _lease(session: Session, asker: AssignmentRequest, faces: Sequence[int]) -> None:
    if not faces:
        return
    until = asker.now + LEASE
    rows = [
        {
            "face_id": face,
            "annotator_id": asker.annotator_id,
            "expires_at": until,
            "is_shown": asker.queue is not None,
        }
        for face in faces
    ]
    session.execute(
        insert(Lease).on_conflict_do_update(
            index_elements=["face_id", "annotator_id"], set_={"expires_at": until}
        ),
        rows,
    )


@dataclass(frozen=True)
class VerifyQueue:
    """Faces that an annotator can verify page by page.

    Attributes:
        origin: Who suggests the label, as `Queue.origin`.
        title: The same, as people read it.
        label: What is suggested.
        waiting: How many faces wait.
    """

    origin: str
    title: str
    label: Expression
    waiting: int


def queues(session: Session, annotator_id: int, now: datetime) -> list[VerifyQueue]:
    """List the queues that hold something for an annotator, by origin and label.

    There are none where the project has no verify page.
    """
    chosen = settings(session)
    if not chosen.has_verify:
        return []
    asker = AssignmentRequest(annotator_id, (), now)
    to_show = faces_to_show(asker, chosen).subquery()
    found = []
    for origin, title in _origins(session):
        suggested = suggestions(origin)
        rows = session.execute(
            select(suggested.c.label, func.count())
            .join(to_show, to_show.c.face_id == suggested.c.face_id)
            .group_by(suggested.c.label)
        )
        counts: dict[str, int] = {str(label): count for label, count in rows}
        found += [
            VerifyQueue(origin, title, label, counts[label])
            for label in Expression
            if counts.get(label)
        ]
    return found


def _origins(session: Session) -> list[tuple[str, str]]:
    sources = session.scalars(select(Source.name).order_by(Source.name))
    models = session.scalars(select(Suggestion.model).distinct().order_by(Suggestion.model))
    return [
        (CONSENSUS, "what annotators have said so far"),
        *((f"{BY_SOURCE}{name}", f"what the source {name} says") for name in sources),
        *((f"{BY_MODEL}{name}", f"what the model {name} says") for name in models),
    ]

"""Which faces are open to an annotator, in the words of the database.

A face is open while it wants more votes than others have it in hand for, and the annotator
has said nothing of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select

from curator.core.labelling.seeded_shuffle import SeededShuffle, seeded_shuffle
from db.labels import Expression
from db.tables.annotations import STANDING
from db.tables.assignment import FaceVotes, Lease
from db.tables.guidance import Example, Suggestion
from db.tables.images import Face, Image, Source
from db.tables.people import Annotator, Role
from db.tables.settings import Settings

CONSENSUS = "consensus"
BY_SOURCE = "source:"
BY_MODEL = "model:"


@dataclass(frozen=True)
class Queue:
    """Faces that all were suggested to show the same label.

    Attributes:
        origin: Who suggests: `source:` and its name, `consensus` for what annotators
            have said so far, or `model:` and its name.
        label: What it suggests.
    """

    origin: str
    label: Expression


@dataclass(frozen=True)
class AssignmentRequest:
    """Who asks for faces, and when.

    Attributes:
        annotator_id: The annotator.
        in_hand: Faces that the browser has already.
        now: The time.
        queue: What all faces must have been suggested to be; None for the label page,
            which shows no suggestion.
    """

    annotator_id: int
    in_hand: Collection[int]
    now: datetime
    queue: Queue | None = None


def assignable_faces(asker: AssignmentRequest, chosen: Settings) -> Select[int]:
    """Select the ids of the faces that are open to an annotator.

    Those that the annotator has in hand are among them.
    """
    if asker.queue is None:
        return _open(asker, chosen, is_shown=False)
    return faces_to_show(asker, chosen).where(_carries(asker.queue))


def faces_to_show(asker: AssignmentRequest, chosen: Settings) -> Select[int]:
    """Select the ids of the faces that are open with a suggestion, whichever it is."""
    query = _open(asker, chosen, is_shown=True)
    return query.where(literal(chosen.has_verify), shows(asker.annotator_id, chosen))


def _open(asker: AssignmentRequest, chosen: Settings, *, is_shown: bool) -> Select[int]:
    is_mine = (
        select(STANDING.c.face_id)
        .where(
            STANDING.c.annotator_id == asker.annotator_id,
            STANDING.c.face_id == FaceVotes.face_id,
        )
        .exists()
    )
    others = _in_other_hands(asker)
    return (
        select(FaceVotes.face_id)
        .outerjoin(others, others.c.face_id == FaceVotes.face_id)
        .where(
            ~FaceVotes.is_final,
            wanted_votes(chosen) > func.coalesce(others.c.hands, 0),
            ~is_mine,
            ~_on_the_other_page(asker, is_shown=is_shown),
            FaceVotes.face_id.not_in(select(Example.face_id)),  # its label is there to see
        )
    )


def _on_the_other_page(asker: AssignmentRequest, *, is_shown: bool) -> ColumnElement[bool]:
    # Somebody who has both pages open must not meet a face on the one that hides what the
    # other suggests.
    return (
        select(Lease.face_id)
        .where(
            Lease.face_id == FaceVotes.face_id,
            Lease.annotator_id == asker.annotator_id,
            Lease.expires_at > asker.now,
            Lease.is_shown.is_not(is_shown),
        )
        .exists()
    )


def wanted_votes(chosen: Settings) -> ColumnElement[int]:
    """Say in the database's words what `VotesNeededRule.wanted` says, nothing or less for none."""
    needed = func.max(chosen.first_votes - FaceVotes.votes, chosen.lead_by - FaceVotes.lead)
    return func.min(needed, chosen.most_votes - FaceVotes.votes)


def _in_other_hands(asker: AssignmentRequest) -> Subquery:
    return (
        select(Lease.face_id, func.count().label("hands"))
        .where(Lease.annotator_id != asker.annotator_id, Lease.expires_at > asker.now)
        .group_by(Lease.face_id)
        .subquery()
    )


def hiding(annotator_id: int) -> SeededShuffle:
    """Return the chance by which some faces never show their suggestion to an annotator.

    `hiding(1).is_among(face_ids, hidden_share)` says which: they are labelled blind and so
    can be compared with those whose suggestion was seen.
    """
    return seeded_shuffle(f"hidden {annotator_id}")


def shows(annotator_id: int, chosen: Settings) -> ColumnElement[bool]:
    """Select the faces whose suggestion an annotator may see."""
    hidden: ColumnElement[bool] = hiding(annotator_id).is_among(
        FaceVotes.face_id, chosen.hidden_share
    )
    return ~hidden


def _carries(queue: Queue) -> ColumnElement[bool]:
    suggested = suggestions(queue.origin)
    carrying = select(suggested.c.face_id).where(suggested.c.label == queue.label)
    return FaceVotes.face_id.in_(carrying)


def suggestions(origin: str) -> Subquery:
    """Select what an origin suggests: `face_id` and `label`.

    An origin that is not known suggests nothing.
    """
    if origin.startswith(BY_SOURCE):
        return _labels_of_source(origin.removeprefix(BY_SOURCE))
    if origin.startswith(BY_MODEL):
        model = origin.removeprefix(BY_MODEL)
        return (
            select(Suggestion.face_id, Suggestion.label).where(Suggestion.model == model).subquery()
        )
    return _labels_of_annotators(literal(origin) == CONSENSUS)


def _labels_of_annotators(is_asked: ColumnElement[bool]) -> Subquery:
    # What nobody but sources has said is for their queues.
    people = select(Annotator.id).where(Annotator.role != Role.SOURCE)
    by_people = (
        select(STANDING.c.id)
        .where(STANDING.c.face_id == FaceVotes.face_id, STANDING.c.annotator_id.in_(people))
        .exists()
    )
    return (
        select(FaceVotes.face_id, FaceVotes.leading.label("label"))
        .where(is_asked, FaceVotes.lead > 0, by_people)
        .subquery()
    )


def _labels_of_source(name: str) -> Subquery:
    # Where those who labelled for the source contradict each other it suggests nothing.
    of_sources = select(Annotator.id).where(Annotator.role == Role.SOURCE)
    return (
        select(STANDING.c.face_id, func.max(STANDING.c.verdict).label("label"))
        .join(Face, Face.id == STANDING.c.face_id)
        .join(Image, Image.id == Face.image_id)
        .join(Source, Source.id == Image.source_id)
        .where(STANDING.c.annotator_id.in_(of_sources), Source.name == name)
        .group_by(STANDING.c.face_id)
        .having(
            func.min(STANDING.c.verdict) == func.max(STANDING.c.verdict),
            func.min(STANDING.c.verdict).in_(list(Expression)),
        )
        .subquery()
    )

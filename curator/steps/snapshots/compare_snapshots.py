"""Compare two frozen snapshots, and say of each change what made it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.snapshots.balancing.balance import CHOSEN, DUPLICATE, balance
from curator.core.snapshots.recipe import recipe_from_json
from curator.core.snapshots.recipe_difference import ChoiceChange, choice_changes
from curator.core.snapshots.snapshot_difference import Difference, difference
from curator.steps.snapshots.candidate_faces import candidate_faces
from db.labels import ConsensusMethod
from db.snapshot_folder.manifest import Snapshot
from db.tables.annotations import Adjudication, Annotation
from db.tables.people import Annotator

FINAL_WORD = "final word"
ERASED = "no longer in the project: erased"
CHOSEN_NOW = "would be chosen as the project stands now"
NOT_KNOWN = "not known"

AnnotatorsByFace = dict[int, list[str]]
"""By face what was said of it between two freezes, in the order it was said."""


@dataclass(frozen=True, eq=False)
class SnapshotComparison:
    """Two snapshots beside each other.

    Attributes:
        old: Title of the older one, as `9k@1`.
        new: Title of the newer one.
        choices: What their recipes choose otherwise.
        difference: What differs between their faces; `relabelled` and `dropped` have a column
            `cause` (str) besides.
    """

    old: str
    new: str
    choices: tuple[ChoiceChange, ...]
    difference: Difference

    def as_json(self) -> dict[str, Any]:
        """Say it in what JSON can say."""
        tables = ("counts", "splits", "added", "dropped", "relabelled", "moved")
        return {
            "old": self.old,
            "new": self.new,
            "stayed": self.difference.stayed,
            "choices": [asdict(change) for change in self.choices],
            "migrations": [asdict(migration) for migration in self.difference.migrations],
            **{name: getattr(self.difference, name).to_dict("records") for name in tables},
        }


def compare_snapshots(old: Snapshot, new: Snapshot, session: Session | None) -> SnapshotComparison:
    """Compare two snapshots of one project.

    Args:
        old: The older one.
        new: The newer one.
        session: A reading session on their project, which knows who said what meanwhile and
            why a face is left out now; None where only the folders are at hand.
    """
    found = difference(old.faces, new.faces)
    choices = _choices(old, new)
    relabelled = found.relabelled.assign(cause=_causes(found.relabelled, old, new, session))
    reasons = _reasons(found.dropped, new, session)
    dropped = found.dropped.assign(cause=pd.Series(reasons, found.dropped.index, "str"))
    told = replace(found, relabelled=relabelled, dropped=dropped)
    return SnapshotComparison(old.title, new.title, choices, told)


def _choices(old: Snapshot, new: Snapshot) -> tuple[ChoiceChange, ...]:
    return choice_changes(_stated(old.recipe), _stated(new.recipe))


def _stated(recipe: dict[str, Any]) -> dict[str, Any]:
    """State also the choices that a recipe leaves to their defaults."""
    known = recipe_from_json(recipe)
    return {
        **asdict(known),
        "targets": recipe.get("targets") or "even",
        **{name: recipe.get(name, {}) for name in ("quality", "source_shares")},
    }


def _causes(
    relabelled: pd.DataFrame, old: Snapshot, new: Snapshot, session: Session | None
) -> pd.Series:
    rule = ", ".join(change.in_words() for change in _choices(old, new) if change.is_of_rule)
    words, labels = _said_between(session, set(relabelled["face_id"]), _window(old, new))
    causes = [
        _cause(row, words.get(row["face_id"], []), labels.get(row["face_id"], []), rule)
        or _weighed_anew(new)
        for row in relabelled.to_dict("records")
    ]
    return pd.Series(causes, relabelled.index, dtype="str")


def _weighed_anew(new: Snapshot) -> str:
    """Say what remains where neither the votes nor the rule have changed."""
    method = recipe_from_json(new.recipe).rule.method
    if method is ConsensusMethod.MAJORITY:
        return NOT_KNOWN
    return f"labels of other faces weigh its annotators anew ({method})"


def _cause(row: Mapping[Any, Any], words: list[str], labels: list[str], rule: str) -> str:
    if words:
        return words[-1]
    if row["new_settled_by"] == FINAL_WORD:
        return "a final word"
    if row["old_settled_by"] == FINAL_WORD:
        return "the final word no longer stands"
    votes = f"votes {row['old_votes'] or 'none'} → {row['new_votes'] or 'none'}"
    said = [] if row["same_votes"] else labels or [votes]
    return "; ".join([*said, *([f"rule: {rule}"] if rule else [])])


def _window(old: Snapshot, new: Snapshot) -> tuple[datetime, datetime] | None:
    stated = [snapshot.about.get("frozen_at") for snapshot in (old, new)]
    if not all(stated):
        return None
    first, last = sorted(datetime.fromisoformat(str(time)) for time in stated)
    return first, last


def _said_between(
    session: Session | None, face_ids: set[int], window: tuple[datetime, datetime] | None
) -> tuple[AnnotatorsByFace, AnnotatorsByFace]:
    """Return what was said of faces between two freezes: final words, and annotations."""
    if session is None or window is None or not face_ids:
        return {}, {}
    words = _said(session, Adjudication, face_ids, window)
    return words, _said(session, Annotation, face_ids, window)


def _said(
    session: Session,
    table: type[Adjudication] | type[Annotation],
    face_ids: set[int],
    window: tuple[datetime, datetime],
) -> AnnotatorsByFace:
    query = (
        select(table.face_id, table.label, table.flag, table.stored_at, Annotator.name)
        .join(Annotator, Annotator.id == table.annotator_id)
        .where(table.stored_at > window[0], table.stored_at <= window[1])
        .order_by(table.id)
        .execution_options(yield_per=10_000)
    )
    said: AnnotatorsByFace = defaultdict(list)
    for face_id, label, flag, at, name in session.execute(query):
        if face_id in face_ids:
            said[face_id].append(_sentence(table, name, _word(label or flag), at))
    return said


def _word(verdict: StrEnum | None) -> str | None:
    return None if verdict is None else str(verdict)


def _sentence(
    table: type[Adjudication] | type[Annotation], name: str, verdict: str | None, at: datetime
) -> str:
    did = "took it back" if verdict is None else f"said {verdict}"
    kind = "final word: " if table is Adjudication else ""
    return f"{kind}{name} {did} on {at:%Y-%m-%d}"


def _reasons(dropped: pd.DataFrame, new: Snapshot, session: Session | None) -> Sequence[str]:
    """Say why the newer recipe leaves faces out, as the project stands now."""
    if session is None or dropped.empty:
        return [NOT_KNOWN] * len(dropped)
    recipe = recipe_from_json(new.recipe)
    faces = candidate_faces(session, recipe)
    outcomes = balance(faces, recipe.targets, recipe.seed, recipe.limits)
    now = dict(zip(faces["face_id"], outcomes["outcome"], strict=True))
    keepers = dict(zip(faces["face_id"], faces["keeper_id"], strict=True))
    return [_reason(now.get(face_id), keepers.get(face_id)) for face_id in dropped["face_id"]]


def _reason(outcome: str | None, keeper_id: Any) -> str:
    if outcome is None:
        return ERASED
    if outcome == DUPLICATE:
        return f"duplicate of face {keeper_id}"
    return CHOSEN_NOW if outcome == CHOSEN else outcome

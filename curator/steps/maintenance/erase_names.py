"""Take names of erased subjects and images out of what the project says of its own work."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.maintenance.erasure_plan import ErasurePlan, parts
from db.tables.audit import Change
from db.tables.images import Face, Image, Import, Source
from db.tables.jobs import Job, JobLine

ERASED = "(erased)"


def names_that_go(session: Session, plan: ErasurePlan) -> set[str]:
    """Collect the names that nothing which stays bears too; before the rows go.

    Returns:
        Names of images, with and without their folders, of subjects, and of the source.
    """
    going = {(row.id in plan.images, row.name, row.subject) for row in _images(session)}
    faces = session.execute(select(Face.id, Face.subject).where(Face.subject.is_not(None)))
    subjects = {(face in plan.faces, subject) for face, subject in faces}
    subjects |= {(goes, subject) for goes, _, subject in going if subject}
    names = {(goes, part) for goes, name, _ in going for part in (name, name.rpartition("/")[2])}
    if plan.source_id is not None:
        names.add((True, session.get_one(Source, plan.source_id).name))
    told = {(goes, name) for goes, name in names | subjects if name}
    return {name for goes, name in told if goes} - {name for goes, name in told if not goes}


def _images(session: Session) -> Any:
    return session.execute(select(Image.id, Image.name, Image.subject))


def erase_names(session: Session, names: set[str]) -> None:
    """Replace names in jobs, their logs, the recipes of imports, and the audit trail.

    Does not commit.

    Args:
        session: A writing session.
        names: What `names_that_go` returned.
    """
    if not names:
        return
    clean = _cleaner(names)
    for table, columns in (
        (Job, ("arguments", "message", "result")),
        (JobLine, ("text",)),
        (Import, ("choices",)),
        (Change, ("details",)),
    ):
        for row in session.scalars(select(table).execution_options(yield_per=1000)):
            for column in columns:
                before = getattr(row, column)
                after = clean(before)
                if after != before:
                    setattr(row, column, after)
    session.flush()


def _cleaner(names: set[str]) -> Callable[[Any], Any]:
    """Make what replaces names as whole words, in texts and all that JSON can say."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    patterns = [
        re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, some)) + r")(?![\w-])")
        for some in parts(ordered)
    ]

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for pattern in patterns:
                value = pattern.sub(ERASED, value)
            return value
        if isinstance(value, dict):
            return {clean(key): clean(one) for key, one in value.items()}
        return [clean(one) for one in value] if isinstance(value, list) else value

    return clean

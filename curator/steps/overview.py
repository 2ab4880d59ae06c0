"""Where a project stands, and what comes next."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.steps.snapshots.face_table import face_table
from db.labels import Expression
from db.tables.annotations import Annotation
from db.tables.images import Image, Source
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot


@dataclass(frozen=True)
class Overview:
    """Counts of what a project holds.

    Attributes:
        sources: Sources.
        images: Images of all sources.
        images_waiting: Images that no detector has looked at.
        faces: Faces found.
        labelled: Faces with at least one annotation.
        settled: Faces whose verdict is one of the seven labels.
        left_out: Faces settled as no face or a bad crop.
        duplicates: Faces of duplicate groups that are not kept.
        annotations: Annotations ever given, second thoughts among them.
        snapshots: Snapshots frozen.
        runs: Benchmarks run.
        by_label: Settled faces per label, in their order.
    """

    sources: int
    images: int
    images_waiting: int
    faces: int
    labelled: int
    settled: int
    left_out: int
    duplicates: int
    annotations: int
    snapshots: int
    runs: int
    by_label: dict[str, int]


def overview(session: Session) -> Overview:
    """Count what a project holds."""
    faces = face_table(session)
    by_label = faces["verdict"].value_counts()
    settled = faces["verdict"].isin(list(Expression))
    return Overview(
        sources=_count(session, Source),
        images=_count(session, Image),
        images_waiting=session.scalar(
            select(func.count()).select_from(Image).where(Image.faces_found_at.is_(None))
        )
        or 0,
        faces=len(faces),
        labelled=int((faces["votes"] > 0).sum()),
        settled=int(settled.sum()),
        left_out=int((faces["verdict"].notna() & ~settled).sum()),
        duplicates=int((~faces["is_keeper"]).sum()),
        annotations=_count(session, Annotation),
        snapshots=_count(session, StoredSnapshot),
        runs=_count(session, Run),
        by_label={str(label): int(by_label.get(label, 0)) for label in Expression},
    )


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@dataclass(frozen=True)
class NextStep:
    """What a person would best do now.

    Attributes:
        page: The page to do it on.
        action: What the link to it says.
        reason: Why, with the counts.
    """

    page: str
    action: str
    reason: str


def next_step(counts: Overview, pages: Container[str]) -> NextStep:
    """Say what comes next in the line of work, given where the project stands.

    Args:
        pages: Those that the person may see; the label page is among them.
    """
    return next(step for step in _steps(counts) if step.page in pages)


def _open(faces: int) -> str:
    return "1 face is not settled yet." if faces == 1 else f"{faces:,} faces are not settled yet."


def _steps(counts: Overview) -> Iterator[NextStep]:
    assignable_faces = counts.faces - counts.settled - counts.left_out
    to_label = NextStep("label", "Label faces", _open(assignable_faces))
    if not counts.images:
        yield NextStep("import", "Import photos", "the project holds no images yet.")
    elif not counts.faces:
        yield NextStep("import", "Look at the import", "no face has been found so far.")
    elif assignable_faces and not counts.snapshots:
        yield to_label
    elif not counts.snapshots:
        yield NextStep("snapshot", "Freeze a snapshot", "all faces are settled.")
    elif not counts.runs:
        yield NextStep("benchmark", "Benchmark it", "a snapshot is frozen and not yet measured.")
    else:
        yield NextStep("benchmark", "See the results", "a benchmark has been run.")
    yield to_label

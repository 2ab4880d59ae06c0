"""The snapshots and runs of a project, the newest first, and the reports of runs."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.project.project_folder import Project
from db.run_folder.figures import REPORT
from db.run_folder.results import RunError, RunResult, read_run
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot

_ORDER = (".html", ".md", ".png")
"""Tables as CSV are made anew when they are asked for, so that a run at work has them too."""


def list_snapshots(session: Session) -> list[StoredSnapshot]:
    """Return all frozen snapshots."""
    return list(session.scalars(select(StoredSnapshot).order_by(StoredSnapshot.id.desc())))


@dataclass(frozen=True)
class ListedRun:
    """A run with its results so far.

    Attributes:
        id: Its row.
        folder: Where its files lie.
        result: What has been written there.
    """

    id: int
    folder: Path
    result: RunResult

    @property
    def title(self) -> str:
        """What people call it."""
        preset = self.result.preset["name"]
        return f"Run {self.id}: {self.result.snapshot}, {preset}, {self.result.state}"


def list_runs(project: Project, session: Session) -> list[ListedRun]:
    """Return all runs that have written results."""
    listed: list[ListedRun] = []
    for run in session.scalars(select(Run).order_by(Run.id.desc())):
        folder = project.folder / run.folder
        try:
            listed.append(ListedRun(run.id, folder, read_run(folder)))
        except RunError:  # queued: it has not written anything yet
            continue
    return listed


def list_report_files(run_folder: Path) -> list[Path]:
    """List the report of a run that has ended: pages first, then pictures by name."""
    paths = [path for path in (run_folder / REPORT).glob("*") if path.suffix in _ORDER]
    return sorted(paths, key=lambda path: (_ORDER.index(path.suffix), path.name))

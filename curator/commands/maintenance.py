"""Keep a project: back it up, restore it, make room, erase who asks to be forgotten."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.maintenance.backup import BackupReport, back_up
from curator.steps.maintenance.clean import CleanReport, clean
from curator.steps.maintenance.disk_use import size_in_words
from curator.steps.maintenance.erase import erase as erase_plan
from curator.steps.maintenance.erasure_plan import (
    ErasurePlan,
    Kind,
    plan_erasure,
    snapshots_to_refreeze,
)
from curator.steps.maintenance.restore import restore
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing
from db.project.project_folder import Project, open_project
from db.terminal import MESSAGES, AsJson, say, watched

BackupFile = Annotated[Path, typer.Argument(help="The file of the backup.")]

_SHOWN = 20


def backup(
    file: BackupFile, *, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False
) -> None:
    """Write the whole project into one file, while people label; exit code 1 if it is not whole."""
    report = watched(back_up(open_project(project), file, now=datetime.now(UTC)))
    counts = ", ".join(f"{count:,} {kind}" for kind, count in report.files.items())
    text = f"{file}: {size_in_words(report.size_bytes)} ({counts})"
    say(asdict(report), as_json=as_json, text=text)
    _say_gaps(report)
    if report.missing or report.damaged:
        raise typer.Exit(1)


def _say_gaps(report: BackupReport) -> None:
    gaps = {
        "was erased meanwhile and is not in it": report.erased,
        "is missing in the project, and so in the backup": report.missing,
        "is damaged in the project, and so in the backup": report.damaged,
    }
    for words, names in gaps.items():
        for name in names[:_SHOWN]:
            MESSAGES.print(f"{name} {words}.", markup=False, soft_wrap=True)
        if len(names) > _SHOWN:
            MESSAGES.print(f"So do {len(names) - _SHOWN:,} more.", markup=False)


def restore_(
    file: BackupFile,
    *,
    despite_damage: Annotated[
        bool, typer.Option("--despite-damage", help="Leave out what is damaged or missing.")
    ] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Make a project of a backup, in a new or an empty folder."""
    steps = restore(file, project, now=datetime.now(UTC), despite_damage=despite_damage)
    report = watched(steps)
    text = f"{project}: {report.files:,} files as of {report.made_at}, every byte compared"
    say(asdict(report), as_json=as_json, text=text)
    for problem in report.left_out[:_SHOWN]:
        MESSAGES.print(f"Left out: {problem}", markup=False, soft_wrap=True)
    if report.ended_jobs:
        MESSAGES.print(f"{report.ended_jobs:,} jobs were at work then. Start them again.")


def clean_(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")
    ] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Remove what is left over or can be rebuilt."""
    report = clean(open_project(project), now=datetime.now(UTC), dry_run=dry_run)
    result = asdict(report) | {"size_bytes": report.size_bytes, "is_removed": not dry_run}
    say(result, as_json=as_json, text=_in_words(report, dry_run=dry_run))
    for sentence in report.left_alone:
        MESSAGES.print(sentence, markup=False)


def _in_words(report: CleanReport, *, dry_run: bool) -> str:
    if not report.removed:
        return "There is nothing to remove."
    lines = [
        f"  {room.kind}: {size_in_words(room.size_bytes)} in {room.files:,} files"
        for room in report.removed
    ]
    verb = "Would remove" if dry_run else "Removed"
    return "\n".join([f"{verb} {size_in_words(report.size_bytes)}:", *lines])


def erase(
    *,
    subject: Annotated[str | None, typer.Option(help="A person, however spelled.")] = None,
    face: Annotated[str | None, typer.Option(help="The id of a face.")] = None,
    image: Annotated[str | None, typer.Option(help="The id or SHA-256 of an image.")] = None,
    source: Annotated[str | None, typer.Option(help="The name of a source.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Erase a person, a face, an image or a source everywhere but in frozen snapshots."""
    kind, value = _named({"subject": subject, "face": face, "image": image, "source": source})
    opened = open_project(project)
    with opened.reading() as session:
        plan = plan_erasure(opened, session, kind, value)
    for sentence in plan.in_words():
        MESSAGES.print(sentence, markup=False)
    if not yes:
        typer.confirm("Nothing of it can be brought back. Erase it?", abort=True, err=True)
    now = datetime.now(UTC)
    with opened.writing() as session:
        plan = plan_erasure(opened, session, kind, value)  # under the lock: others may have worked
        erase_plan(opened, session, plan, by=None, now=now)
    frozen, refused = _frozen(opened, plan, now)
    _tell(plan, frozen, refused, as_json=as_json)
    if refused:
        raise typer.Exit(1)


def _named(options: dict[Kind, str | None]) -> tuple[Kind, str]:
    given = [(kind, value) for kind, value in options.items() if value is not None]
    if len(given) != 1:
        names = ", ".join(f"--{kind}" for kind in options)
        raise CuratorError(f"Name one of {names}. Received: {len(given)} of them.")
    return given[0]


def _frozen(project: Project, plan: ErasurePlan, now: datetime) -> tuple[list[str], list[str]]:
    """Freeze the successors; return their titles, and why others could not be frozen."""
    with project.reading() as session:
        wanted = snapshots_to_refreeze(session, plan)
    frozen, refused = [], []
    for name, recipe in wanted:
        with project.writing() as session:
            try:
                steps = freeze(project, session, name, recipe, now=now)
                frozen.append(watched(committing(session, steps)).title)
            except CuratorError as error:
                refused.append(f"{name} got no successor: {error}")
    return frozen, refused


def _tell(plan: ErasurePlan, frozen: list[str], refused: list[str], *, as_json: bool) -> None:
    lines = [
        f"Erased: {len(plan.faces):,} faces, {len(plan.images):,} images, "
        f"{plan.annotations:,} annotations.",
        *([f"Frozen without them: {', '.join(frozen)}"] if frozen else []),
        *refused,
    ]
    result = {
        "faces": len(plan.faces),
        "copies": len(plan.copies),
        "images": len(plan.images),
        "blotted_photos": len(plan.blotted),
        "annotations": plan.annotations,
        "snapshots": [asdict(holding) for holding in plan.snapshots],
        "successors": frozen,
        "refused": refused,
    }
    say(result, as_json=as_json, text="\n".join(lines))

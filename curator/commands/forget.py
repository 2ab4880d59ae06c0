"""A person asks to be forgotten."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.erase import erase as erase_plan
from curator.steps.erasure_plan import ErasurePlan, Kind, plan_erasure
from curator.steps.freeze_snapshot import freeze
from curator.steps.successors import successors
from db.progress import committing
from db.project import Project, open_project
from db.terminal import MESSAGES, AsJson, say, watched


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
        wanted = successors(session, plan)
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

"""Which faces show the same person."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.subjects.clustering import RULES
from curator.errors import CuratorError
from curator.steps.process_pool import Workers
from curator.steps.subjects.consent import forget_subjects
from curator.steps.subjects.find_subjects import SubjectsReport, find_subjects
from db.jobs.progress import committing
from db.project.project_folder import Project, open_project
from db.terminal import AsJson, say, watched


def subjects(
    *,
    rule: Annotated[str, typer.Option(help=f"How sure: {' or '.join(RULES)}.")] = "usual",
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete all that was measured and switch it off.")
    ] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Find which faces show the same person by measuring them; off until it is allowed."""
    opened = open_project(project)
    if forget:
        _forget(opened, as_json=as_json)
        return
    if rule not in RULES:
        raise CuratorError(f"A rule is one of {', '.join(RULES)}. Received: {rule!r}")
    with Workers() as workers, opened.writing() as session:
        steps = find_subjects(opened, session, RULES[rule], executor=workers)
        report = watched(committing(session, steps))
    say(asdict(report), as_json=as_json, text=_in_words(report))


def _in_words(report: SubjectsReport) -> str:
    lines = [
        f"{report.measured:,} faces measured. {report.subjects:,} subjects found, who tie "
        f"{report.tied:,} of {report.faces:,} faces; the largest {report.largest:,}."
    ]
    return "\n".join([*lines, *(f"{issue.item}: {issue.reason}" for issue in report.issues)])


def _forget(project: Project, *, as_json: bool) -> None:
    with project.writing() as session:
        forgotten = forget_subjects(project, session, by=None, now=datetime.now(UTC))
        session.commit()
    text = (
        f"The embeddings of {forgotten.embeddings:,} faces are deleted, and the found subjects "
        f"of {forgotten.faces:,}. Finding subjects is switched off."
    )
    say(asdict(forgotten), as_json=as_json, text=text)

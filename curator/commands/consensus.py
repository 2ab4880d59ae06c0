"""When labels are settled: settle."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.consensus.settle_labels import project_rule
from curator.steps.overview import overview
from curator.steps.project.settings import change_settings
from db.labels import ConsensusMethod
from db.project.project_folder import open_project
from db.terminal import AsJson, say


def settle(
    *,
    min_votes: Annotated[int | None, typer.Option(help="Fewest annotations a face needs.")] = None,
    min_share: Annotated[float | None, typer.Option(help="Smallest share for one label.")] = None,
    method: Annotated[
        ConsensusMethod | None, typer.Option(help="How annotations become a label.")
    ] = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Choose when annotations settle a label, and say what is settled."""
    opened = open_project(project)
    wanted = {"min_votes": min_votes, "min_share": min_share, "consensus": method}
    with opened.writing() as session:
        stated = {name: value for name, value in wanted.items() if value is not None}
        change_settings(session, stated, by=None, now=datetime.now(UTC))
        session.commit()
        rule, counts = project_rule(session), overview(session)
    text = (
        f"{counts.settled:,} of {counts.faces:,} faces settled ({counts.labelled:,} labelled) "
        f"by {rule.method}"
    )
    say({"rule": asdict(rule), **asdict(counts)}, as_json=as_json, text=text)

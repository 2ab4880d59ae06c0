"""How far annotators agree: agreement."""

from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.review.bootstrap import Figure
from curator.steps.review.measure_agreement import (
    AgreementReport,
    Counting,
    measure_agreement,
    report_as_json,
)
from db.project.project_folder import open_project
from db.terminal import RESULTS, AsJson, say, table


def agreement_(
    *,
    later: Annotated[
        bool, typer.Option(help="Count also annotations asked for where the first disagree.")
    ] = False,
    shown: Annotated[
        bool, typer.Option(help="Count also annotations given with a suggestion on the screen.")
    ] = False,
    flags: Annotated[bool, typer.Option(help="Count flags as verdicts.")] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Say how far annotators agree, with 95 % intervals."""
    with open_project(project).reading() as session:
        report = measure_agreement(session, Counting(later=later, shown=shown, flags=flags))
    say(report_as_json(report), as_json=as_json, text=_counted(report))
    if not as_json and report.compared:
        _tables(report)


def _counted(report: AgreementReport) -> str:
    which = "all" if report.first is None else f"the first {report.first} of each face"
    return (
        f"{report.counted:,} of {report.standing:,} annotations count ({which}), "
        f"by {len(report.annotators):,} annotators; {report.compared:,} of {report.faces:,} faces "
        "have two or more"
    )


def _tables(report: AgreementReport) -> None:
    figures, names = report.agreement, report.annotators
    headline = {
        "two annotators say the same": figures.share,
        "all of a face say the same": figures.unanimous,
        "Fleiss' kappa": figures.fleiss,
        "Krippendorff's alpha": figures.krippendorff,
        "human ceiling": report.ceiling,
    }
    columns = ["value", "95 % interval", "faces"]
    RESULTS.print(table(["", *columns], [[k, *_row(v)] for k, v in headline.items()]))
    labels = [[label, *_row(figure)] for label, figure in figures.labels.items()]
    RESULTS.print(table(["label", "kappa", *columns[1:]], labels))
    pairs = [[names[p.first], names[p.second], *_row(p.kappa)] for p in report.pairs]
    RESULTS.print(table(["annotator", "and", "Cohen's kappa", *columns[1:]], pairs))


def _row(figure: Figure) -> list[object]:
    value = "undefined" if figure.value is None else f"{figure.value:.3f}"
    interval = figure.interval
    return [value, f"{interval.low:.3f} to {interval.high:.3f}" if interval else "", figure.faces]

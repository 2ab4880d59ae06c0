"""A run as a page of Markdown."""

from collections.abc import Iterable
from urllib.parse import quote

import pandas as pd

from db.run_folder.figures import RunFigures
from db.run_folder.results import RunResult
from db.run_folder.run_tables import COUNTS, FEW_DIGITS, rests_on
from trainer.report.sections import Section, sections, versions_in_words


def run_markdown(
    run: RunResult, figures: RunFigures | None = None, pictures: Iterable[str] = ()
) -> str:
    """Write all that is known of a run, each table with what it rests on.

    Args:
        run: Its results so far.
        figures: What was worked out at its end; None while it is at work.
        pictures: Names of the PNG files that lie beside the page.
    """
    parts = [
        f"# Benchmark on {run.snapshot}",
        f"Preset `{run.preset['name']}`, seed {run.seed}, {run.state}. "
        f"Snapshot {run.snapshot_hash}.",
    ]
    names = list(pictures)
    parts += [
        _section(run, section, names)
        for section in sections(run, figures)
        if section.has_something_in(names)
    ]
    parts += ["## Notes", "\n".join(f"- {note}" for note in run.notes), versions_in_words(run)]
    return "\n\n".join(parts) + "\n"


def _section(run: RunResult, section: Section, names: list[str]) -> str:
    parts = [f"## {section.title}", *section.sentences]
    if section.table is not None:
        parts += [markdown_table(section.table), f"*{rests_on(run)}*"]
    parts += [f"![{name}]({quote(name)}.png)" for name in section.shown(names)]
    return "\n\n".join(parts)


def markdown_table(table: pd.DataFrame) -> str:
    """Write a frame as a Markdown table: shares to four digits, missing cells empty."""
    lines = [list(table.columns), ["---"] * len(table.columns)]
    lines += [
        [_escaped(text) for text in cell_texts(list(table.columns), row)]
        for row in table.itertuples(index=False)
    ]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def cell_texts(columns: list[str], row: tuple[object, ...]) -> list[str]:
    """Write the cells of a row for people."""
    return [_text(column, value) for column, value in zip(columns, row, strict=True)]


def _text(column: str, value: object) -> str:
    if value is True or value is False:
        return "*" if value else ""
    if value is None or value != value:  # noqa: PLR0124 - only a missing number is not itself
        return ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if column in COUNTS:
        return f"{value:,.0f}"
    return f"{value:.1f}" if column in FEW_DIGITS else f"{value:.4f}"

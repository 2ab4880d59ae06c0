"""A run as a page of Markdown."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import pandas as pd

from db.run_folder.figures import RunFigures
from db.run_folder.results import RunResult
from db.run_folder.run_tables import COUNTS, FEW_DIGITS, rests_on
from trainer.report.sections import Section, sections, versions_in_words

MARK: Final = "*"
"""Stands in a table for yes."""
_MARKUP: Final = re.compile(r"[\\`*<\[|]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")


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
        f"# Benchmark on {_plain(run.snapshot)}",
        f"Preset `{run.preset['name']}`, seed {run.seed}, {run.state}. "
        f"Snapshot `{run.snapshot_hash}`.",
    ]
    names = list(pictures)
    parts += [
        _section(run, section, names)
        for section in sections(run, figures)
        if section.has_something_in(names)
    ]
    notes = "\n".join(f"- {_plain(note)}" for note in run.notes)
    parts += ["## Notes", notes, _plain(versions_in_words(run))]
    return "\n\n".join(parts) + "\n"


def _section(run: RunResult, section: Section, names: list[str]) -> str:
    parts = [f"## {_plain(section.title)}", *map(_plain, section.sentences)]
    if section.table is not None:
        parts += [markdown_table(section.table), f"*{_plain(rests_on(run))}*"]
    parts += [f"![{name}]({quote(name)}.png)" for name in section.shown(names)]
    return "\n\n".join(parts)


def markdown_table(table: pd.DataFrame) -> str:
    """Write a frame as a Markdown table: shares to four digits, missing cells empty."""
    columns = list(map(str, table.columns))
    lines = [list(map(_plain, columns)), ["---"] * len(columns)]
    lines += [list(map(_cell, columns, row)) for row in table.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    r"""Keep text from being taken for markup, and on one line.

    Example:
        >>> _plain("a|b of <data_set> *new*")
        'a\\|b of \\<data_set> \\*new\\*'
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _cell(column: str, value: object) -> str:
    if value is True or value is False:
        return MARK if value else ""
    if value is None or value != value:  # noqa: PLR0124 - only a missing number is not itself
        return ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else _plain(str(value))
    if column in COUNTS:
        return f"{value:,.0f}"
    return f"{value:.1f}" if column in FEW_DIGITS else f"{value:.4f}"

"""A run as one HTML file that needs no other."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

import pandas as pd

from db.run_folder.figures import RunFigures
from db.run_folder.results import RunResult
from db.run_folder.run_tables import rests_on
from trainer.report.markdown import cell_texts
from trainer.report.sections import Section, sections, versions_in_words

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em;
  color: #1b1b1b; background: #fff }
h2 { margin-top: 2em }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25em .7em; border-bottom: 1px solid #ddd; text-align: right;
  white-space: nowrap }
th:first-child, td:first-child { text-align: left }
tr.best td { font-weight: 600; background: #f1f6ff }
.rests { color: #666; font-size: 13px; margin: .3em 0 1em }
img { max-width: 100%; height: auto; display: block }
"""


def run_html(run: RunResult, figures: RunFigures | None, pictures: Mapping[str, bytes]) -> str:
    """Write all that is known of a run as one page, its pictures within.

    Args:
        run: Its results so far.
        figures: What was worked out at its end; None while it is at work.
        pictures: PNG by name, as `trainer.report.pictures` draws them.
    """
    parts = [
        f"<h1>Benchmark on {escape(run.snapshot)}</h1>",
        f"<p>Preset {escape(str(run.preset['name']))}, seed {run.seed}, {run.state}. "
        f"Snapshot <code>{escape(run.snapshot_hash)}</code>.</p>",
    ]
    for section in sections(run, figures):
        if not section.has_something_in(pictures):
            continue
        parts += _section(run, section, pictures)
    notes = "".join(f"<li>{escape(note)}</li>" for note in run.notes)
    parts += [f"<h2>Notes</h2><ul>{notes}</ul><p>{escape(versions_in_words(run))}</p>"]
    title = f"<title>Benchmark on {escape(run.snapshot)}</title>"
    head = f"<head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>{title}"
    body = "\n".join(parts)
    return (
        f"<!doctype html>\n<html lang='en'>{head}<style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _section(run: RunResult, section: Section, pictures: Mapping[str, bytes]) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>"
    yield from (f"<p>{escape(sentence)}</p>" for sentence in section.sentences)
    if section.table is not None:
        yield f"<div class='wide'>{_table(section.table)}</div>"
        yield f"<p class='rests'>{escape(rests_on(run))}</p>"
    for name in section.shown(pictures):
        content = b64encode(pictures[name]).decode("ascii")
        yield f"<img alt='{escape(name)}' src='data:image/png;base64,{content}'>"


def _table(table: pd.DataFrame) -> str:
    columns = [str(name) for name in table.columns]
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    is_best = table["best"] if "best" in table else pd.Series(data=False, index=table.index)
    rows = [
        f"<tr{' class=best' if best else ''}>{_row(columns, row)}</tr>"
        for best, row in zip(is_best, table.itertuples(index=False), strict=True)
    ]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(columns: list[str], row: tuple[object, ...]) -> str:
    return "".join(f"<td>{escape(text)}</td>" for text in cell_texts(columns, row))

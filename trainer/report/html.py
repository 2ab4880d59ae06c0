"""A run as one HTML file that needs no other: its Markdown, rendered, its pictures within."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from db.run_folder.figures import RunFigures
from db.run_folder.results import RunResult
from trainer.report.markdown import MARK, run_markdown

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em;
  color: #1b1b1b; background: #fff; overflow-wrap: anywhere }
h2 { margin-top: 2em }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25em .7em; border-bottom: 1px solid #ddd; text-align: right;
  white-space: nowrap }
th:first-child, td:first-child { text-align: left }
tr.best td { font-weight: 600; background: #f1f6ff }
.wide + p { color: #666; font-size: 13px; margin: .3em 0 1em }
.wide + p em { font-style: normal }
img { max-width: 100%; height: auto; display: block }
"""
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")


def run_html(run: RunResult, figures: RunFigures | None, pictures: Mapping[str, bytes]) -> str:
    """Write all that is known of a run as one page, its pictures within.

    Args:
        run: Its results so far.
        figures: What was worked out at its end; None while it is at work.
        pictures: PNG by name, as `trainer.report.pictures` draws them.
    """
    tokens = _MARKDOWN.parse(run_markdown(run, figures, pictures))
    _mark_tables(tokens)
    _embed_pictures(tokens, pictures)
    body = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    # What the run calls things is escaped, so that these tags are tables only.
    body = body.replace("<table>", "<div class='wide'><table>")
    body = body.replace("</table>", "</table></div>")
    title = f"<title>Benchmark on {escape(run.snapshot)}</title>"
    head = f"<head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>{title}"
    return (
        f"<!doctype html>\n<html lang='en'>{head}<style>{_STYLE}</style></head>\n"
        f"<body>\n{body}</body></html>\n"
    )


def _mark_tables(tokens: Sequence[Token]) -> None:
    """Say which cells head a column, and which rows are marked as the best."""
    row = None
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "tr_open":
            row = token
        elif row is not None and token.content == MARK:
            row.attrSet("class", "best")


def _embed_pictures(tokens: Sequence[Token], pictures: Mapping[str, bytes]) -> None:
    """Put each picture itself in place of its address."""
    inside = {f"{quote(name)}.png": content for name, content in pictures.items()}
    for token in (child for parent in tokens for child in parent.children or ()):
        if token.type == "image":
            content = b64encode(inside[str(token.attrs["src"])]).decode("ascii")
            token.attrSet("src", f"data:image/png;base64,{content}")

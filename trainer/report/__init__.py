"""A run as people read it: Markdown, HTML, CSV and pictures."""

from trainer.report.card import card_markdown
from trainer.report.markdown import markdown_table, run_markdown
from trainer.report.writing import write_report

__all__ = ["card_markdown", "markdown_table", "run_markdown", "write_report"]

"""How commands speak: results on standard output, all else on standard error.

With `--json` the result is one object on standard output and nothing else is there, so
that scripts can read it.
"""

import json
import sys
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from db.jobs.progress import Followed, Steps

Result = TypeVar("Result")

MESSAGES = Console(stderr=True, highlight=False)
RESULTS = Console(highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for scripts.")]


def watched(steps: Steps[Result]) -> Result:
    """Run a long step to its end with a progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeRemainingColumn(), console=MESSAGES, transient=True) as bar:
        task = bar.add_task("", total=None)
        followed = Followed(steps)
        for progress in followed:
            text = progress.message or "Working"
            bar.update(
                task, description=text, completed=progress.done, total=progress.total or None
            )
    return followed.result


def say(result: dict[str, Any], *, as_json: bool, text: str) -> None:
    """Print a command's result: the object for scripts, or the text for people."""
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2, default=str) + "\n")
    else:
        RESULTS.print(text, markup=False)


def table(columns: list[str], rows: list[list[object]]) -> Table:
    """Lay out rows for people; numbers stand to the right."""
    laid_out = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        is_number = all(isinstance(row[place], int | float) for row in rows)
        laid_out.add_column(column, justify="right" if is_number else "left")
    for row in rows:
        laid_out.add_row(
            *(f"{cell:,}" if isinstance(cell, int | float) else str(cell) for cell in row)
        )
    return laid_out


def run(app: Callable[[], Any], *expected: type[Exception]) -> None:
    """Run a command line: 0 is done, 2 a wrong call.

    An error that a person can act on is printed as its sentence, without a traceback, and
    ends in exit code 1.
    """
    try:
        app()
    except expected as error:
        MESSAGES.print(f"Error: {error}", style="red", markup=False)
        raise SystemExit(1) from None

"""The `curator` command."""

import typer

from curator.commands import curate, publish, serve
from curator.commands.people import people
from curator.errors import CuratorError
from db.manifest import SnapshotError
from db.project import ProjectError
from db.terminal import run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Make a facial-expression data set and prove what it is worth.",
)
app.command()(curate.init)
app.command("import")(curate.import_)
app.command("detect")(curate.detect_)
app.command()(curate.dedup)
app.command()(curate.settle)
app.command("freeze")(publish.freeze_)
app.command()(publish.export)
app.command()(publish.verify)
app.command()(curate.status)
app.command()(serve.app)
app.command(hidden=True)(serve.worker)
app.add_typer(people, name="people")


def main() -> None:
    """Run the command line."""
    run(app, CuratorError, ProjectError, SnapshotError)


if __name__ == "__main__":
    main()

"""The `curator` command."""

import typer

from curator.commands import agreement, bring_in, curate, models, publish, serve
from curator.commands.audit import audit
from curator.commands.people import people
from curator.commands.settings import settings
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
app.command()(bring_in.init)
app.command("import")(bring_in.import_)
app.command()(bring_in.fetch)
app.command("detect")(bring_in.detect_)
app.command("install-detector")(bring_in.install_detector_)
app.command()(curate.dedup)
app.command()(curate.settle)
app.command("freeze")(publish.freeze_)
app.command()(publish.export)
app.command()(publish.verify)
app.command("agreement")(agreement.agreement_)
app.command()(curate.status)
app.command()(models.suggest)
app.command()(models.order)
app.command()(models.bias)
app.command()(models.label_errors)
app.command()(audit)
app.command()(serve.app)
app.command(hidden=True)(serve.worker)
app.add_typer(people, name="people")
app.add_typer(settings, name="settings")


def main() -> None:
    """Run the command line."""
    run(app, CuratorError, ProjectError, SnapshotError)


if __name__ == "__main__":
    main()

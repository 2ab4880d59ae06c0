"""The `curator` command."""

import sys
from collections.abc import Mapping
from importlib import import_module

import typer

from curator.errors import CuratorError
from db.project.project_folder import ProjectError
from db.snapshot_folder.errors import SnapshotError
from db.terminal import run

COMMANDS: Mapping[str, str] = {
    "init": "importing.init",
    "import": "importing.import_",
    "fetch": "importing.fetch",
    "detect": "importing.detect_",
    "install-detector": "importing.install_detector_",
    "dedup": "duplicates.dedup",
    "subjects": "subjects.subjects",
    "settle": "consensus.settle",
    "freeze": "snapshots.freeze_",
    "export": "snapshots.export",
    "verify": "snapshots.verify",
    "compare": "snapshots.compare",
    "agreement": "review.agreement_",
    "status": "overview.status",
    "suggest": "models.suggest",
    "order": "models.order",
    "bias": "models.bias",
    "label-errors": "models.label_errors",
    "predict": "models.predict",
    "audit": "project.audit",
    "erase": "maintenance.erase",
    "backup": "maintenance.backup",
    "restore": "maintenance.restore_",
    "clean": "maintenance.clean_",
    "app": "serve.app",
    "worker": "serve.worker",
    "people": "people.people",
    "settings": "project.settings",
}
"""Each command with its module in `curator.commands` and its function, or group, there."""

HIDDEN = frozenset({"worker"})


def command_line(wanted: str = "") -> typer.Typer:
    """Make the command line, or as much of it as one command needs.

    Args:
        wanted: The command that is called: the others, whose modules take seconds to load,
            are left out. Any other word for all of them.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Make a facial-expression data set and prove what it is worth.",
    )
    app.callback()(_curator)  # else one command alone would be the whole command line
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        _add(app, name)
    return app


def _curator() -> None:
    """Make a facial-expression data set and prove what it is worth."""


def _add(app: typer.Typer, name: str) -> None:
    module, _, function = COMMANDS[name].partition(".")
    command = getattr(import_module(f"curator.commands.{module}"), function)
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name, hidden=name in HIDDEN)(command)


def main() -> None:
    """Run the command line."""
    app = command_line(next(iter(sys.argv[1:]), ""))
    run(app, CuratorError, ProjectError, SnapshotError)


if __name__ == "__main__":
    main()

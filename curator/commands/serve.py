"""The app and its workers."""

from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.workers import running_workers
from db.job_queue import WorkerName
from db.project import open_project
from db.terminal import RESULTS
from db.worker import work


def app(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; others need accounts.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Start the app and the workers that do its jobs; Ctrl+C ends them all."""
    from curator.app.server import serve  # noqa: PLC0415 - only this command needs Streamlit

    opened = open_project(project)
    with running_workers(opened.folder):
        serve(opened, host, port, on_started=lambda url: RESULTS.print(f"Open {url}"))


def worker(*, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Do the jobs of a project; the app starts this by itself."""
    from curator.jobs import JOBS  # noqa: PLC0415 - only this command needs the steps of jobs

    work(open_project(project), WorkerName.CURATOR, JOBS)

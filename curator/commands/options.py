"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from db.project.project_folder import PROJECT_VARIABLE

ProjectFolder = Annotated[
    Path, typer.Option("--project", "-p", envvar=PROJECT_VARIABLE, help="The project folder.")
]
DEFAULT_PROJECT = Path("project")

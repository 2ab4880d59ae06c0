"""Where the project stands: status."""

from dataclasses import asdict

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.maintenance.disk_use import disk_use, size_in_words
from curator.steps.overview import overview
from db.project.project_folder import open_project
from db.terminal import RESULTS, AsJson, say, table


def status(*, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Say where the project stands, and what takes room in it."""
    opened = open_project(project)
    with opened.reading() as session:
        counts, rooms = asdict(overview(session)), disk_use(opened, session)
    if as_json:
        say({**counts, "disk": [asdict(room) for room in rooms]}, as_json=True, text="")
        return
    by_label = counts.pop("by_label")
    RESULTS.print(table(["", "count"], [[name.replace("_", " "), n] for name, n in counts.items()]))
    RESULTS.print(table(["label", "settled"], [[label, n] for label, n in by_label.items()]))
    sizes = [[room.kind, size_in_words(room.size_bytes), room.files] for room in rooms]
    RESULTS.print(table(["on disk", "size", "files"], sizes))

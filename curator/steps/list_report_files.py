"""What the trainer wrote of a run for people to take away."""

from pathlib import Path

from db.figures import REPORT

_ORDER = (".html", ".md", ".png")
"""Tables as CSV are made anew when they are asked for, so that a run at work has them too."""


def list_report_files(run_folder: Path) -> list[Path]:
    """List the report of a run that has ended: pages first, then pictures by name."""
    paths = [path for path in (run_folder / REPORT).glob("*") if path.suffix in _ORDER]
    return sorted(paths, key=lambda path: (_ORDER.index(path.suffix), path.name))

"""Take a snapshot to where others can use it, one format a file.

Each format is a function from a snapshot to the files that an export holds, in order:
`FORMATS` names them.
"""

from collections.abc import Callable, Iterator

from curator.steps.export.csv_table import csv_files
from curator.steps.export.exported_file import ExportedFile
from curator.steps.export.label_folders import label_folder_files
from db.manifest import Snapshot

ExportFormat = Callable[[Snapshot], Iterator[ExportedFile]]

FORMATS: dict[str, ExportFormat] = {"folders": label_folder_files, "csv": csv_files}
"""`folders`: SPLIT/LABEL/FACE.png; `csv`: crops in one folder and `labels.csv`."""

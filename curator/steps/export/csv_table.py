"""One CSV table and the crops it names."""

from collections.abc import Iterator

from curator.steps.export.exported_file import ExportedFile, description_files
from db.manifest import Snapshot


def csv_files(snapshot: Snapshot) -> Iterator[ExportedFile]:
    """Yield `labels.csv` (the manifest with a column `file`) and `crops/FACE_ID.png`."""
    yield from description_files(snapshot)
    files = "crops/" + snapshot.faces["face_id"].astype("str") + ".png"
    table = snapshot.faces.assign(file=files)
    columns = ["file", "label", "split", *table.columns.drop(["file", "label", "split"])]
    content = table[columns].to_csv(index=False).encode("utf-8")
    yield ExportedFile("labels.csv", lambda: content)
    for name, crop_sha256 in zip(files, snapshot.faces["crop_sha256"], strict=True):
        yield ExportedFile(name, snapshot.crop_path(crop_sha256).read_bytes)

"""Folders by label: what `image_dataset_from_directory` and `ImageFolder` read."""

from collections.abc import Iterator

from curator.steps.export.exported_file import ExportedFile, description_files
from db.manifest import Snapshot


def label_folder_files(snapshot: Snapshot) -> Iterator[ExportedFile]:
    """Yield `SPLIT/LABEL/FACE_ID.png` for every face of a snapshot."""
    yield from description_files(snapshot)
    for face in snapshot.faces.itertuples():
        name = f"{face.split}/{face.label}/{face.face_id}.png"
        yield ExportedFile(name, snapshot.crop_path(str(face.crop_sha256)).read_bytes)

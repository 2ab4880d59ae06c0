"""Folders by label: what `image_dataset_from_directory` and `ImageFolder` read."""

from collections.abc import Iterator
from functools import partial

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    whole_file,
)


def label_folder_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `SPLIT/LABEL/FACE_ID.png` for every face of a snapshot."""
    yield from description_files(export.snapshot)
    named = export.snapshot.faces[["split", "label", "face_id"]]
    for place, (split, label, face_id) in enumerate(named.itertuples(index=False, name=None)):
        yield whole_file(f"{split}/{label}/{face_id}.png", partial(export.crop, place))

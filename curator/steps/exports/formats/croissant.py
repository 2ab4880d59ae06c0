"""Croissant JSON-LD over a table and its crops: what `mlcroissant` and search engines read.

Its words are of MLCommons, "Croissant format specification" 1.1 and "RAI" 1.0.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from curator.steps.exports.description import terms_of
from curator.steps.exports.exported_file import ExportedFile, SnapshotExport, whole_file
from curator.steps.exports.exported_table import face_table
from curator.steps.exports.formats.croissant_words import CONTEXT, DATA_TYPES
from curator.steps.exports.formats.csv_table import csv_files
from curator.steps.exports.formats.responsible_use import responsible_use
from db.snapshot_folder.manifest import Snapshot


def croissant_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `croissant.json` and the files of the format csv, which it describes.

    It bears the SHA-256 of `labels.csv`; each row of that names its crop.
    """
    for file in csv_files(export):
        yield file
        if file.name == "labels.csv":
            yield whole_file("croissant.json", partial(_described, export, file))


def _described(export: SnapshotExport, table: ExportedFile) -> bytes:
    said = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        **_head(export.snapshot),
        "distribution": [_table_file(table), _CROPS],
        "recordSet": [_record_set(face_table(export))],
        **responsible_use(export.snapshot),
    }
    return (json.dumps(said, indent=1) + "\n").encode("ascii")


def _head(snapshot: Snapshot) -> dict[str, Any]:
    stated = sorted(set(terms_of(snapshot).values()))
    frozen_at = snapshot.about.get("frozen_at")
    return {
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": snapshot.title,
        "description": f"{len(snapshot.faces):,} faces, each with one of seven expressions.",
        "version": f"{snapshot.version}.0.0",
        "citeAs": f"{snapshot.title}, content hash {snapshot.content_hash}",
        # Of a set with a source whose terms nobody knows, those of the others say too much.
        **({"license": stated} if all(stated) else {}),
        **({"datePublished": frozen_at} if frozen_at else {}),
    }


def _table_file(table: ExportedFile) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for chunk in table.chunks():
        digest.update(chunk)
        size += len(chunk)
    return {
        "@type": "cr:FileObject",
        "@id": "labels.csv",
        "name": "labels.csv",
        "contentUrl": "labels.csv",
        "contentSize": f"{size} B",
        "encodingFormat": "text/csv",
        "sha256": digest.hexdigest(),
    }


_CROPS = {
    "@type": "cr:FileSet",
    "@id": "crops",
    "name": "crops",
    "encodingFormat": "image/png",
    "includes": "crops/*.png",
}


def _record_set(table: pd.DataFrame) -> dict[str, Any]:
    image = {"fileSet": {"@id": "crops"}, "extract": {"fileProperty": "content"}}
    file = _column("file", "sc:Text")
    # The library joins a table with files by their names, without the folder, and transforms
    # what it joined by once more.
    file["source"]["transform"] = {"regex": "(?:crops/)?(.*)"}
    file["references"] = {"fileSet": {"@id": "crops"}, "extract": {"fileProperty": "filename"}}
    columns = [_column(str(name), DATA_TYPES[str(kind)]) for name, kind in table.dtypes.items()]
    return {
        "@type": "cr:RecordSet",
        "@id": "faces",
        "name": "faces",
        "key": {"@id": "faces/face_id"},
        "field": [{**_field("image", "sc:ImageObject"), "source": image}, file, *columns],
    }


def _field(name: str, data_type: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": f"faces/{name}", "name": name, "dataType": data_type}


def _column(name: str, data_type: str) -> dict[str, Any]:
    source = {"fileObject": {"@id": "labels.csv"}, "extract": {"column": name}}
    return {**_field(name, data_type), "source": source}

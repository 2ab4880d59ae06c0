"""The snapshot folder: the only thing that crosses from the curator to the trainer.

    NAME@VERSION/
        snapshot.json      format, name, version, parent, content hash, counts, tool version,
                           the SHA-256 of each file but the crops, and a seal over itself
        recipe.json        every choice that made it
        manifest.parquet   one row a face, see `COLUMNS`
        crops/SHA256.png   the pixels, 8-bit grey or RGB
        README.md          the data card, for people, and what it shows

The content hash covers the recipe and every row, and each row names its crop by SHA-256,
so that equal hashes mean equal sets on any machine. Nothing in the folder changes after
it is frozen; `db.snapshot_folder.verify` tells whether anything did.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
from pyarrow.parquet import read_table

from db.files.blobs import sha256_of, sha256_of_file
from db.labels import SPLITS, Expression, Flag
from db.snapshot_folder.errors import SnapshotError

FORMAT: Final = 2
FINAL_WORD: Final = "final word"
"""What `settled_by` says of a face whose label a reviewer had the last word on."""
VOTE_COLUMNS: Final = tuple(f"votes_{label}" for label in Expression)
FLAG_COLUMNS: Final = tuple(f"flags_{flag.replace(' ', '_')}" for flag in Flag)
QUALITY_COLUMNS: Final = (
    "size_px",
    "sharpness",
    "brightness",
    "contrast",
    "yaw_degrees",
    "pitch_degrees",
    "roll_degrees",
)

COLUMNS: Final[dict[str, str]] = {
    "face_id": "int64",
    "crop_sha256": "str",
    "label": "str",
    "split": "str",
    "unit": "str",
    "subject": "str",
    "source": "str",
    "terms": "str",
    "source_split": "str",
    "image_sha256": "str",
    "image_width_px": "int64",
    "image_height_px": "int64",
    "x_min": "float64",
    "y_min": "float64",
    "x_max": "float64",
    "y_max": "float64",
    "landmarks": "str",
    "is_whole": "bool",
    "detector": "str",
    "confidence": "float64",
    **dict.fromkeys(QUALITY_COLUMNS, "float64"),
    "settled_by": "str",
    "votes": "int64",
    "share": "float64",
    **dict.fromkeys(VOTE_COLUMNS, "int64"),
    **dict.fromkeys(FLAG_COLUMNS, "int64"),
}
"""The manifest's columns and their types.

`unit` names the faces that must stay in one split; `subject` is a pseudonym, empty when
not known; `source_split` is the split that the source itself had it in, if it told one.
`image_sha256` is over the bytes of the source image as they came in, its size in pixels
is of the upright image, and so are the box and `landmarks`: JSON, `[[x, y], …]` of left eye,
right eye, nose, left and right mouth corner (left as the viewer sees it), empty where there
are none. `is_whole` says that the whole image is the face. The measures of quality are
missing where a face has none. `settled_by` is `votes` or `final word`. `votes` counts the
annotations that named one of the seven, `share` is the part of them that named `label`,
`votes_…` count them by label, `flags_…` those that named a flag.
"""

_OLD_COLUMNS: Final[dict[int, dict[str, str]]] = {
    1: {
        name: {"image_name": "str"}.get(name) or COLUMNS[name]
        for name in (
            *("face_id", "crop_sha256", "label", "split", "unit", "subject", "source", "terms"),
            *("image_sha256", "image_name", "x_min", "y_min", "x_max", "y_max", "votes", "share"),
            *VOTE_COLUMNS,
        )
    }
}
"""The columns of earlier formats, which can still be read; what they lack reads as not known."""


@dataclass(frozen=True)
class Snapshot:
    """A frozen snapshot, read from its folder.

    Attributes:
        folder: Where it lies.
        name: What its owner calls it.
        version: 1, 2, … within the name.
        content_hash: SHA-256 over recipe and rows.
        recipe: The choices that made it.
        faces: One row a face with the columns of `COLUMNS`, by `face_id`.
        about: What `snapshot.json` holds.
    """

    folder: Path
    name: str
    version: int
    content_hash: str
    recipe: dict[str, Any]
    faces: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name and version, as people cite it: `9k@2`."""
        return f"{self.name}@{self.version}"

    def crop_path(self, crop_sha256: str) -> Path:
        """Say where the pixels of a face lie."""
        return self.folder / "crops" / f"{crop_sha256}.png"


def check_faces(faces: pd.DataFrame, columns: Mapping[str, str] = COLUMNS) -> pd.DataFrame:
    """Bring a table of faces into the manifest's form, or refuse it.

    Args:
        faces: One row a face.
        columns: Those of the format, with their types.

    Returns:
        The same rows in the order of `face_id`, with exactly these columns.

    Raises:
        SnapshotError: A column is missing, a label or split is not one of ours, or a face
            stands twice.
    """
    missing = [column for column in columns if column not in faces]
    if missing:
        raise SnapshotError(f"A manifest needs the columns {', '.join(missing)}; they are missing.")
    table = faces[list(columns)].astype(dict(columns)).sort_values("face_id", ignore_index=True)
    _check_words(table, "label", tuple(Expression))
    _check_words(table, "split", SPLITS)
    if table["face_id"].duplicated().any():
        twice = int(table.loc[table["face_id"].duplicated(), "face_id"].iloc[0])
        raise SnapshotError(f"A manifest holds a face once. Received face {twice} twice.")
    return table


def _check_words(table: pd.DataFrame, column: str, words: tuple[str, ...]) -> None:
    strange = sorted(set(table[column]) - set(words))
    if strange:
        raise SnapshotError(
            f"`{column}` must be one of {', '.join(words)}. Received: {strange[0]!r}"
        )


def content_hash(faces: pd.DataFrame, recipe: dict[str, Any], snapshot_format: int = FORMAT) -> str:
    """Hash what a snapshot holds, alike on every machine and path.

    Args:
        faces: Rows as `check_faces` returns them.
        recipe: The choices, anything that JSON can say.
        snapshot_format: The format of the rows.

    Returns:
        64 hex digits.
    """
    digest = hashlib.sha256(canonical_json({"format": snapshot_format, "recipe": recipe}))
    for part in _row_parts(faces) if snapshot_format == 1 else _column_parts(faces):
        digest.update(canonical_json(part))
    return digest.hexdigest()


def _row_parts(faces: pd.DataFrame) -> Iterator[Any]:
    yield from faces.to_dict(orient="records")


def _column_parts(faces: pd.DataFrame) -> Iterator[Any]:
    # By column, since row by row 100,000 faces take more than twice as long.
    for name in sorted(map(str, faces.columns)):
        column = faces[name]
        # JSON has no word for what is not a number: missing is null.
        known = column.astype("object").where(column.notna(), None) if column.hasnans else column
        yield [name, known.tolist()]


def canonical_json(value: Any) -> bytes:
    """Write JSON in the one way that equal values have in common."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode("ascii") + b"\n"


def read_snapshot(folder: Path) -> Snapshot:
    """Read a snapshot folder; the crops are not opened.

    Raises:
        SnapshotError: The folder holds no snapshot, or one of a format that this version
            cannot read, or its manifest is not what was frozen.
    """
    about = _read_json(folder / "snapshot.json")
    columns = {FORMAT: COLUMNS, **_OLD_COLUMNS}.get(about.get("format", 0))
    if columns is None:
        raise SnapshotError(
            f"{folder} has snapshot format {about.get('format')!r}; this version reads up to "
            f"{FORMAT}. Use the version of fer-curator that its snapshot.json names."
        )
    faces = _read_faces(folder / "manifest.parquet", columns)
    recipe = _read_json(folder / "recipe.json")
    found = content_hash(faces, recipe, about["format"])
    if found != about.get("content_hash"):
        raise SnapshotError(
            f"{folder} was frozen as {about.get('content_hash')} and now reads as {found}: "
            "its manifest or recipe has been changed. Restore it or freeze it again."
        )
    name, version = about.get("name"), about.get("version")
    if not isinstance(name, str) or not isinstance(version, int):
        raise SnapshotError(
            f"{folder}/snapshot.json must give a name and a version. Received: {name!r} and "
            f"{version!r}. Restore it from a copy."
        )
    return Snapshot(folder, name, version, found, recipe, _completed(faces), about)


def _completed(faces: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that an earlier format lacks, and drop what is no longer one."""
    unknown: dict[str, str | bool | float] = {
        "str": "",
        "bool": False,
        "int64": 0,
        "float64": float("nan"),
    }
    whole = faces.reindex(columns=list(COLUMNS))
    for name in whole.columns.difference(faces.columns):
        whole[name] = unknown[COLUMNS[name]]
    return whole.astype(COLUMNS)


def _read_faces(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    try:
        return check_faces(read_table(path).to_pandas(ignore_metadata=True), columns)
    except FileNotFoundError:
        raise SnapshotError(f"{path} is missing. Restore it from a copy.") from None
    except (LookupError, OSError, TypeError, ValueError) as error:  # Arrow's own are of these
        raise SnapshotError(f"{path} is no manifest: {error}. Restore it from a copy.") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SnapshotError(
            f"{path.parent} is no snapshot folder: {path.name} is missing. "
            "Name the folder that `curator freeze` printed."
        ) from None
    except ValueError as error:
        raise SnapshotError(f"{path} is no JSON: {error}. Restore it from a copy.") from error
    if not isinstance(content, dict):
        raise SnapshotError(f"{path} holds no object. Restore it from a copy.")
    return content


def write_manifest(folder: Path, faces: pd.DataFrame, recipe: dict[str, Any]) -> str:
    """Write `manifest.parquet` and `recipe.json` into a folder that is being frozen.

    Returns:
        The content hash.
    """
    table = check_faces(faces)
    table.to_parquet(folder / "manifest.parquet", index=False, compression="zstd")
    (folder / "recipe.json").write_text(json.dumps(recipe, indent=2, sort_keys=True) + "\n")
    return content_hash(table, recipe)


def write_about(folder: Path, *, name: str, version: int, content_hash: str, **more: Any) -> None:
    """Write `snapshot.json`, last of all: a folder without it is no snapshot.

    It names the SHA-256 of every other file but the crops, whose names are theirs, and
    seals itself: `seal` is the SHA-256 of all the rest of it.
    """
    about = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "content_hash": content_hash,
        "files": {path.name: sha256_of_file(path) for path in folder.iterdir() if path.is_file()},
        **more,
    }
    (folder / "snapshot.json").write_bytes(about_bytes({**about, "seal": seal(about)}))


def seal(about: Mapping[str, Any]) -> str:
    """Hash what `snapshot.json` says, but for its seal."""
    return sha256_of(canonical_json({key: about[key] for key in about if key != "seal"}))


def about_bytes(about: Mapping[str, Any]) -> bytes:
    """Write `snapshot.json` in the one way that it is written."""
    return (json.dumps(about, indent=2, sort_keys=True) + "\n").encode("utf-8")

"""The snapshot folder: the only thing that crosses from the curator to the trainer.

    NAME@VERSION/
        snapshot.json      format, name, version, parent, content hash, counts, tool version
        recipe.json        every choice that made it
        manifest.parquet   one row a face, see `COLUMNS`
        crops/SHA256.png   the pixels, 8-bit grey or RGB
        README.md          for people

The content hash covers the recipe and every row, and each row names its crop by SHA-256,
so that equal hashes mean equal sets on any machine. Nothing in the folder changes after
it is frozen.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from db.labels import SPLITS, Expression
from db.snapshot_error import SnapshotError
from db.storage import sha256_of_file

FORMAT: Final = 1
VOTE_COLUMNS: Final = tuple(f"votes_{label}" for label in Expression)

COLUMNS: Final[dict[str, str]] = {
    "face_id": "int64",
    "crop_sha256": "str",
    "label": "str",
    "split": "str",
    "unit": "str",
    "subject": "str",
    "source": "str",
    "terms": "str",
    "image_sha256": "str",
    "image_name": "str",
    "x_min": "float64",
    "y_min": "float64",
    "x_max": "float64",
    "y_max": "float64",
    "votes": "int64",
    "share": "float64",
    **dict.fromkeys(VOTE_COLUMNS, "int64"),
}
"""The manifest's columns and their types.

`unit` names the faces that must stay in one split; `subject` is a pseudonym, empty when
not known; `votes` counts the annotations that named one of the seven, `share` is the part
of them that named `label`, `votes_…` count them by label.
"""


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
    """

    folder: Path
    name: str
    version: int
    content_hash: str
    recipe: dict[str, Any]
    faces: pd.DataFrame

    @property
    def title(self) -> str:
        """Name and version, as people cite it: `9k@2`."""
        return f"{self.name}@{self.version}"

    def crop_path(self, crop_sha256: str) -> Path:
        """Say where the pixels of a face lie."""
        return self.folder / "crops" / f"{crop_sha256}.png"


def check_faces(faces: pd.DataFrame) -> pd.DataFrame:
    """Bring a table of faces into the manifest's form, or refuse it.

    Returns:
        The same rows in the order of `face_id`, with exactly the columns of `COLUMNS`.

    Raises:
        SnapshotError: A column is missing, a label or split is not one of ours, or a face
            stands twice.
    """
    missing = [column for column in COLUMNS if column not in faces]
    if missing:
        raise SnapshotError(f"A manifest needs the columns {', '.join(missing)}; they are missing.")
    table = faces[list(COLUMNS)].astype(COLUMNS).sort_values("face_id", ignore_index=True)
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


def content_hash(faces: pd.DataFrame, recipe: dict[str, Any]) -> str:
    """Hash what a snapshot holds, alike on every machine and path.

    Args:
        faces: Rows as `check_faces` returns them.
        recipe: The choices, anything that JSON can say.

    Returns:
        64 hex digits.
    """
    digest = hashlib.sha256(canonical_json({"format": FORMAT, "recipe": recipe}))
    for row in faces.to_dict(orient="records"):
        digest.update(canonical_json(row))
    return digest.hexdigest()


def canonical_json(value: Any) -> bytes:
    """Write JSON in the one way that equal values have in common."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii") + b"\n"


def read_snapshot(folder: Path) -> Snapshot:
    """Read a snapshot folder; the crops are not opened.

    Raises:
        SnapshotError: The folder holds no snapshot, or one of a format that this version
            cannot read, or its manifest is not what was frozen.
    """
    about = _read_json(folder / "snapshot.json")
    if about.get("format") != FORMAT:
        raise SnapshotError(
            f"{folder} has snapshot format {about.get('format')!r}; this version reads {FORMAT}. "
            "Use the version of fer-curator that its snapshot.json names."
        )
    faces = check_faces(pd.read_parquet(folder / "manifest.parquet"))
    recipe = _read_json(folder / "recipe.json")
    found = content_hash(faces, recipe)
    if found != about["content_hash"]:
        raise SnapshotError(
            f"{folder} was frozen as {about['content_hash']} and now reads as {found}: "
            "its manifest or recipe has been changed. Restore it or freeze it again."
        )
    return Snapshot(folder, about["name"], about["version"], found, recipe, faces)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SnapshotError(
            f"{path.parent} is no snapshot folder: {path.name} is missing. "
            "Name the folder that `curator freeze` printed."
        ) from None
    except ValueError as error:
        raise SnapshotError(f"{path} is no JSON: {error}. Restore it from a copy.") from error
    return content


def damaged_files(snapshot: Snapshot) -> list[str]:
    """Compare every crop with the hash it was frozen under.

    Returns:
        One sentence for each crop that is changed, missing, or not in the manifest; an
        empty list when all is as it was frozen.
    """
    expected = set(snapshot.faces["crop_sha256"])
    there = {path.stem: path for path in (snapshot.folder / "crops").glob("*.png")}
    problems = [f"crops/{sha256}.png is missing" for sha256 in sorted(expected - set(there))]
    problems += [
        f"crops/{sha256}.png is not in the manifest" for sha256 in sorted(set(there) - expected)
    ]
    for sha256 in sorted(expected & set(there)):
        if sha256_of_file(there[sha256]) != sha256:
            problems.append(f"crops/{sha256}.png has been changed")
    return problems


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
    """Write `snapshot.json`, last of all: a folder without it is no snapshot."""
    about = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "content_hash": content_hash,
        **more,
    }
    (folder / "snapshot.json").write_text(json.dumps(about, indent=2, sort_keys=True) + "\n")

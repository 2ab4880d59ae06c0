"""Find every byte of a snapshot folder that is not as it was frozen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.files.blobs import sha256_of_file
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.manifest import about_bytes, read_snapshot, seal

_ABOUT = "snapshot.json"
_CROPS = "crops"


def damaged_files(folder: Path) -> list[str]:
    """Compare a snapshot folder with what was frozen, byte for byte.

    Every file is read. Snapshots of format 1 did not name their README, so that one alone
    may have been changed there.

    Returns:
        One sentence for each file that is changed, missing, or did not belong to the
        snapshot, the more telling first; an empty list when all is as it was frozen.
    """
    about = _told(folder / _ABOUT)
    problems = [*_about_problems(folder, about), *_named_files(folder, about.get("files"))]
    try:
        snapshot = read_snapshot(folder)
    except SnapshotError as error:
        said = [] if problems else [str(error)]
        return [*problems, *said, "The crops were not compared: what names them cannot be trusted."]
    return [*problems, *_crops(folder, set(snapshot.faces["crop_sha256"]))]


def _told(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}  # reading the snapshot says so
    return about if isinstance(about, dict) else {}


def _about_problems(folder: Path, about: dict[str, Any]) -> Iterator[str]:
    if about.get("format", 1) == 1:
        return
    if about.get("seal") != seal(about) or (folder / _ABOUT).read_bytes() != about_bytes(about):
        yield f"{_ABOUT} has been changed"


def _named_files(folder: Path, files: dict[str, str] | None) -> Iterator[str]:
    named = files or dict.fromkeys((_ABOUT, "README.md", "manifest.parquet", "recipe.json"), "")
    there = {path.name for path in folder.iterdir()} - {_CROPS} - ({_ABOUT} if files else set())
    yield from (f"{name} is missing" for name in sorted(set(named) - there))
    yield from (f"{name} does not belong to the snapshot" for name in sorted(there - set(named)))
    for name in sorted(there & set(named)):
        if named[name] and sha256_of_file(folder / name) != named[name]:
            yield f"{name} has been changed"


def _crops(folder: Path, expected: set[str]) -> Iterator[str]:
    crops = folder / _CROPS
    there = {path.name for path in crops.iterdir()} if crops.is_dir() else set()
    names = {f"{sha256}.png" for sha256 in expected}
    yield from (f"{_CROPS}/{name} is missing" for name in sorted(names - there))
    yield from (f"{_CROPS}/{name} is not in the manifest" for name in sorted(there - names))
    for name in sorted(names & there):
        if sha256_of_file(crops / name) != name.removesuffix(".png"):
            yield f"{_CROPS}/{name} has been changed"

"""Freeze the chosen faces into a snapshot folder that never changes again."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.leaks import LeakReport
from curator.core.preprocessing import paper_preprocessing
from curator.core.recipe import Recipe
from curator.errors import CuratorError
from curator.steps.check_leaks import check_leaks, refuse_leaks
from curator.steps.image_files import decoded, png
from curator.steps.preview_snapshot import preview
from curator.steps.snapshot_readme import snapshot_readme
from db.manifest import canonical_json, write_about, write_manifest
from db.progress import BATCH_ROWS, Progress, Steps
from db.project import Project
from db.snapshots import StoredRecipe, StoredSnapshot
from db.storage import sha256_of, sync

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class FreezeReport:
    """What was frozen.

    Attributes:
        snapshot_id: Its row.
        title: Name and version, as `9k@1`.
        folder: Where it lies, relative to the project.
        content_hash: What it is cited by.
        faces: How many it holds.
        is_new: False when nothing has changed since the newest version of the name, which
            is then what this report is about.
    """

    snapshot_id: int
    title: str
    folder: str
    content_hash: str
    faces: int
    is_new: bool


def freeze(
    project: Project, session: Session, name: str, recipe: Recipe, *, now: datetime
) -> Steps[FreezeReport]:
    """Freeze what a recipe chooses as the next version of a name.

    The folder is made aside and renamed when it is whole. Where nothing has changed since
    the newest version, that one is returned and nothing is made.

    Raises:
        CuratorError: The name cannot be a folder's, no face can be chosen, or the splits
            leak and the recipe does not ask for that.
    """
    if not _NAME.fullmatch(name):
        raise CuratorError(
            "A snapshot's name has 1 to 64 letters, digits, dots, dashes and underscores. "
            f"Received: {name!r}"
        )
    faces = preview(session, recipe).faces
    if faces.empty:
        raise CuratorError(
            "The recipe chooses no face: none is settled that it can use. "
            "Label faces, or lower the fewest votes that settle one."
        )
    leaks = yield from check_leaks(project, session, faces, recipe.duplicate_distance)
    if recipe.deals_whole_units:
        refuse_leaks(leaks)
    yield Progress(0, len(faces), "Writing crops")
    with _aside(project.snapshots) as folder:
        frozen = yield from _write_crops(project, faces, recipe, folder / "crops")
        return _store(session, _Draft(name, recipe, frozen, leaks, folder), project, now)


@contextmanager
def _aside(snapshots: Path) -> Iterator[Path]:
    folder = snapshots / ".aside"
    shutil.rmtree(folder, ignore_errors=True)  # what a freeze that died left
    (folder / "crops").mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_crops(
    project: Project, faces: pd.DataFrame, recipe: Recipe, folder: Path
) -> Steps[pd.DataFrame]:
    hashes: list[str] = []
    for done, crop_sha256 in enumerate(faces["crop_sha256"], start=1):
        content = project.crops.read(crop_sha256)
        if recipe.preprocessing == "paper":
            content = png(paper_preprocessing(decoded(content)))
        hashes.append(sha256_of(content))
        crop = folder / f"{hashes[-1]}.png"
        crop.write_bytes(content)
        sync(crop)
        if done % BATCH_ROWS == 0:
            yield Progress(done, len(faces), "Writing crops")
    return faces.assign(crop_sha256=hashes)


@dataclass(frozen=True)
class _Draft:
    name: str
    recipe: Recipe
    faces: pd.DataFrame
    leaks: LeakReport
    folder: Path


def _store(session: Session, draft: _Draft, project: Project, now: datetime) -> FreezeReport:
    choices = draft.recipe.as_json()
    newest = _newest(session, draft.name)
    hashed = write_manifest(draft.folder, draft.faces, choices)
    if newest is not None and newest.content_hash == hashed:
        return _report(newest, is_new=False)
    number = 1 if newest is None else newest.version + 1
    stored = StoredSnapshot(
        name=draft.name,
        version=number,
        content_hash=hashed,
        folder=f"snapshots/{draft.name}@{number}",
        faces=len(draft.faces),
        recipe=_stored_recipe(session, choices, now),
        created_at=now,
    )
    session.add(stored)
    session.flush()
    _describe(draft, stored, newest)
    _move_into_place(draft.folder, project.folder / stored.folder)
    return _report(stored, is_new=True)


def _newest(session: Session, name: str) -> StoredSnapshot | None:
    versions = select(StoredSnapshot).where(StoredSnapshot.name == name)
    return session.scalars(versions.order_by(StoredSnapshot.version.desc()).limit(1)).first()


def _stored_recipe(session: Session, choices: dict[str, object], now: datetime) -> StoredRecipe:
    sha256 = sha256_of(canonical_json(choices))
    known = session.scalars(select(StoredRecipe).where(StoredRecipe.sha256 == sha256)).first()
    return known or StoredRecipe(sha256=sha256, choices=choices, created_at=now)


def _describe(draft: _Draft, stored: StoredSnapshot, parent: StoredSnapshot | None) -> None:
    counts = draft.faces.groupby(["label", "split"]).size().unstack(fill_value=0)
    (draft.folder / "README.md").write_text(
        snapshot_readme(
            f"{stored.name}@{stored.version}", stored.content_hash, draft.faces, draft.leaks
        )
    )
    write_about(
        draft.folder,
        name=stored.name,
        version=stored.version,
        content_hash=stored.content_hash,
        parent=None if parent is None else parent.content_hash,
        counts={
            str(label): {str(k): int(v) for k, v in row.items()} for label, row in counts.iterrows()
        },
        tool_version=version("fer-curator"),
        frozen_at=stored.created_at.isoformat(),
    )


def _move_into_place(folder: Path, place: Path) -> None:
    if place.exists():  # left by a freeze that died before its row was committed
        shutil.rmtree(place)
    for path in folder.iterdir():
        if path.is_file():
            sync(path)
    sync(folder / "crops")
    sync(folder)
    folder.rename(place)
    sync(place.parent)


def _report(stored: StoredSnapshot, *, is_new: bool) -> FreezeReport:
    return FreezeReport(
        snapshot_id=stored.id,
        title=f"{stored.name}@{stored.version}",
        folder=stored.folder,
        content_hash=stored.content_hash,
        faces=stored.faces,
        is_new=is_new,
    )

"""Freeze the chosen faces into a snapshot folder that never changes again."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.faces.preprocessing import paper_preprocessing
from curator.core.snapshots.leaks import LeakReport
from curator.core.snapshots.recipe import Recipe
from curator.errors import CuratorError
from curator.steps.images.image_codec import decoded, png
from curator.steps.snapshots.balance_chart import balance_chart
from curator.steps.snapshots.check_leaks import check_leaks, refuse_leaks
from curator.steps.snapshots.data_card import data_card
from curator.steps.snapshots.manifest_rows import manifest_rows
from curator.steps.snapshots.preview_snapshot import Preview, preview
from curator.steps.snapshots.snapshot_readme import snapshot_readme
from curator.steps.snapshots.sweep_snapshots import announced, sweep_snapshots
from db.files.blobs import sha256_of, sync
from db.files.staged_blobs import aside_folder, sync_all
from db.jobs.progress import Progress, Steps
from db.project.project_folder import Project
from db.snapshot_folder.manifest import canonical_json, write_about, write_manifest
from db.tables.snapshots import StoredRecipe, StoredSnapshot

_READ_ONLY = 0o444
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
    sweep_snapshots(project, session)
    seen = preview(session, recipe)
    if seen.chosen.empty:
        raise CuratorError(
            "The recipe chooses no face: none is settled that it can use. "
            "Label faces, or lower the fewest votes that settle one."
        )
    faces = manifest_rows(session, seen.chosen, recipe)
    leaks = yield from check_leaks(project, session, faces, recipe.duplicate_distance)
    if recipe.deals_whole_units:
        refuse_leaks(leaks)
    yield Progress(0, len(faces), "Writing crops")
    with aside_folder(project.snapshots_aside) as aside:
        folder = aside / "snapshot"
        frozen = yield from _write_crops(project, faces, recipe, folder / "crops")
        return _store(session, _Draft(name, seen, frozen, leaks, folder), project, now)


def _write_crops(
    project: Project, faces: pd.DataFrame, recipe: Recipe, folder: Path
) -> Steps[pd.DataFrame]:
    folder.mkdir(parents=True)
    hashes: list[str] = []
    for done, crop_sha256 in enumerate(faces["crop_sha256"], start=1):
        content = project.crops.read(crop_sha256)
        if recipe.preprocessing == "paper":
            content = png(paper_preprocessing(decoded(content)))
        hashes.append(sha256_of(content))
        (folder / f"{hashes[-1]}.png").write_bytes(content)
        yield Progress(done, len(faces), "Writing crops")
    return faces.assign(crop_sha256=hashes)


@dataclass(frozen=True)
class _Draft:
    name: str
    seen: Preview
    faces: pd.DataFrame
    leaks: LeakReport
    folder: Path


def _store(session: Session, draft: _Draft, project: Project, now: datetime) -> FreezeReport:
    choices = draft.seen.recipe.as_json()
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
    _describe(session, draft, stored, newest)
    _move_into_place(draft.folder, project, stored)
    return _report(stored, is_new=True)


def _newest(session: Session, name: str) -> StoredSnapshot | None:
    versions = select(StoredSnapshot).where(StoredSnapshot.name == name)
    return session.scalars(versions.order_by(StoredSnapshot.version.desc()).limit(1)).first()


def _stored_recipe(session: Session, choices: dict[str, object], now: datetime) -> StoredRecipe:
    sha256 = sha256_of(canonical_json(choices))
    known = session.scalars(select(StoredRecipe).where(StoredRecipe.sha256 == sha256)).first()
    return known or StoredRecipe(sha256=sha256, choices=choices, created_at=now)


def _describe(
    session: Session, draft: _Draft, stored: StoredSnapshot, parent: StoredSnapshot | None
) -> None:
    card = data_card(session, draft.seen, draft.faces, draft.leaks)
    title = f"{stored.name}@{stored.version}"
    (draft.folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    (draft.folder / "balance.svg").write_text(balance_chart(card))
    (draft.folder / "README.md").write_text(snapshot_readme(title, stored.content_hash, card))
    write_about(
        draft.folder,
        name=stored.name,
        version=stored.version,
        content_hash=stored.content_hash,
        parent=None if parent is None else parent.content_hash,
        counts=card["labels"],
        tool_version=version("fer-curator"),
        frozen_at=stored.created_at.isoformat(),
    )


def _move_into_place(folder: Path, project: Project, stored: StoredSnapshot) -> None:
    """Give a whole snapshot its name; until its row is committed, the next sweep takes it back."""
    place = project.folder / stored.folder
    for path in (*folder.iterdir(), *(folder / "crops").iterdir()):
        if path.is_file():
            path.chmod(_READ_ONLY)
    sync_all(folder, [*folder.rglob("*"), folder])
    with announced(project, stored):
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

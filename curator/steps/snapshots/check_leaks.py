"""Check that no picture, person or video stands in two splits, and refuse where one does."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.snapshots.leak_candidates import (
    Apart,
    Candidate,
    near_candidates,
    shows_same_picture,
)
from curator.core.snapshots.leaks import LeakKind, LeakReport, leak_report
from curator.errors import CuratorError
from curator.steps.duplicates.face_patches import Patches
from curator.steps.process_pool import fan_out
from curator.steps.snapshots.face_table import rows_of
from db.jobs.progress import BATCH_ROWS, Progress, Steps
from db.project.project_folder import Project
from db.tables.duplicates import DuplicateDecision, FoundSubject, Ruling
from db.tables.images import Face, Image

PAIRS_AT_ONCE = 10
"""Pairs that a thread is handed at a time."""

_FACE_COLUMNS = {
    "face_id": Face.id,
    "crop_sha256": Face.crop_sha256,
    "x_min": Face.x_min,
    "y_min": Face.y_min,
    "x_max": Face.x_max,
    "y_max": Face.y_max,
    "landmarks": Face.landmarks,
    "is_whole": Face.is_whole,
    "view_sha256": Face.view_sha256,
    "phash": Face.phash,
    "phash_mirrored": Face.phash_mirrored,
    "pixels_sha256": Image.pixels_sha256,
    "image_phash": Image.phash,
    "image_phash_mirrored": Image.phash_mirrored,
    "sequence": Image.sequence,
    "subject": Face.subject,
    "found_subject": FoundSubject.subject,
}
_BOX = ["x_min", "y_min", "x_max", "y_max"]
_TYPES = (
    {"face_id": "int64", "phash": "int64", "phash_mirrored": "int64"}
    | {"image_phash": "Int64", "image_phash_mirrored": "Int64"}
    | dict.fromkeys(_BOX, "float64")
    | dict.fromkeys(("crop_sha256", "pixels_sha256"), "str")
)

_WHAT_TO_DO = {
    LeakKind.PIXELS: "search for duplicates again",
    LeakKind.LOOK: "search for duplicates again, within as many bits as the recipe says",
    LeakKind.SUBJECT: "give both one subject, spelt alike",
    LeakKind.FOUND_SUBJECT: "find subjects again, or forget them if they are wrong",
    LeakKind.SEQUENCE: "give both one subject",
}


def check_leaks(
    project: Project, session: Session, faces: pd.DataFrame, distance: int
) -> Steps[LeakReport]:
    """Count the pairs of faces that belong together and stand in different splits.

    All that ties faces is read from the database anew, whatever groups and units say of it;
    see `curator.core.snapshots.leaks`.

    Args:
        faces: `face_id` (int) and `split` (str); other columns are not looked at.
        distance: Most bits by which the hashes of duplicates differ.

    Raises:
        ValueError: A face is not in the project, or stands twice in `faces`.
    """
    known, apart = _known(session, faces), _apart(session)
    look = partial(shows_same_picture, patch_of=Patches(project, known).patch)
    alike: list[Candidate] = []
    compared = looked = 0
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for stripe in near_candidates(known, distance, apart):
            for pair, is_same in fan_out(threads, look, stripe.candidates, at_once=PAIRS_AT_ONCE):
                looked += 1
                alike += [pair] if is_same else []
                if looked % BATCH_ROWS == 0:
                    yield _progress(compared, known, looked)
            compared += stripe.faces
            yield _progress(compared, known, looked)
    return leak_report(known, alike, looked, apart)


def _progress(compared: int, known: pd.DataFrame, looked: int) -> Progress:
    message = f"Checking the splits for leaks: pixels of {looked:,} pairs compared"
    return Progress(compared, len(known), message)


def _known(session: Session, faces: pd.DataFrame) -> pd.DataFrame:
    splits = faces.set_index("face_id")["split"]
    if not splits.index.is_unique:
        raise ValueError("`faces` must name each face once.")
    rows = _rows(session, set(splits.index))
    # Of objects, since pandas would make floats of hashes among which some are missing.
    table = pd.DataFrame(rows, columns=list(_FACE_COLUMNS), dtype=object)
    lacking = splits.index.difference(table["face_id"].tolist())
    if len(lacking):
        raise ValueError(f"`faces` must be in the project. Received: face {lacking[0]}")
    return table.astype(_TYPES).assign(split=table["face_id"].map(splits))


def _rows(session: Session, face_ids: set[int]) -> Iterator[tuple[object, ...]]:
    query = (
        select(*(column.label(name) for name, column in _FACE_COLUMNS.items()))
        .join(Image, Face.image_id == Image.id)
        .outerjoin(FoundSubject, FoundSubject.face_id == Face.id)
        .order_by(Face.id)
    )
    return map(tuple, rows_of(session, query, face_ids))


def _apart(session: Session) -> Apart:
    decided = select(DuplicateDecision.face_id, DuplicateDecision.other_id).where(
        DuplicateDecision.ruling == Ruling.APART, DuplicateDecision.undone_at.is_(None)
    )
    return {(row.face_id, row.other_id) for row in session.execute(decided)}


def refuse_leaks(report: LeakReport) -> None:
    """Refuse splits that leak.

    Raises:
        CuratorError: Something crosses a split; the message says what, and what to do.
    """
    if not report.is_clean:
        raise CuratorError(
            f"The splits leak. {' '.join(leaks_in_words(report))} To freeze them all the same, "
            'say so in the recipe: `splits: "leaky, for comparison"`.'
        )


def leaks_in_words(report: LeakReport) -> list[str]:
    """Say of each kind that crosses a split how often, an example, and what to do."""
    return [_said(kind, report) for kind in LeakKind if report.counts[kind]]


def _said(kind: LeakKind, report: LeakReport) -> str:
    count, pair = report.counts[kind], report.examples[kind][0]
    cross = "1 pair of faces crosses" if count == 1 else f"{count:,} pairs of faces cross"
    return (
        f"{str(kind).capitalize()}: {cross} a split, such as face {pair.first_id} "
        f"({pair.first_split}) and face {pair.second_id} ({pair.second_split})"
        f"{'' if pair.why == kind else f': {pair.why}'}; {_WHAT_TO_DO[kind]}."
    )

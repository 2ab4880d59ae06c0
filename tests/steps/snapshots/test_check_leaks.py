from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from curator.core.snapshots.leaks import LeakingPair, LeakKind, LeakReport
from curator.errors import CuratorError
from curator.steps.images.perceptual_hash import phashes
from curator.steps.snapshots.check_leaks import PAIRS_AT_ONCE, check_leaks, refuse_leaks
from db.jobs.progress import BATCH_ROWS, Progress, finished
from db.project.project_folder import Project
from db.tables import Face, Image
from db.tables.duplicates import DuplicateDecision, FoundSubject, Ruling
from tests.core.snapshots.leaking import make_patch
from tests.makers import NOW, make_face

FACE = np.asarray(cv2.cvtColor(make_patch(7, 75) // 2 + 30, cv2.COLOR_GRAY2RGB), np.uint8)


def in_splits(train: Iterable[int], test: Iterable[int]) -> pd.DataFrame:
    rows = [(face_id, "train") for face_id in train] + [(face_id, "test") for face_id in test]
    return pd.DataFrame(rows, columns=["face_id", "split"])


def two_faces(
    project: Project, session: Session, first: np.ndarray | None, second: np.ndarray | None
) -> tuple[int, int]:
    return (
        make_face(project, session, seed=1, pixels=first),
        make_face(project, session, seed=2, pixels=second),
    )


def check(
    project: Project, session: Session, ids: tuple[int, int], distance: int = 6
) -> LeakReport:
    session.flush()
    return finished(check_leaks(project, session, in_splits(ids[:1], ids[1:]), distance))


def refused(report: LeakReport) -> str:
    with pytest.raises(CuratorError) as refusal:
        refuse_leaks(report)
    return str(refusal.value)


def only_kind(report: LeakReport) -> tuple[LeakKind, int]:
    (found,) = ((kind, count) for kind, count in report.counts.items() if count)
    return found


def change_image(session: Session, face_id: int, **values: object) -> None:
    session.flush()
    face = session.get_one(Face, face_id)
    session.execute(update(Image).where(Image.id == face.image_id).values(**values))


def decide_apart(session: Session, ids: tuple[int, int]) -> DuplicateDecision:
    decision = DuplicateDecision(
        act="act", ruling=Ruling.APART, face_id=ids[0], other_id=ids[1], decided_at=NOW
    )
    session.add(decision)
    return decision


def test_unlike_faces_are_clean_and_nothing_is_refused(project: Project, session: Session) -> None:
    report = check(project, session, two_faces(project, session, None, None))
    refuse_leaks(report)
    assert report.is_clean
    assert (report.pairs, report.candidates, report.without_image_hash) == (1, 0, 0)


def test_equal_pixels_are_refused_with_both_faces_and_what_to_do(
    project: Project, session: Session
) -> None:
    report = check(project, session, two_faces(project, session, FACE, FACE))
    assert only_kind(report) == (LeakKind.PIXELS, 1)
    assert refused(report) == (
        "The splits leak. Same pixels: 1 pair of faces crosses a split, such as face 1 (train) "
        "and face 2 (test); search for duplicates again. To freeze them all the same, say so in "
        'the recipe: `splits: "leaky, for comparison"`.'
    )


def test_a_brighter_copy_is_refused(project: Project, session: Session) -> None:
    report = check(project, session, two_faces(project, session, FACE, FACE + 20))
    assert only_kind(report) == (LeakKind.LOOK, 1)
    assert "Looks the same: 1 pair of faces crosses a split" in refused(report)
    assert ": crops 0 bits apart; search for duplicates again, " in refused(report)


def test_a_mirrored_copy_is_refused(project: Project, session: Session) -> None:
    mirrored = np.ascontiguousarray(FACE[:, ::-1]) + 20
    report = check(project, session, two_faces(project, session, FACE, mirrored))
    assert only_kind(report) == (LeakKind.LOOK, 1)
    assert "bits apart, mirrored" in refused(report)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_copy_is_refused_by_the_hash_of_its_image_alone(
    project: Project, session: Session, *, is_mirrored: bool
) -> None:
    copy = np.ascontiguousarray(FACE[:, ::-1]) if is_mirrored else FACE
    ids = two_faces(project, session, FACE, copy + 20)
    hashes = phashes(FACE)
    session.execute(
        update(Face).where(Face.id == ids[1]).values(phash=~hashes["phash"], phash_mirrored=1)
    )
    change_image(session, ids[0], **{name: number ^ 1 for name, number in hashes.items()})
    report = check(project, session, ids)
    assert only_kind(report) == (LeakKind.LOOK, 1)
    why = "images 1 bits apart, mirrored;" if is_mirrored else "images 1 bits apart;"
    assert why in refused(report)
    assert report.without_image_hash == 0


def test_hashes_of_images_are_exact_though_others_were_never_hashed(
    project: Project, session: Session
) -> None:
    first, second = two_faces(project, session, FACE, FACE + 20)
    session.execute(update(Face).where(Face.id == second).values(phash=~phashes(FACE)["phash"]))
    third = make_face(project, session, seed=3)
    large = 2**62 + 0b111  # a float keeps none of its last bits
    change_image(session, first, phash=large, phash_mirrored=1)
    change_image(session, second, phash=large ^ 0b1111, phash_mirrored=-1)
    change_image(session, third, phash=None, phash_mirrored=None)
    session.flush()
    splits = in_splits([first], [second, third])
    near, far = (finished(check_leaks(project, session, splits, bits)) for bits in (4, 3))
    assert (near.counts[LeakKind.LOOK], far.counts[LeakKind.LOOK]) == (1, 0)
    assert near.without_image_hash == 1


def test_alike_hashes_of_unlike_pixels_are_clean(project: Project, session: Session) -> None:
    ids = two_faces(project, session, None, None)
    session.execute(update(Face).values(phash=5))
    report = check(project, session, ids)
    assert report.is_clean
    assert report.candidates == 1


def test_a_subject_spelt_otherwise_is_refused(project: Project, session: Session) -> None:
    ids = (
        make_face(project, session, seed=1, subject="KA"),
        make_face(project, session, seed=2, subject="k-a"),
    )
    report = check(project, session, ids)
    assert only_kind(report) == (LeakKind.SUBJECT, 1)
    assert ": subject KA and k-a; give both one subject, spelt alike." in refused(report)


def test_a_found_subject_is_refused(project: Project, session: Session) -> None:
    ids = two_faces(project, session, None, None)
    session.add_all(FoundSubject(face_id=face_id, subject="p00001") for face_id in ids)
    report = check(project, session, ids)
    assert only_kind(report) == (LeakKind.FOUND_SUBJECT, 1)
    assert ": found subject p00001; find subjects again" in refused(report)


def test_a_video_is_refused(project: Project, session: Session) -> None:
    ids = two_faces(project, session, None, None)
    for face_id in ids:
        change_image(session, face_id, sequence="S005_001")
    report = check(project, session, ids)
    assert only_kind(report) == (LeakKind.SEQUENCE, 1)
    assert ": video S005_001; give both one subject." in refused(report)


@pytest.mark.parametrize("other", [FACE, FACE + 20])
def test_a_pair_decided_to_be_apart_is_clean_until_that_is_undone(
    project: Project, session: Session, other: np.ndarray
) -> None:
    ids = two_faces(project, session, FACE, other)
    decision = decide_apart(session, ids)
    assert check(project, session, ids).is_clean
    decision.undone_at = NOW
    assert not check(project, session, ids).is_clean


def test_faces_that_are_in_no_split_do_not_count(project: Project, session: Session) -> None:
    first, second = two_faces(project, session, FACE, FACE)
    third = make_face(project, session, seed=3)
    assert check(project, session, (first, third)).is_clean
    assert not check(project, session, (first, second)).is_clean


def test_every_kind_is_said_and_many_pairs_are_counted() -> None:
    pair = LeakingPair(4, "train", 9, "test", "subject KA")
    counts = dict.fromkeys(LeakKind, 0) | {LeakKind.LOOK: 1, LeakKind.SUBJECT: 1200}
    examples = dict.fromkeys(LeakKind, ()) | {LeakKind.SUBJECT: (pair,)}
    examples |= {LeakKind.LOOK: (replace(pair, why="crops 2 bits apart"),)}
    said = refused(LeakReport(counts, examples, 5000, 1, 0))
    assert "Looks the same: 1 pair of faces crosses a split" in said
    assert "Same subject: 1,200 pairs of faces cross a split, such as face 4 (train)" in said


def test_progress_is_told_while_pixels_are_compared(project: Project, session: Session) -> None:
    ids = [make_face(project, session, seed=seed) for seed in range(1, 25)]
    session.execute(update(Face).values(phash=5))
    steps = check_leaks(project, session, in_splits(ids[:12], ids[12:]), 0)
    seen = list(steps)
    pairs = 12 * 12
    assert pairs > BATCH_ROWS > PAIRS_AT_ONCE
    message = "Checking the splits for leaks: pixels of {} pairs compared"
    assert seen == [
        Progress(0, 24, message.format(100)),
        Progress(12, 24, message.format(144)),
        Progress(24, 24, message.format(144)),
    ]


def test_a_face_that_is_not_there_or_is_named_twice_is_a_wrong_call(
    project: Project, session: Session
) -> None:
    with pytest.raises(ValueError, match="must be in the project"):
        finished(check_leaks(project, session, in_splits([77], []), 6))
    with pytest.raises(ValueError, match="name each face once"):
        finished(check_leaks(project, session, in_splits([1], [1]), 6))


def test_no_faces_are_clean(project: Project, session: Session) -> None:
    assert finished(check_leaks(project, session, in_splits([], []), 6)).is_clean

from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator.steps.duplicates.decide_duplicates import Act, dissolve, keep
from curator.steps.duplicates.find_duplicates import DuplicateReport, find_duplicates
from curator.steps.snapshots.face_table import face_table
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.duplicates import DuplicateMember, DuplicatePair, DuplicateSearch, Match
from db.tables.images import Face, Image
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_face, make_pixels
from tests.steps.duplicates.deciding import groups


def search(project: Project, distance: int | None = None) -> DuplicateReport:
    return finished(find_duplicates(project, distance, now=NOW))


def pairs(session: Session) -> dict[tuple[int, int], Match]:
    found = session.scalars(select(DuplicatePair))
    return {(pair.first_id, pair.second_id): pair.match for pair in found}


def turned(pixels: np.ndarray, degrees: float, scale: float = 1.0) -> np.ndarray:
    middle = (pixels.shape[1] / 2, pixels.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, scale)
    size = pixels.shape[1::-1]
    return np.asarray(cv2.warpAffine(pixels, turn, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_copies_of_all_kinds_join_their_original_and_a_stranger_does_not(project: Project) -> None:
    face = cv2.GaussianBlur(make_pixels(1), (0, 0), 2) // 2 + 30
    copies = {
        "brighter": face + 20,
        "mirrored": np.ascontiguousarray(face[:, ::-1]),
        "the same": face,
        "turned": turned(face, 3),
        "nearer": turned(face, 0, 1.06),
    }
    with project.writing() as session:
        original = make_face(project, session, seed=1, pixels=face)
        ids = {
            make_face(project, session, seed=seed, pixels=pixels): name
            for seed, (name, pixels) in enumerate(copies.items(), start=2)
        }
        make_face(project, session, seed=9)
        session.commit()
    search(project)
    with project.reading() as session:
        members = {m.face_id: m for m in session.scalars(select(DuplicateMember))}
    assert {member.keeper_id for member in members.values()} == {original}
    assert set(members) == {original, *ids}
    by_name = {name: members[face_id] for face_id, name in ids.items()}
    assert [name for name, m in by_name.items() if m.match is Match.PIXELS] == ["the same"]
    assert [name for name, m in by_name.items() if m.is_mirrored] == ["mirrored"]


def test_the_settled_face_is_kept_before_the_earlier_one(project: Project) -> None:
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        make_face(project, session, seed=1, pixels=make_pixels(7))
        settled = make_face(project, session, seed=2, pixels=make_pixels(7))
        annotate(session, settled, {ann: Expression.SAD, bob: Expression.SAD})
        session.commit()
    search(project)
    with project.reading() as session:
        keeper = session.get_one(DuplicateMember, settled)
    assert (keeper.keeper_id, keeper.kept_because) == (settled, "its label is settled")


def test_all_of_several_equal_faces_stay_in_one_group_whichever_is_kept(project: Project) -> None:
    with project.writing() as session:
        ann = make_annotator(session, "ann")
        faces = [make_face(project, session, seed=n, pixels=make_pixels(7)) for n in (1, 2, 3)]
        annotate(session, faces[1], {ann: Expression.SAD})
        session.commit()
    search(project)
    with project.reading() as session:
        assert groups(session) == {faces[1]: faces}


def test_a_second_search_compares_nothing_and_finds_the_same_groups(project: Project) -> None:
    with project.writing() as session:
        faces = [make_face(project, session, seed=n, pixels=make_pixels(7)) for n in (1, 2)]
        session.commit()
    first, second = search(project), search(project)
    assert (first.new, first.groups, first.exact) == (2, 1, 1)
    assert (second.new, second.groups, second.compared) == (0, 1, 0)
    with project.reading() as session:
        assert groups(session) == {faces[0]: faces}
        assert session.scalars(select(DuplicateSearch.newest_face_id)).all() == [2, 2]


def test_what_is_new_is_compared_with_what_was_there_and_nothing_else(project: Project) -> None:
    with project.writing() as session:
        old = [make_face(project, session, seed=n, pixels=make_pixels(5 + n // 3)) for n in (1, 3)]
        session.commit()
    search(project)
    with project.writing() as session:
        # A pair that no search would find; it would go if all were compared again.
        session.add(
            DuplicatePair(
                first_id=old[0],
                second_id=old[1],
                match=Match.LOOK,
                distance=9,
                likeness=0.95,
                is_mirrored=False,
            )
        )
        new = make_face(project, session, seed=4, pixels=make_pixels(6) // 2 + 60)
        session.commit()
    report = search(project)
    assert report.new == 1
    with project.reading() as session:
        assert pairs(session) == {tuple(old): Match.LOOK, (old[1], new): Match.LOOK}


def test_another_distance_compares_all_again(project: Project) -> None:
    with project.writing() as session:
        for seed in (1, 2):
            make_face(project, session, seed=seed, pixels=make_pixels(7))
        session.commit()
    search(project, 12)
    assert search(project, 6).new == 2
    assert search(project).new == 0


def test_a_search_in_parts_finds_the_pairs_that_one_search_finds(
    tmp_path: Path,
) -> None:
    whole: dict[tuple[int, int], Match] = {}
    for parts in ((6,), (2, 4), (1, 1, 1, 1, 1, 1)):
        other = make_empty_project(tmp_path / str(len(parts)))
        seed = 0
        for part in parts:
            with other.writing() as session:
                for _ in range(part):
                    seed += 1
                    base = cv2.GaussianBlur(make_pixels(seed % 3), (0, 0), 2)
                    pixels = base if seed < 4 else base // 2 + 40
                    make_face(other, session, seed=seed, pixels=pixels)
                session.commit()
            search(other)
        with other.reading() as session:
            found = pairs(session)
        whole = whole or found
        assert found == whole
    assert set(whole) == {(1, 4), (2, 5), (3, 6)}


def test_consecutive_frames_count_as_one_picture_whatever_they_show(project: Project) -> None:
    with project.writing() as session:
        faces = [
            make_face(project, session, seed=n, name=f"S010_004_{frame:08}.png")
            for n, frame in enumerate((14, 15, 17, 18), start=1)
        ]
        session.execute(update(Image).values(sequence="S010_004"))
        session.commit()
    search(project)
    with project.reading() as session:
        assert pairs(session) == {(1, 2): Match.FRAME, (3, 4): Match.FRAME}
        assert set(face_table(session)["unit"]) == {f"u{faces[0]}"}


def test_what_people_decided_outlives_every_search(project: Project) -> None:
    with project.writing() as session:
        ann = make_annotator(session, "ann")
        faces = [make_face(project, session, seed=n, pixels=make_pixels(7)) for n in (1, 2)]
        kept = [make_face(project, session, seed=n, pixels=make_pixels(8)) for n in (3, 4)]
        session.commit()
    search(project)
    with project.writing() as session:
        dissolve(session, Act("a", ann, NOW, frozenset(faces)))
        keep(session, kept[1], Act("b", ann, NOW, frozenset(kept)))
        session.commit()
    for distance in (12, 4):
        search(project, distance)
        with project.reading() as session:
            assert groups(session) == {kept[1]: kept}
            keeper = session.get_one(DuplicateMember, kept[1])
            assert keeper.kept_because == "a person chose it"
            units = face_table(session).set_index("face_id")["unit"]
        assert units[faces[0]] != units[faces[1]]
        assert units[kept[0]] == units[kept[1]]


def test_an_image_that_came_in_before_is_hashed_by_the_search(project: Project) -> None:
    with project.writing() as session:
        make_face(project, session, seed=1)
        before = session.execute(select(Image.phash, Image.phash_mirrored)).one()
        session.execute(update(Image).values(phash=None, phash_mirrored=None))
        session.commit()
    search(project)
    with project.reading() as session:
        assert session.execute(select(Image.phash, Image.phash_mirrored)).one() == before


def test_a_picture_that_is_lost_stops_no_search(project: Project) -> None:
    with project.writing() as session:
        faces = [make_face(project, session, seed=n, pixels=make_pixels(7)) for n in (1, 2)]
        session.execute(update(Image).where(Image.id == 1).values(phash=None))
        lost = session.get_one(Image, 1).blob_sha256
        session.commit()
    project.images.path(lost).unlink()
    assert search(project).groups == 1
    with project.reading() as session:
        assert groups(session) == {faces[0]: faces}


@pytest.mark.parametrize("faces", [0, 1])
def test_a_project_with_nothing_to_compare_has_no_duplicates(project: Project, faces: int) -> None:
    with project.writing() as session:
        for seed in range(1, faces + 1):
            make_face(project, session, seed=seed)
        session.commit()
    report = search(project)
    assert (report.faces, report.groups, report.compared) == (faces, 0, 0)
    assert search(project).new == 0


def test_a_face_that_is_found_after_the_search_began_waits_for_the_next(project: Project) -> None:
    with project.writing() as session:
        make_face(project, session, seed=1, pixels=make_pixels(7))
        session.commit()
    steps = find_duplicates(project, now=NOW)
    next(steps)
    with project.writing() as session:
        late = make_face(project, session, seed=2, pixels=make_pixels(7))
        session.commit()
    assert finished(steps).faces == 1
    with project.reading() as session:
        assert session.get_one(Face, late).look is None
    assert search(project).new == 1

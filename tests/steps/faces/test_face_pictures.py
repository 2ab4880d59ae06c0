from pathlib import Path

import numpy as np
import pytest

from curator.steps.faces.face_pictures import view_of_face
from curator.steps.images.image_codec import decoded, jpeg
from db.project.project_folder import Project
from db.tables.images import Face
from tests.makers import make_empty_project, make_face, make_pixels


def project_with_view(folder: Path, view: np.ndarray) -> tuple[Project, int, bytes]:
    """Make a project with one face that has this view; return the view's bytes too."""
    project = make_empty_project(folder / "project")
    content = jpeg(view)
    with project.writing() as session:
        face_id = make_face(project, session, seed=1)
        face = session.get(Face, face_id)
        assert face is not None
        face.view_sha256 = project.views.put(content)
        session.commit()
    return project, face_id, content


@pytest.mark.parametrize(
    ("size", "shown"), [(48, 240), (75, 225), (112, 224), (160, 320), (223, 446)]
)
def test_a_small_view_is_enlarged_by_the_least_whole_number_that_reaches_224(
    size: int, shown: int, tmp_path: Path
) -> None:
    project, face_id, _ = project_with_view(tmp_path, np.zeros((size, size, 3), dtype=np.uint8))
    view = view_of_face(project, face_id)
    assert view is not None
    assert decoded(view).shape == (shown, shown, 3)


def test_a_view_that_is_large_enough_is_sent_byte_for_byte(tmp_path: Path) -> None:
    project, face_id, content = project_with_view(tmp_path, make_pixels(3, 225))
    assert view_of_face(project, face_id) == content


def test_a_long_view_is_measured_by_its_longer_side_and_keeps_its_shape(tmp_path: Path) -> None:
    project, face_id, _ = project_with_view(tmp_path, np.zeros((60, 80, 3), dtype=np.uint8))
    view = view_of_face(project, face_id)
    assert view is not None
    assert decoded(view).shape == (180, 240, 3)


def test_an_enlarged_edge_is_smooth_and_not_made_of_blocks(tmp_path: Path) -> None:
    halves = np.zeros((48, 48, 3), dtype=np.uint8)
    halves[:, 24:] = 200
    project, face_id, _ = project_with_view(tmp_path, halves)
    view = view_of_face(project, face_id)
    assert view is not None
    edge = decoded(view)[120, 110:130, 0].astype(int)
    assert np.abs(np.diff(edge)).max() < 80  # repeated pixels would leap by 200
    assert (edge[0] < 30, edge[-1] > 170) == (True, True)


def test_a_face_that_is_not_there_has_no_view(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path / "project")
    assert view_of_face(project, 1) is None

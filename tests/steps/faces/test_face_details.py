from curator.steps.faces.face_details import face_details
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.images import Face
from tests.makers import annotate, make_annotator, make_face


def stored_face(project: Project) -> int:
    """Store a face in the left upper quarter of a photo of 75 px, with one landmark in it."""
    with project.writing() as session:
        face_id = make_face(project, session, seed=1)
        face = session.get_one(Face, face_id)
        face.x_max, face.y_max = 37.5, 37.5
        face.landmarks = [[15.0, 30.0]]
        face.quality = {"size_px": 37.5, "yaw_degrees": None}
        face.confidence = 0.8
        face.detector = "yunet"
        annotate(session, face_id, {make_annotator(session, "ann"): Expression.SAD})
        session.commit()
    return face_id


def test_a_face_lies_in_its_image_with_its_landmarks(project: Project) -> None:
    face = face_details(project, stored_face(project))
    assert face is not None
    assert face.box == (0, 0, 0.5, 0.5)
    assert face.landmarks == ((0.2, 0.4),)
    assert (face.image_id, face.image_name, face.source) == (1, "1.png", "drawn")


def test_a_face_has_all_measures_and_what_is_said_of_it(project: Project) -> None:
    face = face_details(project, stored_face(project))
    assert face is not None
    assert list(face.quality.items()) == [
        ("size_px", 37.5),
        ("sharpness", None),
        ("brightness", None),
        ("contrast", None),
        ("yaw_degrees", None),
        ("pitch_degrees", None),
        ("roll_degrees", None),
        ("confidence", 0.8),
    ]
    assert (face.detector, face.is_whole) == ("yunet", False)
    assert (face.votes, face.leading) == (1, "sad")


def test_a_face_without_landmarks_has_none(project: Project) -> None:
    with project.writing() as session:
        face_id = make_face(project, session, seed=1)
        session.commit()
    face = face_details(project, face_id)
    assert face is not None
    assert face.landmarks == ()
    assert (face.votes, face.leading) == (0, None)


def test_there_may_be_no_such_face(project: Project) -> None:
    assert face_details(project, 7) is None

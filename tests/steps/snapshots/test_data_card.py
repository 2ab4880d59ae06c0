import json
import math
from pathlib import Path
from xml.etree import ElementTree as ET

from sqlalchemy import select

from curator.core.snapshots.recipe import PRESETS
from curator.steps.review.adjudicate import adjudicate
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.snapshot_folder.manifest import read_snapshot
from db.tables import Source
from db.tables.images import Face, Image
from tests.makers import NOW, annotate, make_annotator, make_labelled_project

LABELS = [label for label in Expression for _ in range(6)]


def frozen(project: Project) -> Path:
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        return project.folder / finished(committing(session, steps)).folder


def make_project(folder: Path) -> Project:
    """Make a project of 42 faces: ann and bob say the same of each, evelyn flags one."""
    project = make_labelled_project(folder, LABELS, subjects=21)
    with project.writing() as session:
        session.scalars(select(Source)).one().terms = "CC0-1.0"
        annotate(session, 1, {make_annotator(session, "evelyn"): Flag.UNSURE})
        session.commit()
    return project


def test_the_card_tells_what_is_in_the_set_by_whom_and_how_sure(tmp_path: Path) -> None:
    folder = frozen(make_project(tmp_path / "project"))
    card = json.loads((folder / "card.json").read_text())
    assert card["faces"] == 42
    assert {label: sum(row.values()) for label, row in card["labels"].items()} == {
        str(label): 6 for label in Expression
    }
    assert card["sources"] == [{"name": "drawn", "terms": "CC0-1.0", "faces": 42}]
    assert (card["subjects"], card["faces_without_subject"]) == (21, 0)
    assert card["annotators"] == [
        {"name": "annotator 1", "kind": "person", "annotations": 42},
        {"name": "annotator 2", "kind": "person", "annotations": 42},
        {"name": "annotator 3", "kind": "person", "annotations": 1},
    ]
    assert card["agreement"]["share"] == {"value": 1.0, "interval_95": [1.0, 1.0], "faces": 42}
    assert card["leaks"]["pairs_compared"] > 0
    assert not any(card["leaks"]["crossing"].values())
    assert card["recipe"] == read_snapshot(folder).recipe


def test_the_readme_is_written_of_the_card_and_names_nobody(tmp_path: Path) -> None:
    folder = frozen(make_project(tmp_path / "project"))
    page = (folder / "README.md").read_text()
    assert page.startswith("# set@1\n")
    assert read_snapshot(folder).content_hash in page
    assert "- drawn: 42 faces. Terms: CC0-1.0" in page
    assert "| two annotators say the same | 1.000 | 1.000 to 1.000 |" in page
    assert "Settled 42 by votes." in page
    for name in ("ann ", "bob", "evelyn", "person 1"):
        assert name not in page


def test_the_picture_is_an_image_with_a_bar_a_label_and_split(tmp_path: Path) -> None:
    folder = frozen(make_project(tmp_path / "project"))
    picture = ET.parse(folder / "balance.svg").getroot()  # noqa: S314 - our own file
    svg = "{http://www.w3.org/2000/svg}"
    words = [text.text for text in picture.iter(f"{svg}text")]
    assert words.count("6") == 7
    assert {str(label) for label in Expression} <= set(words)
    assert len(list(picture.iter(f"{svg}rect"))) == 7 * 3 + 3


def test_the_manifest_keeps_votes_flags_landmarks_and_how_a_label_was_settled(
    tmp_path: Path,
) -> None:
    project = make_project(tmp_path / "project")
    points = [[20.5, 30.0], [50.0, 30.0], [35.0, 45.0], [25.0, 60.0], [45.0, 60.0]]
    with project.writing() as session:
        face = session.get_one(Face, 2)
        face.landmarks, face.quality = points, {"size_px": 75.0, "yaw_degrees": None}
        session.get_one(Image, face.image_id).source_split = "PublicTest"
        adjudicate(session, 3, Expression.ANGRY, by=1, now=NOW)
        session.commit()
    rows = read_snapshot(frozen(project)).faces.set_index("face_id").to_dict("index")
    assert json.loads(rows[2]["landmarks"]) == points
    assert (rows[2]["size_px"], rows[2]["source_split"]) == (75.0, "PublicTest")
    assert all(math.isnan(row["yaw_degrees"]) for row in rows.values())
    assert [rows[face]["settled_by"] for face in (2, 3)] == ["votes", "final word"]
    assert [rows[1][name] for name in ("votes", "flags_unsure", "share")] == [2, 1, 1.0]

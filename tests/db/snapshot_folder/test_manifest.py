import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.core.faces.quality_bounds import QUALITY_MEASURES
from db.files.blobs import sha256_of
from db.labels import SPLITS, Expression
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.manifest import (
    COLUMNS,
    QUALITY_COLUMNS,
    check_faces,
    content_hash,
    read_snapshot,
    write_about,
    write_manifest,
)

FIRST_FORMAT = Path(__file__).parents[1] / "old_snapshots" / "first@1"
"""Frozen by the version before format 2, without its crops."""


def make_row(face_id: int, **more: object) -> dict[str, object]:
    empty = {"int64": 0, "float64": 0.5, "str": "-", "bool": False}
    row = {name: empty[kind] for name, kind in COLUMNS.items()}
    return row | {"face_id": face_id, "label": "sad", "split": "train"} | more


def make_folder(folder: Path, *rows: dict[str, object], files: Iterable[bytes] = ()) -> Path:
    (folder / "crops").mkdir(parents=True)
    for crop in files:
        (folder / "crops" / f"{sha256_of(crop)}.png").write_bytes(crop)
    (folder / "README.md").write_text("A set.\n")
    faces = pd.DataFrame(rows, columns=list(COLUMNS))
    hashed = write_manifest(folder, faces, {"seed": 1})
    write_about(folder, name="set", version=1, content_hash=hashed)
    return folder


rows = st.lists(
    st.tuples(
        st.sampled_from(list(Expression)), st.sampled_from(SPLITS), st.text(), st.floats(0, 1)
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=30)
@given(rows)
def test_a_manifest_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[Expression, str, str, float]],
) -> None:
    faces = [
        make_row(number, label=str(label), split=split, source=source, share=share)
        for number, (label, split, source, share) in enumerate(rows)
    ]
    folder = make_folder(tmp_path_factory.mktemp("snapshot") / "set@1", *faces)
    snapshot = read_snapshot(folder)
    assert snapshot.faces.to_dict("records") == faces
    assert (snapshot.title, snapshot.recipe) == ("set@1", {"seed": 1})


def test_the_content_hash_does_not_depend_on_the_order_of_rows() -> None:
    faces = pd.DataFrame([make_row(1), make_row(2, label="fear")])
    assert content_hash(check_faces(faces), {}) == content_hash(check_faces(faces[::-1]), {})


def test_the_content_hash_changes_with_any_label_and_with_the_recipe() -> None:
    faces = check_faces(pd.DataFrame([make_row(1)]))
    other = check_faces(pd.DataFrame([make_row(1, label="fear")]))
    assert (
        len({content_hash(faces, {}), content_hash(other, {}), content_hash(faces, {"a": 1})}) == 3
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label": "contempt"}, "`label` must be one of angry, .*Received: 'contempt'"),
        ({"split": "dev"}, "`split` must be one of train, validation, test"),
    ],
)
def test_a_word_that_is_none_of_ours_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(SnapshotError, match=sentence):
        check_faces(pd.DataFrame([make_row(1, **change)]))


def test_a_face_that_stands_twice_is_refused() -> None:
    with pytest.raises(SnapshotError, match="face 3 twice"):
        check_faces(pd.DataFrame([make_row(3), make_row(3)]))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SnapshotError, match="split"):
        check_faces(pd.DataFrame([make_row(1)]).drop(columns="split"))


def test_a_changed_recipe_is_noticed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "set@1", make_row(1))
    (folder / "recipe.json").write_text(json.dumps({"seed": 2}))
    with pytest.raises(SnapshotError, match="has been changed"):
        read_snapshot(folder)


def test_a_folder_that_is_no_snapshot_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no snapshot folder"):
        read_snapshot(tmp_path)


def test_a_snapshot_of_another_format_is_not_guessed_at(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "set@1", make_row(1))
    about = json.loads((folder / "snapshot.json").read_text())
    (folder / "snapshot.json").write_text(json.dumps(about | {"format": 9}))
    with pytest.raises(SnapshotError, match="format 9; this version reads up to 2"):
        read_snapshot(folder)


def test_a_measure_that_a_face_lacks_stays_missing_and_is_hashed(tmp_path: Path) -> None:
    row = make_row(1, yaw_degrees=float("nan"))
    snapshot = read_snapshot(make_folder(tmp_path / "set@1", row))
    assert snapshot.faces["yaw_degrees"].isna().all()
    known = check_faces(pd.DataFrame([make_row(1)]))
    assert snapshot.content_hash != content_hash(known, {"seed": 1})


def test_a_snapshot_of_the_first_format_is_read_and_what_it_lacks_is_not_known() -> None:
    snapshot = read_snapshot(FIRST_FORMAT)
    assert snapshot.title == "first@1"
    assert snapshot.faces["label"].value_counts().to_dict() == {str(e): 1 for e in Expression}
    assert list(snapshot.faces.columns) == list(COLUMNS)
    assert set(snapshot.faces["landmarks"]) == {""}
    assert snapshot.faces["sharpness"].isna().all()


def test_the_measures_of_quality_are_those_that_the_curator_takes() -> None:
    assert list(QUALITY_COLUMNS) == [measure.key for measure in QUALITY_MEASURES]

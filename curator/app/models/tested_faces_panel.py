"""Test faces that a cell is right or wrong about, and where its net looks."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from curator.app.common.state import project
from curator.app.common.widgets import acting, ask_for, job_panel
from curator.steps.models.list_runs import ListedRun
from curator.steps.models.show_tested_faces import TestedFaces, show_tested_faces
from db.labels import Expression
from db.run_folder.results import CellResult
from db.run_folder.run_files import attention_file
from db.run_folder.run_tables import rests_on

FACES_A_PAGE: Final = 60
_ANY: Final = "any label"
_GRID: Final = (
    "<div style='display:grid;gap:10px;"
    "grid-template-columns:repeat(auto-fill,minmax(104px,1fr))'>{cells}</div>"
)
_CELL: Final = (
    "<figure style='margin:0'><img loading='lazy' alt='face {face_id}' "
    "src='/api/snapshots/{snapshot_id}/crops/{sha256}.png' "
    "style='width:100%;aspect-ratio:1;object-fit:cover;border-radius:6px'>"
    "<figcaption style='font-size:12px;overflow-wrap:anywhere'><b>{face_id}</b> {label}"
    "<br><span style='opacity:.8'>says {predicted} {confidence:.2f}</span></figcaption></figure>"
)


def tested_faces_panel(run: ListedRun, cell: CellResult) -> None:
    """Show the test faces that a cell is right or wrong about, the surest first."""
    tested = show_tested_faces(project(), run.id, cell)
    if tested is None:
        st.info("The predictions of this run were not kept, or its snapshot is gone.")
        return
    faces = _page_of(_wanted(tested), run.id)
    cells = (_figure(row, tested.snapshot_id) for row in faces.to_dict("records"))
    st.html(_GRID.format(cells="".join(cells)))
    st.caption(f"Test faces, the surest first. {rests_on(run.result)}")
    if len(faces):
        _attention(run, cell, [int(face_id) for face_id in faces["face_id"]])


def _wanted(tested: TestedFaces) -> pd.DataFrame:
    names = [_ANY, *map(str, Expression)]
    first, second, third = st.columns(3)
    which = first.selectbox("Faces", ["wrong", "right"], key="benchmark.faces.which")
    label = second.selectbox("Labelled", names, key="benchmark.faces.label")
    predicted = third.selectbox("Predicted", names, key="benchmark.faces.predicted")
    return tested.chosen(
        is_right=which == "right",
        label=None if label == _ANY else label,
        predicted=None if predicted == _ANY else predicted,
    )


def _page_of(faces: pd.DataFrame, run_id: int) -> pd.DataFrame:
    pages = max(1, -(-len(faces) // FACES_A_PAGE))
    st.markdown(f"{len(faces):,} face{'s' * (len(faces) != 1)}")
    page = 1
    if pages > 1:
        key = f"benchmark.faces.page.{run_id}.{len(faces)}"
        page = st.number_input(f"Page, of {pages:,}", 1, pages, key=key)
    return faces.iloc[(page - 1) * FACES_A_PAGE : page * FACES_A_PAGE]


def _figure(row: Mapping[Any, Any], snapshot_id: int) -> str:
    return _CELL.format(
        face_id=row["face_id"],
        snapshot_id=snapshot_id,
        sha256=row["crop_sha256"],
        label=escape(row["label"]),
        predicted=escape(row["predicted"]),
        confidence=row["confidence"],
    )


def _attention(run: ListedRun, cell: CellResult, face_ids: list[int]) -> None:
    """Let one of the faces be chosen, and show where the net looks once that is drawn."""
    st.markdown(f"**Where {cell.net} looks** (Grad-CAM of its own softmax)")
    face_id = st.selectbox("Face", face_ids, key=f"benchmark.attention.face.{run.id}")
    path = attention_file(run.folder, cell.net, face_id)
    if path.is_file():
        st.image(path.read_bytes())
        return
    arguments = {"run_id": run.id, "net": cell.net, "face_id": face_id}
    st.button(
        "Show where it looks",
        key=f"benchmark.attention.{run.id}",
        icon=":material/visibility:",
        on_click=acting,
        args=(lambda: ask_for("attention", arguments),),
    )
    job_panel(("attention",))

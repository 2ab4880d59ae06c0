"""Test faces that a cell is right or wrong about, and where its net looks."""

from typing import Final

import pandas as pd
import streamlit as st

from curator.app.common.snapshot_faces import Row, crop_grid, page_of
from curator.app.common.state import project
from curator.app.common.widgets import acting, job_panel, request_job
from curator.steps.models.list_runs import ListedRun
from curator.steps.models.show_tested_faces import PredictedTestFaces, show_tested_faces
from db.labels import Expression
from db.run_folder.results import CellResult
from db.run_folder.run_files import attention_file
from db.run_folder.run_tables import rests_on

_ANY: Final = "any label"


def tested_faces_panel(run: ListedRun, cell: CellResult) -> None:
    """Show the test faces that a cell is right or wrong about, the surest first."""
    tested = show_tested_faces(project(), run.id, cell)
    if tested is None:
        st.info("The predictions of this run were not kept, or its snapshot is gone.")
        return
    wanted = _wanted(tested)
    st.markdown(f"{len(wanted):,} face{'s' * (len(wanted) != 1)}")
    faces = page_of(wanted, f"benchmark.faces.page.{run.id}.{len(wanted)}")
    crop_grid(faces, tested.snapshot_id, _said, size_px=104)
    st.caption(f"Test faces, the surest first. {rests_on(run.result)}")
    if len(faces):
        _attention(run, cell, [int(face_id) for face_id in faces["face_id"]])


def _wanted(tested: PredictedTestFaces) -> pd.DataFrame:
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


def _said(row: Row) -> tuple[str, str]:
    return row["label"], f"says {row['predicted']} {row['confidence']:.2f}"


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
        args=(lambda: request_job("attention", arguments),),
    )
    job_panel(("attention",))

"""Take a snapshot away: choose a format, download it at once or have it made by a job."""

from urllib.parse import urlencode

import streamlit as st

from curator.app.common.state import project
from curator.app.common.widgets import acting, request_job
from curator.errors import CuratorError
from curator.steps.exports.exported_file import ExportChoices
from curator.steps.exports.formats import FORMATS
from curator.steps.exports.list_exports import list_exports
from db.tables.snapshots import StoredSnapshot

_LABELS = {"one label a face": "hard", "shares of its votes too": "soft"}
_PIXELS = {
    "as frozen": "as frozen",
    "cut again, colour": "colour",
    "cut again, grey": "grey",
    "cut again, the paper's": "paper",
}


def export_panel(snapshot: StoredSnapshot) -> None:
    """Offer one snapshot in every format."""
    columns = st.columns(4)
    name = columns[0].selectbox("Format", list(FORMATS), key="export.format")
    pixels = columns[1].selectbox("Pixels", list(_PIXELS), key="export.pixels")
    side = columns[2].number_input(
        "Side in px",
        16,
        1024,
        75,
        key="export.side",
        disabled=pixels == "as frozen",
        help="Crops as they were frozen have the size they have.",
    )
    labels = columns[3].selectbox("Labels", list(_LABELS), key="export.labels")
    wanted = {"labels": _LABELS[labels], "pixels": _PIXELS[pixels]}
    if pixels != "as frozen":
        wanted["side_px"] = str(int(side))
    st.caption(FORMATS[name].about)
    try:
        FORMATS[name].check(ExportChoices.of(wanted))
    except CuratorError as error:
        st.error(str(error))
        return
    _ways_out(snapshot, name, wanted)
    _made(snapshot)


def _ways_out(snapshot: StoredSnapshot, name: str, wanted: dict[str, str]) -> None:
    address = f"/api/snapshots/{snapshot.id}/{name}.zip?{urlencode(wanted)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<a href='{address}' download>Download {name} (zip)</a>")
        st.button(
            "Have it made by a job",
            key="export.job",
            help="For large sets: the zip waits here, and its download can be resumed.",
            on_click=acting,
            args=(lambda: _ask(snapshot, name, wanted),),
        )


def _ask(snapshot: StoredSnapshot, name: str, wanted: dict[str, str]) -> None:
    request_job("export", {"snapshot_id": snapshot.id, "format": name, "choices": wanted})


def _made(snapshot: StoredSnapshot) -> None:
    for export in list_exports(project(), snapshot):
        st.html(
            f"<a href='/api/exports/{export.name}' download>{export.name}</a> "
            f"({export.size_bytes / 1e6:,.1f} MB)"
        )

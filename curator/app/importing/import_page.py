"""Bring photos, look at what they are, take them in, and see what came of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, chosen_part, face_grid, job_panel
from curator.app.importing.import_outcome import show_outcome
from curator.app.importing.import_preview import show_preview
from curator.app.importing.import_state import PENDING
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.file_names import ARCHIVE_SUFFIXES, TABLE_SUFFIXES
from curator.steps.importing.list_sources import newest_faces, source_table
from curator.steps.importing.pending_import import (
    PendingImport,
    import_of_addresses,
    import_of_path,
    import_of_uploads,
)
from curator.steps.importing.uploads import Upload, sweep_uploads

_SHOWN_FACES = 60
_LEGEND_TYPES = sorted(suffix.removeprefix(".") for suffix in TABLE_SUFFIXES)
_TYPES = sorted(
    suffix.removeprefix(".") for suffix in ARCHIVE_SUFFIXES | TABLE_SUFFIXES | IMAGE_SUFFIXES
)
_ROUND: Remembered[int] = Remembered("import.round", 0)
"""Counts what was brought, so that each round begins with empty fields."""


def show() -> None:
    """Take photos in and show what came of it."""
    st.title("Import")
    pending = PENDING.value()
    if pending is None:
        _bring()
    else:
        show_preview(pending)
    job_panel(("import", "detect"))
    show_outcome()
    _sources()


def _bring() -> None:
    ways: dict[str, Callable[[], None]] = {
        "Files": lambda: _files(of_folder=False),
        "A folder of yours": lambda: _files(of_folder=True),
        "On the server": _on_server,
        "From the web": _from_web,
    }
    way = chosen_part("Where from", ways, "import.way")
    with st.container(border=True):
        way()


def _files(*, of_folder: bool) -> None:
    kind = "folder" if of_folder else "files"
    photos = st.file_uploader(
        "Drop a folder of photos; the folders in it may bear the names of labels"
        if of_folder
        else "Drop a zip or a tar, photos, or a table such as fer2013.csv",
        _TYPES,
        accept_multiple_files="directory" if of_folder else True,
        key=f"import.{kind}.{_ROUND.value()}",
    )
    label_files = _label_files()
    _preview_button(
        disabled=not photos, make_pending=lambda: import_of_uploads(project(), photos, label_files)
    )


def _on_server() -> None:
    path = st.text_input(
        "A folder, an archive or a table on the machine that serves this page",
        key=f"import.path.{_ROUND.value()}",
        placeholder="/data/faces",
    )
    label_files = _label_files()
    _preview_button(
        disabled=not path, make_pending=lambda: import_of_path(project(), path, label_files)
    )


def _from_web() -> None:
    text = st.text_area(
        "Addresses of photos, one a line",
        key=f"import.addresses.{_ROUND.value()}",
        placeholder="https://…",
    )
    is_allowed = st.checkbox(
        "Fetch them: this server asks each host, which learns this server's address",
        key=f"import.fetch.{_ROUND.value()}",
        help="Only public addresses that begin with http:// or https://, never this machine or its "
        "network; at most 100 MB and a minute each. You answer for the right to use them.",
    )
    _preview_button(
        disabled=not (text and is_allowed),
        make_pending=lambda: import_of_addresses(text),
        label="Go on",
    )


def _label_files() -> Sequence[Upload]:
    with st.expander("Label files: tables that say who shows what", icon=":material/table:"):
        label_files: Sequence[Upload] = st.file_uploader(
            "CSV or text with a column for the image and one for the label, and if you like "
            "annotator, subject and split; you can say which column is which",
            _LEGEND_TYPES,
            accept_multiple_files=True,
            key=f"import.legends.{_ROUND.value()}",
        )
    return label_files


def _preview_button(
    *, disabled: bool, make_pending: Callable[[], PendingImport], label: str = "Look at it"
) -> None:
    icon = ":material/visibility:"
    if st.button(label, key="import.look", type="primary", icon=icon, disabled=disabled):
        acting(lambda: _keep(make_pending))
        st.rerun()


def _keep(make_pending: Callable[[], PendingImport]) -> None:
    sweep_uploads(project(), datetime.now(UTC))
    PENDING.keep(make_pending())
    _ROUND.keep(_ROUND.value() + 1)


def _sources() -> None:
    with project().reading() as session:
        sources, faces = source_table(session), newest_faces(session, _SHOWN_FACES)
    if sources.empty:
        st.info("Nothing has come in yet. Start with a zip of photos.")
        return
    st.subheader("Sources")
    st.dataframe(sources, hide_index=True, width="stretch")
    if faces:
        _faces(faces)


def _faces(faces: list[tuple[int, str]]) -> None:
    st.subheader("Faces found last")
    with st.container(horizontal=True):
        link_to("label", person().role, "Label them")
        link_to("faces", person().role, "See all faces and their quality")
    face_grid(faces)


if __name__ == "__main__":
    show()

"""What was brought and has not come in yet: what it is, ten of its faces, how it is read."""

from base64 import b64encode
from dataclasses import asdict

import streamlit as st

from curator.app.common.issue_table import issue_table
from curator.app.common.markdown import plain
from curator.app.common.state import project
from curator.app.importing.import_form import ask_and_import
from curator.app.importing.import_mapping import ask_for_columns
from curator.app.importing.import_state import (
    DETECTOR,
    LAYOUT,
    PATTERN,
    ImportState,
    crops_of,
    forget,
    import_state,
    previewed,
)
from curator.core.faces.detector import DETECTORS
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import why_missing
from curator.steps.importing.pending_import import PendingImport, discard, is_there
from curator.steps.importing.preview_collection import CollectionPreview
from curator.steps.importing.sources import LAYOUTS

_DETECTORS = {"yunet": "YuNet", "haar": "Haar (Viola-Jones, the paper's)"}
_GRID = (
    "<div style='display:grid;gap:6px;grid-template-columns:repeat(auto-fill,minmax(76px,1fr))'>"
    "{crops}</div>"
)
# In the page itself and not under /media, which does not ask who looks.
_CROP = (
    "<img alt='a face as it would be cut' src='data:image/jpeg;base64,{crop}' "
    "style='width:100%;aspect-ratio:1;object-fit:cover;border-radius:6px'>"
)


def show_preview(pending: PendingImport) -> None:
    """Show what was brought, ask what only a person can say, and import or discard it."""
    with st.container(border=True):
        _heading(pending)
        reading = import_state(pending)
        if pending.urls:
            st.caption("They are fetched when you import them. What each holds is seen then.")
            _detector(reading)
            ask_and_import(reading, None)
        elif is_there(project(), pending):
            _collection(reading)
        else:
            st.error("It was removed after a day without an import. Discard it and send it again.")


def _heading(pending: PendingImport) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(pending.title)}** · nothing of it is stored yet", width="stretch")
        st.button(
            "Discard",
            key="import.discard",
            on_click=_discard,
            args=(pending,),
            icon=":material/delete:",
        )


def _discard(pending: PendingImport) -> None:
    discard(project(), pending)
    forget()


def _collection(reading: ImportState) -> None:
    try:
        preview = previewed(reading)
    except CuratorError as error:
        st.error(str(error))
        _how_it_is_read(reading, "")
        return
    _facts(preview)
    _crops(reading, preview)
    ask_for_columns(preview.label_files)
    _how_it_is_read(reading, preview.title)
    _odd(preview)
    ask_and_import(reading, preview)


def _facts(preview: CollectionPreview) -> None:
    counts = {
        "images": preview.images,
        "labels": sum(label.times for label in preview.labels),
        "annotators": preview.annotators,
        "subjects": preview.subjects,
        "videos": preview.sequences,
    }
    facts = [f"**{count:,}** {name}" for name, count in counts.items() if count]
    if preview.splits:
        splits = (f"{plain(name)} {count:,}" for name, count in preview.splits.items())
        facts.append(f"the source's own split: {', '.join(splits)}")
    st.markdown(f"Read as **{preview.title}**: {' · '.join(facts) or 'nothing in it'}")


def _crops(reading: ImportState, preview: CollectionPreview) -> None:
    names = {False: "Find the faces in each image", True: "Each image is one face"}
    is_whole = st.segmented_control(
        "What each image is",
        list(names),
        default=preview.proposes_crops,
        format_func=names.__getitem__,
        key=crops_of(reading.layout).key,
        required=True,
        label_visibility="collapsed",
    )
    said = "" if is_whole == preview.proposes_crops else "The other was proposed: "
    st.caption(f"{said}{plain(preview.crops_reason)}")
    if preview.crops:
        crops = (_CROP.format(crop=b64encode(crop).decode("ascii")) for crop in preview.crops)
        st.html(_GRID.format(crops="".join(crops)))
    else:
        st.warning("No face was found in the images that were looked at.")


def _how_it_is_read(reading: ImportState, recognised: str) -> None:
    with st.expander("How it is read", expanded=not recognised, icon=":material/tune:"):
        left, right = st.columns(2)
        left.selectbox(
            "Layout",
            list(LAYOUTS),
            None,
            format_func=lambda name: LAYOUTS[name].title,
            key=LAYOUT.key,
            placeholder=f"As recognised: {recognised}" if recognised else "As recognised",
        )
        with right:
            _detector(reading)
        st.text_input(
            "Subject pattern",
            key=PATTERN.key,
            placeholder=r"^(.+?)_\d{4}$",
            help="A regular expression on the file name without its suffix; group 1 is the "
            "subject.",
        )


def _detector(reading: ImportState) -> None:
    st.selectbox(
        "Face detector",
        list(DETECTORS),
        list(DETECTORS).index(reading.detector),
        format_func=_DETECTORS.__getitem__,
        key=DETECTOR.key,
    )
    reason = why_missing(next(iter(DETECTORS)))
    if reason is not None:
        st.caption(plain(reason))


def _odd(preview: CollectionPreview) -> None:
    if preview.issue_count:
        things = "thing stands" if preview.issue_count == 1 else "things stand"
        with st.expander(f"{preview.issue_count:,} {things} out", icon=":material/report:"):
            issue_table(asdict(issue) for issue in preview.issues)
            if preview.issue_count > len(preview.issues):
                st.caption(f"The first {len(preview.issues):,}. The import will tell all.")

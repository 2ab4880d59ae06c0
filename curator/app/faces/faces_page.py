"""All faces found, page by page, with their quality; one of them closely, in its photo."""

from collections.abc import Sequence
from dataclasses import astuple

import streamlit as st

from curator.app.common.markdown import plain
from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.faces.face_dialog import LOOKED_AT, face_dialog
from curator.core.faces.quality_bounds import Bounds, QualityMeasure
from curator.steps.faces.list_faces import (
    FACES_A_PAGE,
    MEASURES,
    FaceCounts,
    FaceList,
    LabelState,
    ListedFace,
    QualityThresholds,
    WantedFaces,
    list_faces,
)
from curator.steps.importing.list_sources import terms_by_source

_CHOSEN: Remembered[int | None] = Remembered("faces.grid", None)

_LABELS = {
    LabelState.SETTLED: "Settled",
    LabelState.UNSETTLED: "Not settled",
    LabelState.NONE: "Nothing said yet",
}
_FLOORS = {
    QualityThresholds.ALL: "All faces",
    QualityThresholds.BELOW: "Below a threshold",
    QualityThresholds.MET: "At or above all thresholds",
}
_ENDS = {
    "brightness": (0.0, 255.0),
    "yaw_degrees": (-90.0, 90.0),
    "pitch_degrees": (-90.0, 90.0),
    "roll_degrees": (-180.0, 180.0),
}
"""Where the sliders end of measures that can be too high as well as too low."""

# The grid is a choice of pills whose labels are pictures: it goes by keys and by touch like
# every other choice, and what is chosen needs no script of ours.
_STYLE = """<style>
div:has(> .st-key-faces-pages) { position: sticky; top: 0; z-index: 9; background: #fff }
.st-key-faces-pages { padding: 8px 0 }
.st-key-faces-grid [role=radiogroup] {
  display: grid; gap: 8px; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)) }
.st-key-faces-grid button {
  width: 100%; height: auto; padding: 3px; align-items: flex-start; border-radius: 8px }
.st-key-faces-grid button div, .st-key-faces-grid button span { width: 100%; min-width: 0 }
.st-key-faces-grid button p {
  white-space: normal; overflow-wrap: anywhere; text-align: left; font-size: 12px;
  line-height: 1.35; margin: 0 }
.st-key-faces-grid button img {
  display: block; width: 100%; max-width: none; height: auto; max-height: none;
  aspect-ratio: 1; object-fit: cover; border-radius: 6px; margin: 0 0 2px; }
</style>"""


def show() -> None:
    """Show the faces that are asked for."""
    st.title("Faces")
    with project().reading() as session:
        sources = list(terms_by_source(session))
    if not sources:
        st.info("No photos have come in yet, so there are no faces.")
        link_to("import", person().role, "Import photos")
        return
    wanted = _wanted(sources)
    with project().reading() as session:
        faces = list_faces(session, wanted)
        counts = faces.counts()
        _counted(counts)
        _pages(faces, counts.of(wanted.quality_thresholds))


def _wanted(sources: Sequence[str]) -> WantedFaces:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.selectbox("Source", sources, None, key="faces.source", placeholder="All")
        label = st.selectbox(
            "Label",
            list(LabelState),
            None,
            format_func=_LABELS.__getitem__,
            key="faces.label",
            placeholder="Any",
        )
        worst_by = st.selectbox(
            "Order",
            list(MEASURES),
            None,
            format_func=lambda key: f"{MEASURES[key].title}, worst first",
            key="faces.order",
            placeholder="Newest first",
        )
    quality_thresholds = st.segmented_control(
        "Show",
        list(QualityThresholds),
        default=QualityThresholds.ALL,
        format_func=_FLOORS.__getitem__,
        key="faces.thresholds",
        required=True,
        label_visibility="collapsed",
    )
    with st.expander("Thresholds", icon=":material/tune:"):
        bounds = _bounds()
    return WantedFaces(source, label, bounds, quality_thresholds, worst_by)


def _bounds() -> dict[str, Bounds]:
    st.caption(
        "From where to where a face is good enough. A measure that a face lacks, such as the "
        "pose where no landmarks were found, puts it below no threshold."
    )
    chosen = {}
    columns = st.columns(4)
    for place, measure in enumerate(MEASURES.values()):
        with columns[place % len(columns)]:
            if st.checkbox(
                measure.title, value=True, key=f"faces.counts.{measure.key}", help=measure.why
            ):
                chosen[measure.key] = _bound(measure)
    return chosen


def _bound(measure: QualityMeasure) -> Bounds:
    key, low, high = f"faces.threshold.{measure.key}", *map(float, astuple(measure.bounds))
    if measure.key in _ENDS:
        ends = _ENDS[measure.key]
        return Bounds(
            *st.slider(measure.unit, *ends, (low, high), step=1.0, format="%.0f", key=key)
        )
    step = 0.05 if low < 1 else 1.0
    low = st.number_input(measure.unit, 0.0, None, low, step=step, format="%g", key=key)
    return Bounds(low=low)


def _counted(counts: FaceCounts) -> None:
    st.markdown(
        f"**{counts.met:,}** of **{counts.faces:,}** faces meet the thresholds. Nothing is deleted "
        "for low quality: a recipe leaves such faces out where it is told to."
    )


def _pages(listed: FaceList, faces: int) -> None:
    if not faces:
        st.info("No face is like that. Choose otherwise above.")
        return
    pages, wanted = -(-faces // FACES_A_PAGE), listed.wanted
    with st.container(key="faces.pages"):
        # Its name holds what is wanted, so that another choice begins at the first page.
        page = st.pagination(pages, key=f"faces.page.{hash(str(wanted))}") if pages > 1 else 1
    _grid(listed.page(page), wanted.worst_by)


@st.fragment
def _grid(faces: list[ListedFace], measure: str | None) -> None:
    st.html(_STYLE)
    labels = {face.face_id: _in_grid(face, measure) for face in faces}
    chosen = st.pills(
        "Faces",
        list(labels),
        format_func=labels.__getitem__,
        key=_CHOSEN.key,
        on_change=_look,
        label_visibility="collapsed",
        width="stretch",
    )
    if chosen is not None:
        face_dialog(list(labels), on_close=_leave)


def _look() -> None:
    LOOKED_AT.keep(_CHOSEN.value())


def _leave() -> None:
    _CHOSEN.keep(None)


def _in_grid(face: ListedFace, measure: str | None) -> str:
    words = [] if measure is None else [_measured(face.measure, MEASURES[measure])]
    words.append(plain(face.image_name))
    return f"![face {face.face_id}](/api/views/{face.face_id}) {' · '.join(words)}"


def _measured(value: float | None, measure: QualityMeasure) -> str:
    return "not measured" if value is None else f"**{value:g}** {measure.unit.split(',')[0]}"


if __name__ == "__main__":
    show()

"""One face closely: its whole photo with box and landmarks, and all that is measured of it."""

from collections.abc import Callable, Sequence
from html import escape
from math import isfinite

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.core.faces.quality_bounds import Bounds, QualityMeasure, failed
from curator.steps.faces.face_details import FaceDetails, face_details
from curator.steps.faces.list_faces import MEASURES

LOOKED_AT: Remembered[int | None] = Remembered("faces.looked_at", None)
"""The face in the dialog; its buttons lead to those beside it."""

_FACE = (
    "<div style='display:flex;flex-wrap:wrap;gap:18px;align-items:flex-start'>"
    "<div style='flex:3 1 300px;min-width:0;text-align:center'>{photo}</div>"
    "<div style='flex:2 1 280px;min-width:0;font-size:14px'>"
    "<div style='margin:0 0 10px;overflow-wrap:anywhere'>{words}</div>"
    "<table style='border-collapse:collapse;line-height:1.35'>{measures}</table></div></div>"
)
# The theme's own colours are not known in a dialog.
_PHOTO = (
    "<div style='position:relative;display:inline-block;max-width:100%'>"
    "<img src='/api/images/{image_id}' alt='the whole photo' "
    "style='display:block;max-width:100%;max-height:62vh;border-radius:6px'>"
    "<div style='position:absolute;left:{left:.2%};top:{top:.2%};width:{width:.2%};"
    "height:{height:.2%};outline:3px solid #ffb000;border-radius:2px;"
    "box-shadow:0 0 0 4px #1116'></div>{landmarks}</div>"
)
_LANDMARK = (
    "<i style='position:absolute;left:{x:.2%};top:{y:.2%};width:6px;height:6px;margin:-3px;"
    "border-radius:50%;background:#ffb000;outline:1px solid #111'></i>"
)
_ROW = (
    "<tr style='{style}'><td style='padding:4px 14px 4px 0'>{title}</td>"
    "<td style='padding:4px 14px 4px 0'><b>{value}</b> {unit}</td>"
    "<td style='padding:4px 0;opacity:.75'>{bounds}</td></tr>"
)


def face_dialog(faces: Sequence[int], on_close: Callable[[], None]) -> None:
    """Open the face that is looked at over the page, with a way to those beside it.

    Args:
        faces: Those of the page, in order.
        on_close: Called when it is closed.
    """
    st.dialog("Face", width="large", on_dismiss=on_close)(_face)(faces)


def _face(faces: Sequence[int]) -> None:
    face_id = LOOKED_AT.value()
    face = None if face_id is None else face_details(project(), face_id)
    if face is None:
        st.info("This face is no longer there.")
        return
    _beside(faces, face.face_id)
    st.html(_FACE.format(photo=_photo(face), words=_words(face), measures=_measures(face)))
    link_to("preprocessing", person().role, "Show its pre-processing", face=str(face_id))


def _beside(faces: Sequence[int], face_id: int) -> None:
    place = faces.index(face_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        _leading_to("Previous", "Left", faces[max(place - 1, 0)], face_id)
        _leading_to("Next", "Right", faces[min(place + 1, len(faces) - 1)], face_id)
        st.caption(f"Face {face_id}, {place + 1} of {len(faces)} on this page")


def _leading_to(name: str, key: str, there: int, here: int) -> None:
    st.button(
        name,
        key=f"faces.{name.lower()}",
        shortcut=key,
        disabled=there == here,
        on_click=LOOKED_AT.keep,
        args=(there,),
    )


def _photo(face: FaceDetails) -> str:
    left, top, right, bottom = face.box
    return _PHOTO.format(
        image_id=face.image_id,
        left=left,
        top=top,
        width=right - left,
        height=bottom - top,
        landmarks="".join(_LANDMARK.format(x=x, y=y) for x, y in face.landmarks),
    )


def _words(face: FaceDetails) -> str:
    found = "the whole image is the face" if face.is_whole else f"found by {face.detector}"
    words = [f"<b>{escape(face.image_name)}</b>", f"from {escape(face.source)}", found, _said(face)]
    return " · ".join(words)


def _said(face: FaceDetails) -> str:
    if not face.votes:
        return "nothing said yet"
    leading = "" if face.leading is None else f", most say {face.leading}"
    return f"{face.votes:,} annotation{'s' * (face.votes > 1)}{leading}"


def _measures(face: FaceDetails) -> str:
    below = failed(face.quality, {key: measure.bounds for key, measure in MEASURES.items()})
    return "".join(
        _row(measure, face.quality[key], is_below=key in below) for key, measure in MEASURES.items()
    )


def _row(measure: QualityMeasure, value: float | None, *, is_below: bool) -> str:
    return _ROW.format(
        style="color:#b45309;font-weight:600" if is_below else "",
        title=measure.title,
        value="none" if value is None else f"{value:g}",
        unit="" if value is None else measure.unit,
        bounds=_from_to(measure.bounds),
    )


def _from_to(bounds: Bounds) -> str:
    if not isfinite(bounds.high):
        return f"good from {bounds.low:g}"
    return f"good from {bounds.low:g} to {bounds.high:g}"

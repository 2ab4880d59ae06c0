"""One face at each step of the paper's pre-processing, side by side."""

from base64 import b64encode
from html import escape

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.steps.faces.show_preprocessing import (
    PreprocessingStep,
    faces_beside,
    newest_face,
    show_preprocessing,
)

_FACE: Remembered[int | None] = Remembered("preprocessing.face", None)
_HIGHEST_ID = 2**53 - 1

_GRID = (
    "<div style='display:grid;gap:18px 14px;"
    "grid-template-columns:repeat(auto-fill,minmax(136px,1fr))'>{steps}</div>"
)
# In the page itself and not under /media, which does not ask who looks.
_STEP = (
    "<figure style='margin:0'>"
    "<figcaption style='font-size:14px;font-weight:600;margin-bottom:4px'>{number}. {title}"
    "</figcaption><img alt='the face: {title}' src='data:image/png;base64,{picture}' "
    "style='width:100%;aspect-ratio:1;image-rendering:pixelated;border-radius:6px;display:block'>"
    "<div role='img' aria-label='how often each value comes' style='display:flex;"
    "align-items:flex-end;height:36px;margin:6px 0;background:rgba(128,128,128,.10);"
    "border-radius:3px'>{bars}</div>"
    "<div style='font-size:12px;line-height:1.5;opacity:.8'>{facts}</div>"
    "<div style='font-size:13px;line-height:1.4;margin-top:4px'>{does}</div></figure>"
)
_BAR = "<i style='flex:1;height:{height:.1%};background:currentColor;opacity:.55'></i>"


def show() -> None:
    """Show the steps for the face that is asked for."""
    st.title("Pre-processing")
    with project().reading() as session:
        newest = newest_face(session)
    if newest is None:
        st.info("No face has been found yet.")
        link_to("import", person().role, "Import photos")
        return
    st.caption(
        "What the paper does to the photos from the web before a net sees them. A recipe with "
        "the paper's pre-processing freezes the last picture, one without freezes the first."
    )
    face_id = _choice(newest)
    steps = show_preprocessing(project(), face_id)
    if steps is None:
        st.info(f"There is no face {face_id}. The newest is face {newest}.")
        return
    st.html(_GRID.format(steps="".join(map(_step, range(1, len(steps) + 1), steps))))
    _equation(steps)


def _choice(newest: int) -> int:
    if _FACE.value() is None:
        _FACE.keep(_asked_for() or newest)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        face_id = int(st.number_input("Face", 1, _HIGHEST_ID, step=1, key=_FACE.key, width=124))
        with project().reading() as session:
            before, after = faces_beside(session, face_id)
        _leading_to("Previous", "Left", before)
        _leading_to("Next", "Right", after)
    return face_id


def _asked_for() -> int | None:
    """Read the face from the address, where a link to the page names one."""
    stated = st.query_params.get("face", "")
    is_number = stated.isdecimal() and 1 <= int(stated) <= _HIGHEST_ID
    return int(stated) if is_number else None


def _leading_to(name: str, key: str, face_id: int | None) -> None:
    st.button(
        name,
        key=f"preprocessing.{name.lower()}",
        shortcut=key,
        disabled=face_id is None,
        on_click=_FACE.keep,
        args=(face_id,),
    )


def _step(number: int, step: PreprocessingStep) -> str:
    highest = max(step.histogram)
    return _STEP.format(
        number=number,
        title=escape(step.title),
        picture=b64encode(step.picture).decode("ascii"),
        bars="".join(_BAR.format(height=count / highest) for count in step.histogram),
        facts=_facts(step),
        does=escape(step.does),
    )


def _facts(step: PreprocessingStep) -> str:
    height_px, width_px = step.values.shape[:2]
    said = " · ".join(f"{name} {_number(value)}" for name, value in step.facts.items())
    return f"{width_px} x {height_px} px<br>{said}"


def _number(value: float) -> str:
    """Write a value with one decimal, a small one with two; never a negative zero.

    Example:
        >>> _number(165.94), _number(-3.338), _number(-1e-16)
        ('165.9', '-3.34', '0')
    """
    rounded = round(value, 1 if abs(value) >= 10 else 2)
    return f"{rounded or 0:g}"


def _equation(steps: list[PreprocessingStep]) -> None:
    values = steps[-2].facts
    with st.container(border=True):
        st.markdown("**Equation (1)** stretches the values to the range from newMin to newMax:")
        st.latex(r"I_N = (I - Min)\,\frac{newMax - newMin}{Max - Min} + newMin")
        st.markdown(
            "The paper's example: 50 to 180 becomes 0 to 255, so that 50 is taken off each value "
            "and the rest is multiplied by 255 / 130. "
            f"This face: {values['min']:.2f} to {values['max']:.2f} standard deviations becomes "
            "0 to 255. The mean of the standardised face is 0 and its standard deviation 1; it is "
            "drawn stretched, since what lies below 0 could not be seen."
        )


if __name__ == "__main__":
    show()

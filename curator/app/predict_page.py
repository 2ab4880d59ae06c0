"""What the standard model says of the faces in a photo."""

from base64 import b64encode
from html import escape

import pandas as pd
import streamlit as st

from curator.app.pages import link_to
from curator.app.state import Remembered, person, project
from curator.app.widgets import acting, job_panel, start_job
from curator.steps.look_at_photo import PhotoToPredict, look_at_photo
from db.jobs import Job, JobState
from db.labels import Expression
from db.model_card import ModelCard, read_card

_PHOTO: Remembered[PhotoToPredict | None] = Remembered("predict.photo", None)
_JOB: Remembered[int | None] = Remembered("predict.job", None)

_BOX = (
    "<div style='position:absolute;left:{left:.2%};top:{top:.2%};width:{width:.2%};"
    "height:{height:.2%};border:2px solid #ffb000;border-radius:4px'>"
    "<span style='position:absolute;left:-2px;bottom:100%;background:#ffb000;color:#111;"
    "font-size:13px;padding:0 5px;border-radius:4px;white-space:nowrap'>{text}</span></div>"
)


def show() -> None:
    """Take a photo and show each face's label and probabilities."""
    st.title("Predict")
    card = read_card(project().standard_model)
    if card is None:
        st.info(
            "There is no model yet. Run a benchmark, then make its best model the standard one."
        )
        link_to("benchmark", person().role, "Go to the benchmark")
        return
    st.caption(
        f"Standard model: {card.net} with {card.classifier}, trained on {card.snapshot}; "
        f"{card.test_accuracy:.1%} of its test split right."
    )
    _upload(card)
    job_panel(("predict",))
    _result()


def _upload(card: ModelCard) -> None:
    with st.form("predict.form"):
        photo = st.file_uploader("A photo", ["jpg", "jpeg", "png", "webp"], key="predict.upload")
        if st.form_submit_button("Predict", type="primary") and photo is not None:
            acting(lambda: _predict(photo.getvalue(), card))
            st.rerun()


def _predict(content: bytes, card: ModelCard) -> None:
    photo = look_at_photo(project(), content, card.preprocessing)
    _PHOTO.keep(photo)
    _JOB.keep(start_job("predict", {"folder": photo.folder}))


def _result() -> None:
    photo, job_id = _PHOTO.value(), _JOB.value()
    if photo is None or job_id is None:
        return
    with project().reading() as session:
        job = session.get(Job, job_id)
    if job is None or job.state is not JobState.DONE or job.result is None:
        return
    shares: list[list[float]] = job.result["probabilities"]
    _picture(photo, [_best(row) for row in shares])
    table = pd.DataFrame(shares, columns=[str(label) for label in Expression])
    table.insert(0, "face", range(1, len(table) + 1))
    percent = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={str(label): percent for label in Expression},
    )


def _best(shares: list[float]) -> str:
    best = max(range(len(shares)), key=shares.__getitem__)
    return f"{list(Expression)[best]} {shares[best]:.0%}"


def _picture(photo: PhotoToPredict, texts: list[str]) -> None:
    # In the page itself and not under /media, where a picture of a person would lie about.
    source = b64encode(photo.jpeg).decode("ascii")
    boxes = "".join(
        _BOX.format(
            left=box[0] / photo.width_px,
            top=box[1] / photo.height_px,
            width=(box[2] - box[0]) / photo.width_px,
            height=(box[3] - box[1]) / photo.height_px,
            text=escape(f"{number}: {text}"),
        )
        for number, (box, text) in enumerate(zip(photo.boxes, texts, strict=True), start=1)
    )
    st.html(
        "<div style='position:relative;max-width:640px'>"
        f"<img alt='the photo with its faces' style='width:100%;display:block' "
        f"src='data:image/jpeg;base64,{source}'>{boxes}</div>"
    )


if __name__ == "__main__":
    show()

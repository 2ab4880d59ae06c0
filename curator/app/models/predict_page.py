"""What the standard model says of the faces in a photo."""

from base64 import b64encode
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, job_panel, request_job
from curator.app.models.standard_card import standard_card
from curator.steps.images.image_codec import decoded, jpeg
from curator.steps.models.draw_predictions import with_predictions
from curator.steps.models.photo_faces import PhotoToPredict, photo_faces
from curator.steps.models.predict_faces import PredictedFace
from db.labels import Expression
from db.model_folder.model_card import MODEL_FILES, ModelCard, ModelFormat
from db.tables.jobs import Job, JobState

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
    card = standard_card()
    if card is None:
        return
    st.caption(
        f"Standard model: {card.net} with {card.classifier}, trained on {card.snapshot}; "
        f"{card.test_accuracy:.1%} of its test split right."
    )
    link_to("live", person().role, "Try it before a camera")
    _upload(card)
    job_panel(("predict",))
    _result()
    _files(card)


def _upload(card: ModelCard) -> None:
    with st.form("predict.form"):
        photo = st.file_uploader("A photo", ["jpg", "jpeg", "png", "webp"], key="predict.upload")
        if st.form_submit_button("Predict", type="primary") and photo is not None:
            acting(lambda: _predict(photo.getvalue(), card))
            st.rerun()


def _predict(content: bytes, card: ModelCard) -> None:
    photo = photo_faces(project(), content, card.preprocessing)
    _PHOTO.keep(photo)
    _JOB.keep(request_job("predict", {"folder": photo.folder}))


def _result() -> None:
    photo, job_id = _PHOTO.value(), _JOB.value()
    if photo is None or job_id is None:
        return
    with project().reading() as session:
        job = session.get(Job, job_id)
    if job is None or job.state is not JobState.DONE or job.result is None:
        return
    shares: list[list[float]] = job.result["probabilities"]
    faces = [
        PredictedFace(box, np.array(row)) for box, row in zip(photo.boxes, shares, strict=True)
    ]
    _picture(photo, [f"{face.label} {face.share:.0%}" for face in faces])
    st.download_button(
        "Download the photo with boxes and probabilities",
        lambda: jpeg(with_predictions(decoded(photo.jpeg), faces)),
        "predicted.jpg",
        "image/jpeg",
        key="predict.download",
        on_click="ignore",
        icon=":material/download:",
    )
    table = pd.DataFrame(shares, columns=[str(label) for label in Expression])
    table.insert(0, "face", range(1, len(table) + 1))
    percent = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={str(label): percent for label in Expression},
    )


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


def _files(card: ModelCard) -> None:
    """Offer the net in its forms, and say how each compares with the original."""
    with st.expander("The net for other programs", icon=":material/file_export:"):
        st.caption(
            "Each takes float32 (n, height, width, 3), RGB from 0 to 255, of crops as the "
            "snapshot has them, and gives `features` and `probabilities`. What the classifier "
            "says of the features is not in these files."
        )
        for name, file in MODEL_FILES.items():
            if card.has(name):
                # A link, since a large net would go through the memory of every run of the page.
                st.markdown(f"[{card.net}-{file}](/api/standard/{name}){_checked(card, name)}")
            else:
                export = card.export(name)
                why = export.problem if export else "It was promoted before nets were written so."
                st.warning(f"{file} is missing. {why}")


def _checked(card: ModelCard, name: ModelFormat) -> str:
    export = card.export(name)
    if export is None or export.difference is None:
        return ": the net as Keras has it"
    return (
        f": no probability is more than {export.difference:.1e} off the original's on drawn "
        f"crops; {export.milliseconds:.1f} ms a face where it was promoted"
    )


if __name__ == "__main__":
    show()

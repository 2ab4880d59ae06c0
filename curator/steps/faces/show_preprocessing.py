"""One face at each step of the paper's pre-processing, as a freeze takes it through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.faces.preprocessing import (
    grey,
    paper_preprocessing,
    rescaled,
    resized,
    standardised,
    without_noise,
)
from curator.steps.faces.face_pictures import crop_of_face
from curator.steps.images.image_codec import decoded, png
from db.project.project_folder import Project
from db.tables.images import Face

BINS = 32


@dataclass(frozen=True)
class PreprocessingStep:
    """What one step makes of a face.

    Attributes:
        title: Its name.
        does: What it does, in one sentence.
        values: uint8 (h, w, 3) of the crop, then (h, w): uint8, and float64 once it is
            standardised.
        picture: The values as PNG; float64 ones stretched to 0 to 255, to be seen at all.
        histogram: How many of them fall into each of 32 bins between the lowest and the
            highest.
    """

    title: str
    does: str
    values: NDArray[Any]
    picture: bytes
    histogram: tuple[int, ...]

    @property
    def facts(self) -> dict[str, float]:
        """The lowest, the highest, the mean and the standard deviation of the values."""
        return {
            "min": float(self.values.min()),
            "max": float(self.values.max()),
            "mean": float(self.values.mean()),
            "sd": float(self.values.std()),
        }


_Step = Callable[[NDArray[Any]], NDArray[Any]]

_CHAIN: tuple[tuple[str, str, _Step], ...] = (
    ("Grey", "0.299 red + 0.587 green + 0.114 blue.", grey),
    ("Noise removed", "Each pixel becomes the median of its 3 x 3 neighbours.", without_noise),
    ("Resized", "To 75 x 75 pixels, where the crop has another size.", resized),
    ("Standardised", "Minus the mean, divided by the standard deviation (sd).", standardised),
)


def show_preprocessing(project: Project, face_id: int) -> list[PreprocessingStep] | None:
    """Take a face through the chain; None when there is no such face.

    The first step is the crop as it was cut; the last is what is frozen by a recipe with
    the paper's pre-processing.
    """
    content = crop_of_face(project, face_id)
    return None if content is None else list(_steps(decoded(content)))


def _steps(crop_rgb: NDArray[np.uint8]) -> Iterator[PreprocessingStep]:
    yield _shown("As cut", "The crop in colour.", crop_rgb)
    values: NDArray[Any] = crop_rgb
    for title, does, step in _CHAIN:
        values = step(values)
        yield _shown(title, does, values)
    frozen = paper_preprocessing(crop_rgb)
    yield _shown("Rescaled", "By equation (1) to 0 to 255; this is frozen.", frozen)


def _shown(title: str, does: str, values: NDArray[Any]) -> PreprocessingStep:
    visible = values if values.dtype == np.uint8 else np.rint(rescaled(values)).astype(np.uint8)
    counts, _ = np.histogram(values, BINS)
    return PreprocessingStep(title, does, values, png(visible), tuple(counts.tolist()))


def newest_face(session: Session) -> int | None:
    """Return the face found last; None where there is none."""
    return session.scalar(select(func.max(Face.id)))


def faces_beside(session: Session, face_id: int) -> tuple[int | None, int | None]:
    """Return the faces stored before and after one, whether or not it is there itself."""
    before = session.scalar(select(func.max(Face.id)).where(Face.id < face_id))
    after = session.scalar(select(func.min(Face.id)).where(Face.id > face_id))
    return before, after

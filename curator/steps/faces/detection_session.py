"""Begin to look at images: by a detector that is here, with a folder for what is seen."""

from collections.abc import Iterator
from contextlib import contextmanager

from curator.core.faces.detector import DETECTORS
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import why_missing
from curator.steps.faces.cut_faces import DetectionSession
from db.files.staged_blobs import aside_folder
from db.project.project_folder import Project


@contextmanager
def detection_session(
    project: Project, detector_name: str, *, holds_crops: bool = False
) -> Iterator[DetectionSession]:
    """Say how to look at images, with a folder for what is seen until it is kept."""
    with aside_folder(project.aside) as aside:
        yield DetectionSession(
            detector_name=detector_name,
            holds_crops=holds_crops,
            aside=aside,
            images=project.images,
            crops=project.crops,
            views=project.views,
        )


def check_detector(name: str) -> None:
    """Refuse a detector that is not known, or not here.

    Raises:
        CuratorError: With what to do instead.
    """
    if name not in DETECTORS:
        raise CuratorError(f"Detector must be one of {', '.join(DETECTORS)}. Received: {name!r}")
    if reason := why_missing(name):
        raise CuratorError(f"{reason} Choose another one.")

"""Every detector there is, and which of them can be used here."""

from typing import Protocol

from curator.core.faces.face import (
    Box,
    Detector,
    FoundFace,
    UnusableDetectorError,
    box_area,
)
from curator.core.faces.haar import LONGEST_SIDE_PX, HaarDetector
from curator.core.faces.yunet import YUNET_MIN_CONFIDENCE, YuNetDetector

__all__ = [
    "DETECTORS",
    "LONGEST_SIDE_PX",
    "YUNET_MIN_CONFIDENCE",
    "Box",
    "Detector",
    "FoundFace",
    "HaarDetector",
    "UnusableDetectorError",
    "YuNetDetector",
    "box_area",
    "default_detector_name",
    "why_missing",
]


class DetectorMaker(Protocol):
    """Makes a detector, of a model file where it is made of one."""

    def __call__(self, model_path: str = "") -> Detector:
        """Make it.

        Raises:
            UnusableDetectorError: It cannot be used here; says why and what to do.
        """
        ...


def _haar(model_path: str = "") -> Detector:  # noqa: ARG001 - OpenCV brings the cascade
    return HaarDetector()


DETECTORS: dict[str, DetectorMaker] = {"yunet": YuNetDetector, "haar": _haar}
"""Every detector by the name that people choose it by; the first is the default."""


def why_missing(name: str, model_path: str = "") -> str | None:
    """Say why a detector cannot be used here and what to do, or None when it can.

    Args:
        name: One of `DETECTORS`.
        model_path: The model file that YuNet is to be made of, if there is one.
    """
    try:
        DETECTORS[name](model_path)
    except UnusableDetectorError as error:
        return f"The detector {name} cannot be used here. {error}"
    return None


def default_detector_name(model_path: str = "") -> str:
    """Name the first detector that can be used here; `why_missing` tells of the others."""
    return next(name for name in DETECTORS if why_missing(name, model_path) is None)

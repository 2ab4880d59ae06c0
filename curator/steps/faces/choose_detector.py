"""The detectors with the model file that is installed for this user."""

import os
from collections.abc import Mapping

from curator.core.faces.detector import DETECTORS, Detector
from curator.core.faces.detector import default_detector_name as default_name
from curator.core.faces.detector import why_missing as why_missing_with
from curator.steps.faces.install_detector import installed_model


def made_detector(name: str, environment: Mapping[str, str] = os.environ) -> Detector:
    """Make a detector.

    Args:
        name: One of `DETECTORS`.
        environment: Where the model file may be named, see `installed_model`.

    Raises:
        UnusableDetectorError: It cannot be used here; says why and what to do.
    """
    return DETECTORS[name](installed_model(environment))


def why_missing(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Say why a detector cannot be used here and what to do, or None when it can."""
    return why_missing_with(name, installed_model(environment))


def default_detector_name(environment: Mapping[str, str] = os.environ) -> str:
    """Name the detector that is used when nobody chooses: YuNet, or else Haar's."""
    return default_name(installed_model(environment))

"""Install a YuNet model file, and find the one that is installed."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from curator.core.faces.yunet import YuNetDetector
from curator.errors import CuratorError
from db.files.blobs import sha256_of, write_whole

MODEL_VARIABLE = "CURATOR_YUNET_MODEL"
MODEL_FILE = "yunet.onnx"
FOLDER = "fer-curator"

KNOWN_MODELS: Mapping[str, str] = {
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4": (
        "face_detection_yunet_2023mar.onnx"
    ),
    "ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0": (
        "face_detection_yunet_2026may.onnx"
    ),
}
"""Releases of the OpenCV Zoo (MIT) by their SHA-256; the same weights in two forms."""

_NOT_THE_FILE = {
    b"version https://git-lfs": (
        "is a pointer of Git LFS and not the model itself. Fetch it with `git lfs pull`, or from "
        "the page of the file by its download button"
    ),
    b"<": "is a web page and not the model itself. Download it by the button on that page",
}
"""How downloads begin that went wrong, and what to do."""


def install_detector(file: Path, folder: Path, *, sha256: str = "") -> Path:
    """Copy a model file that was downloaded to where it is found from then on.

    Args:
        file: A YuNet of the OpenCV Zoo.
        folder: Where it goes, see `detector_folder`; a model that is there is replaced.
        sha256: What its publisher states; needed unless it is one of `KNOWN_MODELS`.

    Returns:
        The installed file.

    Raises:
        CuratorError: The file cannot be read, is another one than stated, is not known, or
            is no YuNet that OpenCV can open. Nothing is installed then.
    """
    content = _read(file)
    _check_content(file, content, sha256.strip().lower())
    YuNetDetector(str(file))
    installed = folder / MODEL_FILE
    try:
        write_whole(installed, content)
    except OSError as error:
        raise CuratorError(f"{installed} cannot be written: {error.strerror}.") from error
    return installed


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CuratorError(f"{file} cannot be read: {error.strerror}.") from error


def _check_content(file: Path, content: bytes, sha256: str) -> None:
    for beginning, what_it_is in _NOT_THE_FILE.items():
        if content.lstrip().startswith(beginning):
            raise CuratorError(f"{file} {what_it_is}.")
    found = sha256_of(content)
    if sha256 and found != sha256:
        raise CuratorError(
            f"{file} was expected to have the SHA-256 {sha256}. Received: {found}. "
            "Download it again."
        )
    if not sha256 and found not in KNOWN_MODELS:
        raise CuratorError(
            f"{file} is none of {', '.join(KNOWN_MODELS.values())} of the OpenCV Zoo: its SHA-256 "
            f"is {found}. Download one of these, or give the SHA-256 that its publisher states."
        )


def detector_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Name the folder of this user's installed model: that for data of programs."""
    if sys.platform == "win32":
        return _folder(environment, "LOCALAPPDATA", "AppData/Local")
    if sys.platform == "darwin":
        return _folder(environment, "", "Library/Application Support")
    return _folder(environment, "XDG_DATA_HOME", ".local/share")


def _folder(environment: Mapping[str, str], variable: str, below_home: str) -> Path:
    named = environment.get(variable, "")
    # The standard says to pay no heed to a relative path.
    return (Path(named) if Path(named).is_absolute() else Path.home() / below_home) / FOLDER


def installed_model(environment: Mapping[str, str] = os.environ) -> str:
    """Name the model file to use: what CURATOR_YUNET_MODEL says, or else the installed one.

    Returns:
        Its path; empty where there is none. That of the variable may not be there: whoever
        uses it says so.
    """
    installed = detector_folder(environment) / MODEL_FILE
    is_there = os.access(installed, os.R_OK)  # somebody else's home may be shut
    return environment.get(MODEL_VARIABLE, "") or (str(installed) if is_there else "")

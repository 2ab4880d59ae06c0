"""Nets that were trained elsewhere and installed into a project, and what they are worth."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from db.files.blobs import write_whole

INSTALLED_FILE: Final = "installed.json"

INSTALLABLE: Final = ("mini-xception",)
"""What `trainer install-net` knows, for pages that must not import Keras."""


@dataclass(frozen=True)
class InstalledNet:
    """What an installed net is.

    Attributes:
        name: What it is asked for by.
        origin: The package and version that its weights came with, as `fer 25.10.3`.
        licence: Its licence, by its SPDX name.
        sha256: Of the file of its weights.
        worth: What has been measured of it, in a sentence for people.
    """

    name: str
    origin: str
    licence: str
    sha256: str
    worth: str

    @property
    def model(self) -> str:
        """What `db.tables.guidance.Suggestion.model` calls it."""
        return f"{self.name} of {self.origin}"


def net_folder(models: Path, name: str) -> Path:
    """Say where an installed net lies in the folder of a project's models."""
    return models / name


def write_installed(folder: Path, net: InstalledNet) -> None:
    """Write `installed.json`, whole or not at all."""
    write_whole(folder / INSTALLED_FILE, json.dumps(asdict(net), indent=2).encode("utf-8"))


def read_installed(folder: Path) -> InstalledNet | None:
    """Read what net is installed in a folder; None when there is none."""
    path = folder / INSTALLED_FILE
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return InstalledNet(**content)


def installed_nets(models: Path) -> list[InstalledNet]:
    """List the nets installed among a project's models, by name."""
    found = (read_installed(path.parent) for path in sorted(models.glob(f"*/{INSTALLED_FILE}")))
    return [net for net in found if net is not None]

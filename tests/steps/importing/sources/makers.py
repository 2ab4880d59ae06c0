"""Small collections on disk, and what was read of them in a form to be checked by eye."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from PIL import Image

from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from tests.makers import make_pixels

FORMATS = {".jpg": "JPEG", ".png": "PNG", ".tiff": "TIFF"}
Files = Mapping[str, str | None]
"""What each file holds: text, or None for an image that is drawn."""


class Told(NamedTuple):
    """What is read of an image, each label written out by `label_text`."""

    labels: str = ""
    subject: str = ""
    sequence: str = ""
    split: str = ""


@dataclass(frozen=True)
class Sample:
    """A collection and what is to be read of it.

    Attributes:
        files: All of it.
        told: What is to be read of each image.
        issues: In their order.
        unmatched: The labels' names that mean none of ours.
        bad_files: Files to be added or put in the place of others, of which something is bad.
        bad_told: What is read of the images that are there besides.
        bad_issues: The issues that are there besides.
    """

    files: Files
    told: Mapping[str, Told]
    issues: tuple[str, ...] = ()
    unmatched: Mapping[str, int] = field(default_factory=dict)
    bad_files: Files = field(default_factory=dict)
    bad_told: Mapping[str, Told] = field(default_factory=dict)
    bad_issues: tuple[str, ...] = ()


def make_image(name: str, seed: int, size_px: int = 20) -> bytes:
    """Draw an image in the format that its name tells."""
    file = io.BytesIO()
    kind = FORMATS[PurePosixPath(name).suffix.lower()]
    Image.fromarray(make_pixels(seed, size_px)).save(file, kind)
    return file.getvalue()


def contents(files: Files) -> dict[str, bytes]:
    """Write out what files hold."""
    return {
        name: make_image(name, seed) if text is None else text.encode()
        for seed, (name, text) in enumerate(files.items())
    }


def make_folder(folder: Path, files: Files) -> Path:
    """Write a collection into a folder."""
    for name, content in contents(files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def make_zip(path: Path, files: Files) -> Path:
    """Write a collection into a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents(files).items():
            archive.writestr(name, content)
    return path


def make_collection(folder: Path, files: Files, kind: str) -> Path:
    """Write a collection as `folder` or as `zip`."""
    if kind == "zip":
        return make_zip(folder / "set.zip", files)
    return make_folder(folder / "set", files)


def told(entry: Entry) -> Told:
    """Write out what was read of an image."""
    labels = ", ".join(label_text(statement) for statement in entry.statements)
    return Told(labels, entry.subject, entry.sequence, entry.split)


def label_text(one: Statement) -> str:
    """Write a statement: `happy`, `sad by ann`, `fear x3 by FER+`, `?contempt`, `sad @1,2,3,4`."""
    text = f"?{one.said}" if one.verdict is None else str(one.verdict)
    text += f" x{one.voters}" if one.voters else ""
    text += f" by {one.annotator}" if one.annotator else ""
    return text + (f" @{','.join(f'{edge:g}' for edge in one.box_xyxy)}" if one.box_xyxy else "")


def other_case(files: Files) -> dict[str, str | None]:
    """Name all files in the other case; what is in them stays."""
    return {name.swapcase(): text for name, text in files.items()}


def pixels(level: int, count: int = 48 * 48) -> str:
    """Write the pixels of a grey image as FER2013 does."""
    return " ".join([str(level)] * count)


def is_image(name: str) -> bool:
    """Say whether a file is an image by its name."""
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES

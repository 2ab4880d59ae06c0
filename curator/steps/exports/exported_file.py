"""What is exported, how, and the files that it becomes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from curator.errors import CuratorError
from db.labels import SPLITS
from db.snapshot_folder.manifest import Snapshot

Labels = Literal["hard", "soft"]
Pixels = Literal["as frozen", "colour", "grey", "paper"]


@dataclass(frozen=True)
class ExportChoices:
    """How a snapshot is taken out.

    Attributes:
        labels: `hard` gives each face its label, `soft` also the share of its votes for each
            of the seven; a face without votes counts as one for its label.
        pixels: `as frozen` gives the crops of the snapshot, byte for byte. `colour`, `grey` and
            `paper` (grey, by the paper's pre-processing) cut them out of their images again.
        side_px: Side of the crops that are cut again, in pixels; None for the usual one.
    """

    labels: Labels = "hard"
    pixels: Pixels = "as frozen"
    side_px: int | None = None

    def __post_init__(self) -> None:
        for name, words in (("labels", get_args(Labels)), ("pixels", get_args(Pixels))):
            if getattr(self, name) not in words:
                raise CuratorError(
                    f"`{name}` must be one of {', '.join(words)}. Received: {getattr(self, name)!r}"
                )
        if self.side_px is None:
            return
        if self.pixels == "as frozen":
            raise CuratorError(
                "Crops as they were frozen have the size they have. To choose a size, have them "
                "cut again: `pixels` colour, grey or paper."
            )
        if not 16 <= self.side_px <= 1024:
            raise CuratorError(f"`side_px` must be 16 to 1024. Received: {self.side_px}")

    @classmethod
    def of(cls, wanted: Mapping[str, str]) -> "ExportChoices":
        """Read choices as an address or the arguments of a job have them.

        Raises:
            CuratorError: One of them is no choice, or cannot be had with the others.
        """
        strange = sorted(set(wanted) - {"labels", "pixels", "side_px"})
        if strange:
            raise CuratorError(
                f"An export is chosen by labels, pixels and side_px. Received: {strange[0]!r}"
            )
        side = wanted.get("side_px")
        if side is not None and not side.isdecimal():
            raise CuratorError(f"`side_px` must be a number of pixels. Received: {side!r}")
        return cls(
            cast(Labels, wanted.get("labels", "hard")),
            cast(Pixels, wanted.get("pixels", "as frozen")),
            None if side is None else int(side),
        )

    @property
    def suffix(self) -> str:
        """What the name of an export says of its choices; empty for the usual ones.

        Example:
            >>> ExportChoices().suffix, ExportChoices("soft", "grey", 96).suffix
            ('', '-soft-grey-96')
        """
        soft = "-soft" if self.labels == "soft" else ""
        cut = "" if self.pixels == "as frozen" else f"-{self.pixels}"
        return soft + cut + ("" if self.side_px is None else f"-{self.side_px}")


@dataclass(frozen=True)
class SnapshotExport:
    """One snapshot on its way out.

    Attributes:
        snapshot: What is exported.
        choices: How.
        crop: Returns the PNG bytes of the face in a row of `snapshot.faces`, by its place.
        crop_pixels: Returns its pixels, uint8 (side, side) in grey or (side, side, 3) in RGB.
        image: Returns the bytes of a source image, by the SHA-256 in the manifest; None where
            no project stands behind the snapshot.
    """

    snapshot: Snapshot
    choices: ExportChoices
    crop: Callable[[int], bytes]
    crop_pixels: Callable[[int], NDArray[np.uint8]]
    image: Callable[[str], bytes] | None = None


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export, its content made only when it is written.

    Attributes:
        name: Its path within the export, with forward slashes.
        chunks: Makes its bytes anew at each call, part by part, so that no large file need be in
            memory at once.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class ExportFormat:
    """One way to take a snapshot out.

    Attributes:
        files: Yields the files of an export, in order; equal exports yield equal bytes.
        about: What it holds, for people, in a few words.
        carries_soft: It has a place for the shares of the votes.
        carries_crops: False where it carries the source images instead.
    """

    files: Callable[[SnapshotExport], Iterator[ExportedFile]]
    about: str
    carries_soft: bool = True
    carries_crops: bool = True

    def check(self, choices: ExportChoices) -> None:
        """Refuse choices that the format has no place for.

        Raises:
            CuratorError: It says what to choose instead.
        """
        if choices.labels == "soft" and not self.carries_soft:
            raise CuratorError(
                "This format has one label a face and no place for soft labels. "
                "Choose hard labels, or a format such as csv, parquet, npz or tfrecord."
            )
        if choices.pixels != "as frozen" and not self.carries_crops:
            raise CuratorError(
                "This format carries the source images, not crops, so there is nothing to cut "
                "again. Leave the pixels as they are frozen."
            )


def whole_file(name: str, read: Callable[[], bytes]) -> ExportedFile:
    """Make a file whose bytes come in one part."""
    return ExportedFile(name, lambda: iter((read(),)))


def description_files(snapshot: Snapshot) -> list[ExportedFile]:
    """Return the files that every export carries about the snapshot it is of.

    They are those of the snapshot's own folder, without the manifest and the crops.
    """
    names = {"README.md", "recipe.json", "snapshot.json", *snapshot.about.get("files", ())}
    names.discard("manifest.parquet")
    return [whole_file(name, (snapshot.folder / name).read_bytes) for name in sorted(names)]


def split_places(snapshot: Snapshot) -> dict[str, NDArray[np.int64]]:
    """Return the places of the faces of each split, in the order of `face_id`."""
    splits = snapshot.faces["split"].to_numpy()
    return {split: np.flatnonzero(splits == split) for split in SPLITS}

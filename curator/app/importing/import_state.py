"""How what was brought is to be read, as the fields of the import page have it."""

from dataclasses import dataclass, replace

import streamlit as st

from curator.app.common.state import Remembered, project
from curator.app.importing.import_mapping import chosen_columns
from curator.steps.faces.choose_detector import default_detector_name
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.pending_import import PendingImport
from curator.steps.importing.preview_collection import CollectionPreview, preview_collection

PENDING: Remembered[PendingImport | None] = Remembered("import.brought", None)
LAYOUT: Remembered[str | None] = Remembered("import.layout", None)
DETECTOR: Remembered[str | None] = Remembered("import.detector", None)
PATTERN: Remembered[str] = Remembered("import.pattern", "")


def crops_of(layout: str | None) -> Remembered[bool | None]:
    """Return the field that says whether each image is one face.

    Another layout may propose otherwise: it has a field of its own.
    """
    return Remembered(f"import.crops.{layout or 'recognised'}", None)


@dataclass(frozen=True)
class ImportState:
    """All that decides what a preview shows.

    Attributes:
        brought: What is read.
        layout: The layout chosen; None for the one recognised.
        columns: The things of the label files with the columns chosen for them.
        pattern: What finds the subject in a file's name; empty for nothing.
        detector: What looks for faces.
        holds_crops: Whether each image is one face; None for what is proposed.
    """

    pending: PendingImport
    layout: str | None
    columns: tuple[tuple[str, str], ...]
    pattern: str
    detector: str
    holds_crops: bool | None

    def choice(self) -> SourceChoice:
        """Say it as the steps take it, before the source has its final name."""
        return SourceChoice(
            name=self.pending.name or "unnamed",
            label_files=tuple(
                project().folder / label_file for label_file in self.pending.label_files
            ),
            subject_pattern=self.pattern or None,
            layout=self.layout,
            columns=dict(self.columns),
            holds_crops=self.holds_crops,
        )

    def settled(self, preview: CollectionPreview) -> "ImportState":
        """Put what is proposed where nothing was chosen, which comes to the same preview."""
        chosen = preview.proposes_crops if self.holds_crops is None else self.holds_crops
        return replace(self, holds_crops=chosen)


_SEEN: Remembered[tuple[ImportState, CollectionPreview] | None] = Remembered("import.seen", None)


def import_state(pending: PendingImport) -> ImportState:
    """Return what the fields hold, though some of them stand further down the page."""
    layout = LAYOUT.value()
    return ImportState(
        pending=pending,
        layout=layout,
        columns=tuple(chosen_columns().items()),
        pattern=PATTERN.value(),
        detector=DETECTOR.value() or default_detector_name(),
        holds_crops=crops_of(layout).value(),
    )


def previewed(reading: ImportState) -> CollectionPreview:
    """Look at what was brought, or show again what was seen when it was read the same way.

    Raises:
        CuratorError: It cannot be read so.
    """
    seen = _SEEN.value()
    if seen is not None and seen[0] == reading.settled(seen[1]):
        return seen[1]
    origin = project().folder / reading.pending.origin
    with st.spinner("Looking at it …"):
        preview = preview_collection(project(), origin, reading.choice(), reading.detector)
    _SEEN.keep((reading.settled(preview), preview))
    return preview


def forget() -> None:
    """Make room for what is brought next."""
    PENDING.keep(None)
    _SEEN.keep(None)

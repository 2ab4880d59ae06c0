"""Store a batch of images that came in, their faces, and what their source says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.steps.faces.match_source_labels import match_source_labels
from curator.steps.faces.new_ids import face_rows, new_ids, with_new_ids
from curator.steps.importing.import_report import ImportReport
from curator.steps.importing.read_image_files import ReadFile, ReadImage
from curator.steps.importing.sources.common.source_entry import Entry
from curator.steps.importing.store_source_labels import StatementAdder
from db.tables.erasures import Tombstone
from db.tables.images import Face, Image, Import, Source

ERASED = "was erased while it was imported, and is not taken in."


@dataclass(frozen=True)
class ImportRecord:
    """What an import stores of itself with each image.

    Attributes:
        source: The source's name; an existing one is added to.
        terms: Its terms of use; the first that are stated stay.
        layout: What the collection was read as.
        holds_crops: Whether each image is one face.
        choices: Every choice, in what JSON can say.
    """

    source: str
    terms: str
    layout: str
    holds_crops: bool
    choices: dict[str, Any]


@dataclass
class ImageAdder:
    """Stores batch after batch of one import; does not commit.

    Attributes:
        session: A writing session.
        recipe: That of the import.
        now: The time to store.
    """

    session: Session
    recipe: ImportRecord
    now: datetime
    _ids: tuple[int, int] | None = None
    _statements: StatementAdder = field(init=False)

    def __post_init__(self) -> None:
        self._statements = StatementAdder(self.session, self.recipe.source, self.now)

    def add(self, seen: Sequence[tuple[Entry, ReadFile]]) -> ImportReport:
        """Store the rows of a batch whose blobs are kept: no row names a blob not there.

        Args:
            seen: What came in, and what was seen in it.
        """
        self._state_terms()
        stored = self._stored(file.sha256 for _, file in seen)
        new = self._new_rows(seen, stored)
        erased = self._erased_meanwhile(new)
        report = ImportReport(imported=len(new)) + _refusals(seen) + erased
        stored |= self._insert(new)
        told = [(stored[file.sha256], entry) for entry, file in seen if file.sha256 in stored]
        report += ImportReport(known=len(told) - len(new))
        report += _lost(seen, stored)
        return report + self._faces(new, stored) + self._told(told)

    def _stored(self, hashes: Iterable[str]) -> dict[str, Image]:
        query = select(Image).where(Image.sha256.in_(set(hashes)))
        return {image.sha256: image for image in self.session.scalars(query)}

    def _new_rows(
        self, seen: Sequence[tuple[Entry, ReadFile]], stored: dict[str, Image]
    ) -> dict[str, tuple[Entry, ReadImage]]:
        """Choose the images that are not there yet, each once, by their hash."""
        new: dict[str, tuple[Entry, ReadImage]] = {}
        for entry, file in seen:
            if file.image is not None and file.sha256 not in stored:
                new.setdefault(file.sha256, (entry, file.image))
        return new

    def _erased_meanwhile(self, new: dict[str, tuple[Entry, ReadImage]]) -> ImportReport:
        """Take out again what was erased after its file was looked at."""
        hashes = {sha256: {sha256, image.pixels_sha256} for sha256, (_, image) in new.items()}
        all_hashes = set().union(*hashes.values())
        buried = set(
            self.session.scalars(select(Tombstone.sha256).where(Tombstone.sha256.in_(all_hashes)))
        )
        gone = [sha256 for sha256, either in hashes.items() if either & buried]
        lost = [new.pop(sha256)[0].file.name for sha256 in gone]
        return ImportReport(issues=tuple(Issue(name, ERASED) for name in lost))

    def _insert(self, new: dict[str, tuple[Entry, ReadImage]]) -> dict[str, Image]:
        if not new:
            return {}
        source_id, import_id = self._source_and_import()
        common = {
            "source_id": source_id,
            "import_id": import_id,
            "holds_crop": self.recipe.holds_crops,
            "imported_at": self.now,
            "faces_found_at": self.now,
        }
        ids = new_ids(self.session, Image, len(new))
        rows = [
            _image_row(sha256, *one) | common | {"id": image_id}
            for image_id, (sha256, one) in zip(ids, new.items(), strict=True)
        ]
        images = self.session.scalars(insert(Image).returning(Image), rows)
        return {image.sha256: image for image in images}

    def _source_and_import(self) -> tuple[int, int]:
        if self._ids is None:
            source_id = self._source_id()
            self._ids = source_id, self._import_id(source_id)
        return self._ids

    def _source_id(self) -> int:
        source = self.session.scalar(select(Source).where(Source.name == self.recipe.source))
        if source is None:
            source = Source(name=self.recipe.source, terms=self.recipe.terms, created_at=self.now)
            self.session.add(source)
        self.session.flush()
        return source.id

    def _state_terms(self) -> None:
        """Give a source that came in without terms those that are stated now."""
        lacking = update(Source).where(Source.name == self.recipe.source, Source.terms == "")
        self.session.execute(lacking.values(terms=self.recipe.terms))

    def _import_id(self, source_id: int) -> int:
        earlier = self.session.scalars(select(Import).where(Import.source_id == source_id))
        for one in earlier:
            if (one.layout, one.choices) == (self.recipe.layout, self.recipe.choices):
                return one.id
        run = Import(
            source_id=source_id,
            layout=self.recipe.layout,
            choices=self.recipe.choices,
            begun_at=self.now,
        )
        self.session.add(run)
        self.session.flush()
        return run.id

    def _faces(
        self, new: dict[str, tuple[Entry, ReadImage]], stored: dict[str, Image]
    ) -> ImportReport:
        report, rows = ImportReport(), []
        for sha256, (entry, image) in new.items():
            rows += face_rows(stored[sha256].id, image.faces, entry.subject, self.now)
            report += ImportReport(faces=len(image.faces)) + _faceless(entry.file.name, image)
        if rows:
            self.session.execute(insert(Face), with_new_ids(self.session, rows))
        return report

    def _told(self, told: Sequence[tuple[Image, Entry]]) -> ImportReport:
        """Keep what the source says of images, new and known."""
        changed = {image.id for image, entry in told if _complete(image, entry)}
        added, issues = self._statements.add((image.id, entry) for image, entry in told)
        looked_at = {image.id for image, _ in told if image.faces_found_at is not None}
        placed = match_source_labels(self.session, (changed | set(added)) & looked_at, self.now)
        return ImportReport(
            labels=added.total(),
            labels_placed=placed.labels,
            issues=(*issues, *placed.issues),
        )


def _image_row(sha256: str, entry: Entry, image: ReadImage) -> dict[str, Any]:
    return {
        "name": entry.file.name,
        "sha256": sha256,
        "stored_sha256": None if image.blob.sha256 == sha256 else image.blob.sha256,
        "pixels_sha256": image.pixels_sha256,
        **image.phashes,
        "width_px": image.width_px,
        "height_px": image.height_px,
        "subject": entry.subject or None,
        "sequence": entry.sequence or None,
        "source_split": entry.split or None,
        "details": dict(entry.details) or None,
    }


def _faceless(name: str, image: ReadImage) -> ImportReport:
    if image.faces:
        return ImportReport()
    return ImportReport(without_face=1, issues=(Issue(name, "no face found."),))


def _complete(image: Image, entry: Entry) -> bool:
    """Add to an image what was not known of it; tell whether that may name a subject."""
    image.sequence = image.sequence or entry.sequence or None
    image.source_split = image.source_split or entry.split or None
    image.details = image.details or dict(entry.details) or None
    if image.subject or not entry.subject:
        return False
    image.subject = entry.subject
    return True


def _refusals(seen: Iterable[tuple[Entry, ReadFile]]) -> ImportReport:
    return ImportReport(
        issues=tuple(Issue(entry.file.name, file.refused) for entry, file in seen if file.refused)
    )


def _lost(seen: Iterable[tuple[Entry, ReadFile]], stored: dict[str, Image]) -> ImportReport:
    lost = [
        entry.file.name
        for entry, file in seen
        if not file.refused and file.image is None and file.sha256 not in stored
    ]
    return ImportReport(issues=tuple(Issue(name, ERASED) for name in lost))

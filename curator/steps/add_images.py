"""Store a batch of images that came in, and what their source says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.steps.image_files import ImageFacts
from curator.steps.legend import LegendRow
from curator.steps.place_labels import place_labels
from curator.steps.source_choice import SourceChoice
from db.curation import Face, Image, ImageLabel, Source
from db.labels import Expression
from db.people import Annotator, Role
from db.project import Project


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        imported: Images that are new.
        known: Files whose bytes the project has already.
        labels: Labels of the source that are new.
        issues: What was left out, and why.
    """

    imported: int = 0
    known: int = 0
    labels: int = 0
    issues: tuple[Issue, ...] = ()

    def __add__(self, other: "ImportReport") -> "ImportReport":
        """Report two parts of the work as one."""
        return ImportReport(
            self.imported + other.imported,
            self.known + other.known,
            self.labels + other.labels,
            self.issues + other.issues,
        )


@dataclass
class Arrival:
    """A file that was read.

    Attributes:
        name: Its path in the collection.
        content: Its bytes.
        sha256: Their hash.
        facts: What its pixels are, or why it is refused; None when the project has it.
    """

    name: str
    content: bytes
    sha256: str
    facts: ImageFacts | str | None = None


@dataclass
class ImageAdder:
    """Stores batch after batch of one source; does not commit.

    Attributes:
        project: The project.
        session: A writing session on it.
        source: What is said of all the images.
        now: The time to store.
    """

    project: Project
    session: Session
    source: SourceChoice
    now: datetime
    _annotator_ids: dict[str, int] = field(default_factory=dict)

    def add(
        self, arrivals: Sequence[Arrival], rows: dict[str, tuple[LegendRow, ...]]
    ) -> ImportReport:
        """Keep the blobs of a batch, then its rows: no row ever names a blob not there.

        Args:
            arrivals: What came in, decoded where it is new.
            rows: For an image's name what the legends say of it.
        """
        for arrival in arrivals:
            if isinstance(arrival.facts, ImageFacts):
                self.project.images.put(arrival.content)
        images, report = self._images(arrivals)
        labels = self._stored_labels(images.values())
        for arrival in arrivals:
            if arrival.sha256 in images:
                image, said = images[arrival.sha256], rows.get(arrival.name, ())
                added, issues = self._add_labels(image, said, labels)
                subject = next((row.subject for row in said if row.subject), None)
                is_named = self._name_subject(
                    image, subject or self.source.subject_of(arrival.name)
                )
                report += ImportReport(labels=added, issues=tuple(issues))
                if image.faces_found_at is not None and (added or is_named):
                    report += self._place(image)
        return report

    def _images(self, arrivals: Sequence[Arrival]) -> tuple[dict[str, Image], ImportReport]:
        """Find or make the images of a batch by their hash."""
        query = select(Image).where(Image.sha256.in_({arrival.sha256 for arrival in arrivals}))
        images = {image.sha256: image for image in self.session.scalars(query)}
        source_id = self._source_id()
        report = ImportReport()
        for arrival in arrivals:
            if arrival.sha256 in images:
                report += ImportReport(known=1)
            elif isinstance(arrival.facts, ImageFacts):
                images[arrival.sha256] = self._new_image(arrival, arrival.facts, source_id)
                report += ImportReport(imported=1)
            else:
                reason = arrival.facts or "was erased while it was imported. Import it again."
                report += ImportReport(issues=(Issue(arrival.name, reason),))
        self.session.flush()
        return images, report

    def _new_image(self, arrival: Arrival, facts: ImageFacts, source_id: int) -> Image:
        image = Image(
            source_id=source_id,
            name=arrival.name,
            sha256=arrival.sha256,
            pixels_sha256=facts.pixels_sha256,
            width_px=facts.width_px,
            height_px=facts.height_px,
            imported_at=self.now,
        )
        self.session.add(image)
        return image

    def _source_id(self) -> int:
        name = self.source.name.strip()
        source = self.session.scalar(select(Source).where(Source.name == name))
        if source is None:
            source = Source(name=name, terms=self.source.terms, created_at=self.now)
            self.session.add(source)
            self.session.flush()
        source.terms = source.terms or self.source.terms
        return source.id

    def _stored_labels(self, images: Iterable[Image]) -> dict[tuple[int, int], Expression]:
        ids = [image.id for image in images]
        stored = self.session.scalars(select(ImageLabel).where(ImageLabel.image_id.in_(ids)))
        return {(one.image_id, one.annotator_id): one.label for one in stored}

    def _add_labels(
        self,
        image: Image,
        said: Sequence[LegendRow],
        labels: dict[tuple[int, int], Expression],
    ) -> tuple[int, list[Issue]]:
        """Add what is new; of two labels by one annotator the first stays."""
        added, issues = 0, []
        for row in said:
            if row.label is None:
                continue
            key = image.id, self._annotator_id(row.annotator)
            if key not in labels:
                labels[key] = row.label
                self.session.add(ImageLabel(image_id=key[0], annotator_id=key[1], label=row.label))
                added += 1
            elif labels[key] != row.label:
                who = row.annotator or self.source.name
                issues.append(
                    Issue(
                        image.name,
                        f"{who} calls it {labels[key]} and {row.label}; {labels[key]} stays.",
                    )
                )
        return added, issues

    def _annotator_id(self, name: str) -> int:
        source = self.source.name.strip()
        full_name = f"{source}/{name or 'labels'}"  # no person's name has a slash
        if full_name not in self._annotator_ids:
            self._annotator_ids[full_name] = self._stored_annotator(full_name).id
        return self._annotator_ids[full_name]

    def _stored_annotator(self, name: str) -> Annotator:
        annotator = self.session.scalar(select(Annotator).where(Annotator.name == name))
        if annotator is None:
            annotator = Annotator(name=name, role=Role.SOURCE, created_at=self.now)
            self.session.add(annotator)
            self.session.flush()
        return annotator

    def _name_subject(self, image: Image, subject: str | None) -> bool:
        if image.subject is not None or not subject:
            return False
        image.subject = subject
        return True

    def _place(self, image: Image) -> ImportReport:
        """Give new words on an image whose faces are known to the one they are meant for."""
        faces = self.session.scalars(select(Face).where(Face.image_id == image.id)).all()
        placed = place_labels(self.session, image, faces, self.now)
        return ImportReport(issues=() if placed.issue is None else (placed.issue,))

"""What an import did, part by part."""

from dataclasses import dataclass

from curator.core.issues import Issue


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        imported: Images that are new.
        known: Files whose bytes the project has already.
        faces: Faces found in the new images, or stated by the source.
        without_face: New images in which none was found.
        labels: Labels and flags of the source that are new; those of unnamed voters count
            once a verdict.
        labels_placed: Of these and of earlier ones, annotations made of them on a face.
        issues: What was left out, and why.
        layout: What the collection was read as.
        detector: What looked for the faces.
        holds_crops: Whether each image was taken as one face.
    """

    imported: int = 0
    known: int = 0
    faces: int = 0
    without_face: int = 0
    labels: int = 0
    labels_placed: int = 0
    issues: tuple[Issue, ...] = ()
    layout: str = ""
    detector: str = ""
    holds_crops: bool = False

    def __add__(self, other: "ImportReport") -> "ImportReport":
        """Report two parts of the work as one; how it was done is told by the first."""
        return ImportReport(
            self.imported + other.imported,
            self.known + other.known,
            self.faces + other.faces,
            self.without_face + other.without_face,
            self.labels + other.labels,
            self.labels_placed + other.labels_placed,
            self.issues + other.issues,
            self.layout,
            self.detector,
            self.holds_crops,
        )

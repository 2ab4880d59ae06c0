"""What a source says of its images, whatever layout it comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curator.core.faces.detector import Box
from curator.core.issues import Issue
from curator.steps.importing.archives.open_collection import CollectionFile
from db.labels import Expression, Flag

Verdict = Expression | Flag


@dataclass(frozen=True)
class Statement:
    """What a source says of one face.

    Attributes:
        said: The label as the source writes it, such as `HAPPINESS` or `3`.
        verdict: The label or flag that it means; None where it means none of ours.
        annotator: Who says so; empty where the source does not tell.
        box_xyxy: The face meant, in pixels of the upright image; None for the face of the
            whole image.
        voters: 0 for the word of one annotator. Otherwise so many people say it and nobody
            knows who: they are kept as a count.
    """

    said: str
    verdict: Verdict | None = None
    annotator: str = ""
    box_xyxy: Box | None = None
    voters: int = 0

    def __post_init__(self) -> None:
        if self.voters < 0:
            raise ValueError(f"`voters` must be at least 0. Received: {self.voters}")


@dataclass(frozen=True)
class Entry:
    """One image of a source with all that the source says of it.

    Attributes:
        file: The image; its name is its path in the collection.
        statements: Labels, in the source's order.
        subject: The person shown; empty where the source does not tell.
        sequence: The video that it is a frame of; empty where the source does not tell.
        split: The source's own split, in the source's word; empty where there is none.
        details: What else it tells, such as `session` or `angle`.
    """

    file: CollectionFile
    statements: tuple[Statement, ...] = ()
    subject: str = ""
    sequence: str = ""
    split: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def boxes_xyxy(self) -> tuple[Box, ...]:
        """The faces that the source states, each once, in its order."""
        stated = [one.box_xyxy for one in self.statements if one.box_xyxy is not None]
        return tuple(dict.fromkeys(stated))


@dataclass(frozen=True)
class SourceReading:
    """A collection as its layout reads it.

    Attributes:
        layout: The name of the layout, a key of `LAYOUTS`.
        entries: In the order of the names.
        issues: What was left out, and why.
        unmatched: For each label's name that means none of ours how often it was said.
        left_out: For each label's name that was chosen to be left out how often it was said.
    """

    layout: str
    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...] = ()
    unmatched: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

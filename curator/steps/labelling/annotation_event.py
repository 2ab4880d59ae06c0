"""One key press as it comes from a browser, checked."""

import re
from dataclasses import dataclass
from datetime import datetime

from db.labels import Expression, Flag
from db.tables.annotations import Posing

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Answers:
    """What the second questions brought; None where nothing was asked or answered.

    Attributes:
        intensity: From 1, hardly there, to 5.
        posing: Whether the expression looks felt or put on.
        is_occluded: Whether something covers a part of the face.
    """

    intensity: int | None = None
    posing: Posing | None = None
    is_occluded: bool | None = None

    def __post_init__(self) -> None:
        """Refuse an intensity that has no key."""
        if self.intensity is not None and not 1 <= self.intensity <= 5:
            raise ValueError(f"An intensity is 1 to 5. Received: {self.intensity}")


@dataclass(frozen=True)
class Shown:
    """What stood on the screen beside the face.

    Attributes:
        guideline_id: The version of the guideline at hand.
        suggested: The label that was suggested; None on the label page, which is blind.
        suggested_by: Who suggested it, as `Queue.origin`.
    """

    guideline_id: int | None = None
    suggested: Expression | None = None
    suggested_by: str | None = None

    def __post_init__(self) -> None:
        """Refuse a suggestion of nobody, and nobody's name that is too long to keep."""
        if (self.suggested is None) != (self.suggested_by is None):
            raise ValueError(
                "A suggestion has a label and an origin. "
                f"Received: {self.suggested}, {self.suggested_by}"
            )
        if len(self.suggested_by or "") > 200:
            raise ValueError("An origin has at most 200 characters.")


@dataclass(frozen=True)
class AnnotationEvent:
    """One key press on one face: a label, a flag, or neither to take the last one back.

    Attributes:
        uuid: Made where the key was pressed, 36 lower-case characters; the same press
            sent twice carries the same one.
        face_id: The face that was on the screen.
        label: What the face shows.
        flag: Why it has no label.
        pressed_at: By the clock of the browser.
        is_skip: The face is put off; this says nothing of it and takes nothing back.
        answers: What the second questions brought.
        shown: What stood beside the face.
    """

    uuid: str
    face_id: int
    label: Expression | None
    flag: Flag | None
    pressed_at: datetime
    is_skip: bool = False
    answers: Answers = Answers()
    shown: Shown = Shown()

    def __post_init__(self) -> None:
        """Refuse what no key of ours sends."""
        if not _UUID.fullmatch(self.uuid):
            raise ValueError(
                f"Expected a UUID of 36 lower-case characters. Received: {self.uuid!r}"
            )
        if bool(self.label) + bool(self.flag) + self.is_skip > 1:
            raise ValueError(
                "A press is one of a label, a flag and putting the face off. "
                f"Received: {self.label}, {self.flag}, {self.is_skip}"
            )
        if self.pressed_at.tzinfo is None:
            raise ValueError(f"A time must be aware. Received: {self.pressed_at!r}")

"""What was taken and seen in the browser, held against what is stored."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.watch import LABELS


@dataclass(frozen=True)
class Accepted:
    """One press that a labeller took.

    Attributes:
        uuid: Its own.
        face: What was on the screen, as the test noted it when the key went down.
        label: What the key means, as the test knows it.
    """

    uuid: str
    face: int
    label: str


@dataclass(frozen=True)
class Losses:
    """What became of the accepted presses.

    Attributes:
        accepted: Presses that labellers took.
        stored: Annotations that people made.
        lost: Accepted and not stored.
        doubled: Annotations of a person on a face beyond the first. The tests that count
            them never show a face twice.
        misplaced: Stored for another face, or with another label, than what was seen.
    """

    accepted: int
    stored: int
    lost: int
    doubled: int
    misplaced: int

    @property
    def are_none(self) -> bool:
        """Whether all that was accepted is stored once and in its place, and nothing else."""
        return self.accepted == self.stored and not (self.lost or self.doubled or self.misplaced)

    def __str__(self) -> str:
        """Say the figures in one line."""
        return ", ".join(f"{name} {number:,}" for name, number in asdict(self).items())


def accepted_on(page: Page) -> list[Accepted]:
    """Read what a page under watch took; see `tests.browser.watch`."""
    taken, seen = page.evaluate("[window.taken, window.seen]")
    noted = [(press["uuid"], seen[press["seen"]]) for press in taken]
    return [Accepted(uuid, key["face"], LABELS[key["label"] - 1]) for uuid, key in noted]


def stored_in(project_folder: Path) -> dict[str, tuple[int, int, str | None]]:
    """Read what people said: by uuid the annotator, the face and the label."""
    database = sqlite3.connect(project_folder / "project.sqlite")
    query = (
        "SELECT uuid, annotator_id, face_id, label FROM annotations JOIN annotators "
        "ON annotators.id = annotator_id WHERE role != 'source' ORDER BY annotations.id"
    )
    rows = database.execute(query).fetchall()
    database.close()
    return {uuid: (annotator, face, label) for uuid, annotator, face, label in rows}


def losses(accepted: Iterable[Accepted], project_folder: Path) -> Losses:
    """Compare what was accepted with what is stored."""
    presses = list(accepted)
    stored = stored_in(project_folder)
    found = [(press, stored[press.uuid]) for press in presses if press.uuid in stored]
    said = Counter((annotator, face) for annotator, face, _ in stored.values())
    return Losses(
        accepted=len(presses),
        stored=len(stored),
        lost=len(presses) - len(found),
        doubled=sum(count - 1 for count in said.values()),
        misplaced=sum((press.face, press.label) != row[1:] for press, row in found),
    )

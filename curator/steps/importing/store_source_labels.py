"""Keep what a source says of images: labels, flags, and the votes of unnamed people."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from curator.core.faces.detector import Box
from curator.core.issues import Issue
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from db.labels import Expression, Flag
from db.tables.images import CrowdVote, ImageBox, ImageLabel
from db.tables.people import Annotator, Role

Word = frozenset[tuple[str, int]]
"""What one voice says of one face: its verdict with 0, or each verdict with its voters."""


@dataclass(frozen=True)
class SourceStatement:
    """What one voice of a source says of one face of an image.

    Attributes:
        annotator: Its name in the source; empty where the source does not tell.
        box_xyxy: The face; None for that of the whole image.
        word: What it says.
        earlier: How many voices without a name have said something of the same face before:
            each is somebody else.
    """

    annotator: str
    box_xyxy: Box | None
    word: Word
    earlier: int = 0


def statements_of(statements: Sequence[Statement]) -> list[SourceStatement]:
    """Put the statements of an entry together by voice.

    Rows without an annotator are each a voice of its own, and so are the rows of one
    annotator: where they contradict each other, both are kept. Counts of voters belong
    together.

    Example:
        >>> happy, sad = (Statement(e, Expression(e)) for e in ("happy", "sad"))
        >>> [(sorted(one.word), one.earlier) for one in statements_of([happy, sad])]
        [([('happy', 0)], 0), ([('sad', 0)], 1)]
    """
    crowds: dict[tuple[str, Box | None], Counter[str]] = {}
    unnamed: Counter[Box | None] = Counter()
    voices: list[SourceStatement] = []
    for one in statements:
        if one.verdict is None:
            continue
        if one.voters:
            crowd = crowds.setdefault((one.annotator, one.box_xyxy), Counter())
            crowd[str(one.verdict)] += one.voters
        else:
            word = frozenset({(str(one.verdict), 0)})
            earlier = 0 if one.annotator else unnamed[one.box_xyxy]
            voices.append(SourceStatement(one.annotator, one.box_xyxy, word, earlier))
            unnamed[one.box_xyxy] += not one.annotator
    return voices + [
        SourceStatement(name, box, frozenset(counts.items()))
        for (name, box), counts in crowds.items()
    ]


@dataclass
class StatementAdder:
    """Keeps statements batch after batch; does not commit.

    Attributes:
        session: A writing session.
        source: The source's name, which stands before its annotators'.
        now: The time to store with annotators that are new.
    """

    session: Session
    source: str
    now: datetime
    _annotator_ids: dict[str, int] = field(default_factory=dict)

    def add(self, said: Iterable[tuple[int, Entry]]) -> tuple[Counter[int], list[Issue]]:
        """Keep what is new of what entries say of images.

        Of two words that contradict each other by one annotator both are kept, the second
        under a name with a number: so the face stays unsettled until somebody decides.

        Args:
            said: Images by id, with their entries.

        Returns:
            For each image how many words are new, and the contradictions.
        """
        by_image = [(image_id, entry, statements_of(entry.statements)) for image_id, entry in said]
        stored = _Stored(self.session, {image_id for image_id, _, _ in by_image})
        added: Counter[int] = Counter()
        issues: list[Issue] = []
        for image_id, entry, voices in by_image:
            for box_xyxy in entry.boxes_xyxy:  # numbered as they were cut, said of or not
                stored.box_number(image_id, box_xyxy)
            for voice in voices:
                box_number = stored.box_number(image_id, voice.box_xyxy)
                issue = self._add_voice(stored, (image_id, box_number), voice, added)
                issues += [] if issue is None else [Issue(entry.file.name, issue)]
        stored.write()
        return added, issues

    def _add_voice(
        self, stored: "_Stored", place: tuple[int, int], voice: SourceStatement, added: Counter[int]
    ) -> str | None:
        """Keep a voice's word unless it is kept; say what contradicts it."""
        first: Word | None = None
        for annotator_id in self._ids(voice.annotator, voice.earlier):
            known = stored.words.get((*place, annotator_id))
            if known == voice.word:
                return None
            if known is None:
                stored.add(place, annotator_id, voice)
                added[place[0]] += 1
                break
            first = first or known
        if first is None or voice.earlier:
            return None
        who = voice.annotator or self.source
        return f"{who} calls it {_listed(first)} and {_listed(voice.word)}; both are kept."

    def _ids(self, name: str, earlier: int) -> Iterator[int]:
        """Yield the annotators that a voice may be kept under, the first one first."""
        number = earlier
        while True:
            number += 1
            full = f"{self.source}/{name or 'labels'}"  # no person's name has a slash
            yield self._annotator_id(full if number == 1 else f"{full} ({number})")

    def _annotator_id(self, name: str) -> int:
        if name not in self._annotator_ids:
            self._annotator_ids[name] = self._stored_annotator(name)
        return self._annotator_ids[name]

    def _stored_annotator(self, name: str) -> int:
        known = self.session.scalar(select(Annotator.id).where(Annotator.name == name))
        if known is not None:
            return known
        annotator = Annotator(name=name, role=Role.SOURCE, created_at=self.now)
        self.session.add(annotator)
        self.session.flush()
        return annotator.id


def _listed(word: Word) -> str:
    return ", ".join(f"{verdict}{f' ({n})' if n else ''}" for verdict, n in sorted(word))


class _Stored:
    """What is kept of some images, and what is to be added to it."""

    def __init__(self, session: Session, image_ids: Collection[int]) -> None:
        self._session = session
        labels = select(ImageLabel).where(ImageLabel.image_id.in_(image_ids))
        crowds = select(CrowdVote).where(CrowdVote.image_id.in_(image_ids))
        boxes = select(ImageBox).where(ImageBox.image_id.in_(image_ids))
        self.words: dict[tuple[int, int, int], Word] = {
            (one.image_id, one.box_number, one.annotator_id): frozenset(
                {(str(one.label or one.flag), 0)}
            )
            for one in session.scalars(labels)
        }
        for vote in session.scalars(crowds):
            key = vote.image_id, vote.box_number, vote.annotator_id
            self.words[key] = self.words.get(key, frozenset()) | {(vote.verdict, vote.voters)}
        self._boxes: dict[int, dict[Box, int]] = {image_id: {} for image_id in image_ids}
        for box in session.scalars(boxes):
            edges = box.x_min, box.y_min, box.x_max, box.y_max
            self._boxes[box.image_id][edges] = box.number
        self._new: dict[type, list[dict[str, Any]]] = {ImageBox: [], ImageLabel: [], CrowdVote: []}

    def box_number(self, image_id: int, box_xyxy: Box | None) -> int:
        """Say which box of an image it is; one not known gets the next number."""
        if box_xyxy is None:
            return 0
        numbers = self._boxes[image_id]
        if box_xyxy not in numbers:
            numbers[box_xyxy] = len(numbers) + 1
            edges = dict(zip(("x_min", "y_min", "x_max", "y_max"), box_xyxy, strict=True))
            self._new[ImageBox].append({"image_id": image_id, "number": numbers[box_xyxy], **edges})
        return numbers[box_xyxy]

    def add(self, place: tuple[int, int], annotator_id: int, voice: SourceStatement) -> None:
        """Add a word that is not kept yet."""
        self.words[(*place, annotator_id)] = voice.word
        key = {"image_id": place[0], "box_number": place[1], "annotator_id": annotator_id}
        for verdict, voters in sorted(voice.word):
            if voters:
                self._new[CrowdVote].append({**key, "verdict": verdict, "voters": voters})
            else:
                label = Expression(verdict) if verdict in set(Expression) else None
                flag = Flag(verdict) if verdict in set(Flag) else None
                self._new[ImageLabel].append({**key, "label": label, "flag": flag})

    def write(self) -> None:
        """Write what was added."""
        for table, rows in self._new.items():
            if rows:
                self._session.execute(insert(table), rows)

"""What a set consists of: which kind of image carries which number, and its chance."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from db.labels import Expression
from sample_data.subjects import Subject, subject_named

_LABELS = tuple(Expression)


class Kind(StrEnum):
    """The kinds of image, in the order in which they are made."""

    PORTRAIT = "portrait"
    SCENE = "scene"
    COPY = "copy"
    PLACE = "place"
    BROKEN = "broken"


class Stream(StrEnum):
    """Independent streams of chance; within one, every number has its own generator."""

    IMAGE = "image"
    SUBJECT = "subject"
    ORDER = "order"
    LABELS = "labels"


_SHARES = {Kind.SCENE: 38, Kind.COPY: 95, Kind.PLACE: 5, Kind.BROKEN: 2}
_OF = 420


@dataclass(frozen=True)
class Plan:
    """How large a set is, and the seed that decides everything else.

    Attributes:
        images: How many files; at least 1.
        subjects: How many invented persons; at least 8, for the largest group.
        seed: Any whole number from 0.
    """

    images: int = 420
    subjects: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be drawn."""
        if self.images < 1:
            raise ValueError(f"`images` must be at least 1. Received: {self.images}")
        if self.subjects < 8:
            raise ValueError(f"`subjects` must be at least 8. Received: {self.subjects}")

    def count(self, kind: Kind) -> int:
        """Give how many images are of a kind.

        Example:
            >>> [Plan().count(kind) for kind in Kind]
            [280, 38, 95, 5, 2]
        """
        if kind is Kind.PORTRAIT:
            return self.images - sum(self.count(other) for other in _SHARES)
        return self.images * _SHARES[kind] // _OF

    def kind_and_number(self, index: int) -> tuple[Kind, int]:
        """Give the kind of the image at an index from 0, and its number within the kind."""
        for kind in Kind:
            if index < self.count(kind):
                return kind, index
            index -= self.count(kind)
        raise IndexError(f"`index` must be below {self.images}.")

    def name(self, kind: Kind, number: int) -> str:
        """Give the name of a file; it says nothing about label or subject."""
        return f"{kind.value}_{number + 1:04d}.jpg"

    def rng(self, stream: Stream, number: int, kind: Kind = Kind.PORTRAIT) -> np.random.Generator:
        """Give the generator of one thing, the same whatever else is drawn before it."""
        key = (list(Stream).index(stream), list(Kind).index(kind), number)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def portrait_content(self, number: int) -> tuple[int, Expression]:
        """Give which subject a portrait shows, and which label.

        Every subject shows all seven labels before any shows one again; the order of the
        files is shuffled, so that it tells nothing.
        """
        place = int(shuffled(self, self.count(Kind.PORTRAIT), 0)[number])
        return place // len(_LABELS) % self.subjects, _LABELS[place % len(_LABELS)]


@lru_cache(maxsize=8)
def shuffled(plan: Plan, count: int, number: int) -> NDArray[np.int64]:
    """Give the numbers below `count` in an order that the plan's seed and `number` decide."""
    return plan.rng(Stream.ORDER, number).permutation(count)


@lru_cache(maxsize=512)
def subject_at(plan: Plan, number: int) -> Subject:
    """Give a subject by number from 0: `s01` and so on."""
    return subject_named(f"s{number + 1:02d}", plan.rng(Stream.SUBJECT, number))

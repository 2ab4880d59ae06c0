"""Pairs of faces that belong together and stand in different splits.

This checks what the search for duplicates, the units and the dealing have done, and so it
takes nothing from them. Only what counts as the same picture, `duplicates.patch_similarity` of
`curator.core.duplicates.patch_embedding.patch`, is common to both.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, islice

import pandas as pd

from curator.core.snapshots.leak_candidates import Apart, Candidate, pixel_keys

MAX_EXAMPLES = 20
"""Pairs of each kind that a report names; it counts all."""

Ids = tuple[int, int]


class LeakKind(StrEnum):
    """Why two faces may not stand in different splits."""

    PIXELS = "same pixels"
    LOOK = "looks the same"
    SUBJECT = "same subject"
    FOUND_SUBJECT = "same found subject"
    SEQUENCE = "same video"


@dataclass(frozen=True)
class LeakingPair:
    """Two faces that leak; `why` may name a person, so it stays in the project.

    Attributes:
        first_id: The smaller face id.
        first_split: Where that face stands.
        second_id: The larger face id.
        second_split: Where that one stands.
        why: What ties them, as `crops 4 bits apart, mirrored`.
    """

    first_id: int
    first_split: str
    second_id: int
    second_split: str
    why: str


@dataclass(frozen=True)
class LeakReport:
    """What crosses the splits of some faces.

    Attributes:
        counts: Pairs of each kind. A pair counts for every kind that it is of, but one of
            the same pixels does not also count as looking the same.
        examples: At most `MAX_EXAMPLES` pairs of each kind; of all faces that one thing
            ties together, such as one subject, a single pair.
        pairs: Pairs of faces in different splits, all of which were compared.
        candidates: How many of them hashed alike, so that their pixels were compared; a
            pair that hashes alike both straight and mirrored counts twice.
        without_image_hash: Faces of images that were never hashed: by look, these were
            compared by their crops alone.
    """

    counts: Mapping[LeakKind, int]
    examples: Mapping[LeakKind, tuple[LeakingPair, ...]]
    pairs: int
    candidates: int
    without_image_hash: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing crosses a split."""
        return not any(self.counts.values())


def leak_report(
    faces: pd.DataFrame, alike: Sequence[Candidate], candidates: int, apart: Apart = ()
) -> LeakReport:
    """Count the pairs of faces that cross a split, by what ties them.

    Args:
        faces: What `curator.core.snapshots.leak_candidates.near_candidates` takes, with `subject`
            as the source spells it, `found_subject` and `sequence` (str, missing or empty
            where not known).
        alike: Those of the candidates that show the same picture.
        candidates: How many candidates there were.
        apart: Pairs that a person found to show different pictures: whatever their
            pixels, these are not of the same pixels.
    """
    by_id = faces.sort_values("face_id").set_index("face_id")
    crossing = _Crossing(by_id["split"])
    kinds = {
        LeakKind.PIXELS: crossing.same_pixels(pixel_keys(by_id), apart),
        LeakKind.LOOK: crossing.alike(alike),
        LeakKind.SUBJECT: crossing.tied(by_id["subject"], "subject", plain_subject),
        LeakKind.FOUND_SUBJECT: crossing.tied(by_id["found_subject"], "found subject"),
        LeakKind.SEQUENCE: crossing.tied(by_id["sequence"], "video"),
    }
    return LeakReport(
        counts={kind: count for kind, (count, _) in kinds.items()},
        examples={kind: examples for kind, (_, examples) in kinds.items()},
        pairs=crossing.count(pd.Series("all", by_id.index)),
        candidates=candidates,
        without_image_hash=int(by_id["image_phash"].isna().sum()),
    )


def plain_subject(name: str) -> str:
    """Write a subject as it is compared: without regard to case, spaces and punctuation.

    Two numbers stay two. What has neither letters nor digits names nobody.

    Example:
        >>> plain_subject("KA"), plain_subject(" k-a_"), plain_subject("?")
        ('ka', 'ka', '')
        >>> plain_subject("S1-11"), plain_subject("s1_11"), plain_subject("s11-1")
        ('s1 11', 's1 11', 's11 1')
    """
    whole = unicodedata.normalize("NFKC", name).casefold()
    words = re.sub(r"[\W_]+", " ", whole)
    return re.sub(r"(?<!\d) | (?!\d)", "", words)


_Counted = tuple[int, tuple[LeakingPair, ...]]
"""How many pairs, and the first of them."""


class _Crossing:
    """Counts the pairs that cross a split.

    Args:
        splits: The split of each face, by face id in rising order.
    """

    def __init__(self, splits: pd.Series) -> None:
        self._splits = splits
        self._split_of: dict[int, str] = dict(zip(splits.index, splits, strict=True))

    def count(self, keys: pd.Series) -> int:
        """Count the pairs of equal keys, without listing them."""
        return int(self._by_key(keys).sum())

    def _by_key(self, keys: pd.Series) -> pd.Series:
        sizes = self._splits.groupby([keys, self._splits], sort=False).size()
        key = sizes.groupby(level=0, sort=False)
        return (key.sum() ** 2 - (sizes**2).groupby(level=0, sort=False).sum()) // 2

    def _pairs(self, keys: pd.Series) -> Iterator[Iterator[Ids]]:
        """Go through the pairs that cross a split, key by key."""
        counts = self._by_key(keys)
        for key in counts.index[counts > 0]:
            yield filter(self._crosses, combinations(keys.index[keys == key].tolist(), 2))

    def _crosses(self, ids: Ids) -> bool:
        return self._split_of[ids[0]] != self._split_of[ids[1]]

    def tied(self, told: pd.Series, noun: str, plain: Callable[[str], str] = str.strip) -> _Counted:
        """Count the pairs of which the same is told; empty words tell nothing."""
        told = told.fillna("").astype("str")
        keys = told.map(plain)
        keys = keys[keys != ""]
        firsts = (next(pairs) for pairs in self._pairs(keys))
        found = [(ids, _why(noun, told, ids)) for ids in islice(firsts, MAX_EXAMPLES)]
        return self.count(keys), self._named(found)

    def same_pixels(self, keys: tuple[pd.Series, pd.Series], apart: Apart) -> _Counted:
        """Count the pairs for which either key is equal, but for those apart."""
        crop, image = keys
        both = crop + " " + image
        excused = {ids for ids in apart if self._have_same(keys, ids)}
        count = self.count(crop) + self.count(image) - self.count(both) - len(excused)
        groups = chain(self._pairs(crop), self._pairs(image))
        firsts = (next((ids for ids in pairs if ids not in excused), None) for pairs in groups)
        # Either key may name the same pair, so half of these may be twice.
        found = dict.fromkeys(islice(filter(None, firsts), 2 * MAX_EXAMPLES))
        return count, self._named((ids, "same pixels") for ids in islice(found, MAX_EXAMPLES))

    def _have_same(self, keys: tuple[pd.Series, pd.Series], ids: Ids) -> bool:
        if not self._split_of.keys() >= set(ids):
            return False
        return self._crosses(ids) and any(key[ids[0]] == key[ids[1]] for key in keys)

    def alike(self, pairs: Sequence[Candidate]) -> _Counted:
        """Count the pairs that show the same picture; one that does so twice counts once."""
        nearest = {pair[:2]: pair for pair in sorted(pairs, key=lambda pair: -pair.bits)}
        first = [(ids, _bits_apart(nearest[ids])) for ids in sorted(nearest)[:MAX_EXAMPLES]]
        return len(nearest), self._named(first)

    def _named(self, found: Iterable[tuple[Ids, str]]) -> tuple[LeakingPair, ...]:
        return tuple(
            LeakingPair(first, self._split_of[first], second, self._split_of[second], why)
            for (first, second), why in found
        )


def _why(noun: str, told: pd.Series, ids: Ids) -> str:
    one, other = (told[face_id] for face_id in ids)
    return f"{noun} {one}" if one == other else f"{noun} {one} and {other}"


def _bits_apart(pair: Candidate) -> str:
    return f"{pair.picture} {pair.bits} bits apart" + (", mirrored" if pair.is_mirrored else "")

"""Compare hashes with spans of others, as many at once as the cache holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.core.duplicates.hash_index_plans import Values

Places = npt.NDArray[np.int64]
Hits = tuple[Places, Places]

# What is compared at once, with all that it needs, stays in a second cache of 1 MB. A span of
# `_LONG_SPAN` is worth a row of its own; rows wider than `_ROW_WIDTH` gain little.
_TILE = 32_768
_LONG_SPAN = 256
_ROW_WIDTH = 4096


@dataclass(frozen=True)
class Spans:
    """For each hash, which others it is compared with.

    Attributes:
        starts: (n,) int64, the place of the first of them.
        ends: (n,) int64, the place after the last.
    """

    starts: Places
    ends: Places

    @classmethod
    def within(cls, values: Values, rest: np.uint64) -> "Spans":
        """Span the hashes after each that differ from it in no bit but the `rest`.

        Args:
            values: (n,) rising.
            rest: Lowest bits, which are no part of the key.
        """
        is_last = np.append((values[1:] ^ values[:-1]) > rest, np.True_)
        ends = np.flatnonzero(is_last) + 1
        return cls(np.arange(1, len(values) + 1), np.repeat(ends, np.diff(ends, prepend=0)))

    @classmethod
    def across(cls, values: Values, others: Values, rest: np.uint64) -> "Spans":
        """Span the others that differ from each hash in no bit but the `rest`; all rising."""
        return cls(
            np.searchsorted(others, values & ~rest), np.searchsorted(others, values | rest, "right")
        )

    @property
    def lengths(self) -> Places:
        """(n,) how many others each hash is compared with."""
        return self.ends - self.starts

    def of(self, places: Places) -> "Spans":
        """Keep those of some hashes."""
        return Spans(self.starts[places], self.ends[places])

    def spread(self) -> tuple[Places, Places]:
        """List all others of all spans, and beside each the place of its span.

        Example:
            >>> others, span = Spans(np.array([4, 7]), np.array([6, 8])).spread()
            >>> others.tolist(), span.tolist()
            ([4, 5, 7], [0, 0, 1])
        """
        lengths = self.lengths
        span = np.repeat(np.arange(len(lengths)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(span)) + (self.starts - before)[span], span


class HashFilter:
    """Lets through pairs that differ by few bits, and in each of some blocks.

    It keeps its memory between tiles, so each thread needs its own.

    Args:
        distance: Most bits that may differ.
        masks: The bits of each block that must differ somewhere.
    """

    def __init__(self, distance: int, masks: tuple[int, ...] = ()) -> None:
        self._distance = distance
        self._masks = tuple(np.uint64(mask) for mask in masks)
        self._differing = np.empty(_TILE, np.uint64)
        self._counts = np.empty(_TILE, np.uint8)
        self._is_near = np.empty(_TILE, np.bool_)

    def passed(self, hashes: Values, others: Values) -> Places:
        """Tell which pairs of two arrays that broadcast to a tile pass, in its flat order."""
        tile = np.broadcast(hashes, others)
        differing, counts = self._differing[: tile.size], self._counts[: tile.size]
        np.bitwise_xor(hashes, others, out=differing.reshape(tile.shape))
        np.bitwise_count(differing, out=counts)
        is_near = np.less_equal(counts, self._distance, out=self._is_near[: tile.size])
        if not is_near.any():  # nearly always, and several times quicker than to list none
            return np.empty(0, np.int64)
        (passed,) = is_near.nonzero()
        for mask in self._masks:
            passed = passed[differing[passed] & mask != 0]
        return passed


def hits_in_spans(hashes: Values, others: Values, spans: Spans, sieve: HashFilter) -> Hits:
    """Find the pairs that pass the sieve, as places in both arrays.

    Args:
        hashes: (n,).
        others: (m,).
        spans: What each hash is compared with. Spans that end at the same place belong to
            neighbours, and begin in their order.
        sieve: Which pairs pass.
    """
    lengths = spans.lengths
    some = np.flatnonzero(lengths)
    is_long = lengths[some] >= _LONG_SPAN
    hits = list(_in_long_spans(hashes, others, spans, some[is_long], sieve))
    short = some[~is_long]
    for start in range(0, len(short), _TILE):
        places = short[start : start + _TILE]
        hits += _in_short_spans(hashes, others, spans, places, sieve)
    return joined(hits)


def joined(hits: Iterable[Hits]) -> Hits:
    """Put hits behind each other."""
    empty = np.empty(0, np.int64)
    firsts, seconds = zip((empty, empty), *hits, strict=True)
    return np.concatenate(firsts), np.concatenate(seconds)


def _in_long_spans(
    hashes: Values, others: Values, spans: Spans, places: Places, sieve: HashFilter
) -> Iterator[Hits]:
    ends = spans.ends[places]
    begins = np.flatnonzero(ends[1:] != ends[:-1]) + 1
    for run in np.split(places, begins):
        if len(run):
            yield from _in_rows(hashes, others, spans, range(run[0], run[-1] + 1), sieve)


def _in_rows(
    hashes: Values, others: Values, spans: Spans, rows: range, sieve: HashFilter
) -> Iterator[Hits]:
    """Compare neighbours whose spans end at the same place, tile by tile."""
    end = int(spans.ends[rows[0]])
    width = min(end - int(spans.starts[rows[0]]), max(_ROW_WIDTH, _TILE // len(rows)))
    height = _TILE // width
    for top in rows[::height]:
        bottom = min(top + height, rows.stop)
        for left in range(int(spans.starts[top]), end, width):
            right = min(left + width, end)
            passed = sieve.passed(hashes[top:bottom, None], others[left:right])
            if len(passed):
                row, column = np.divmod(passed, right - left)
                is_in_span = left + column >= spans.starts[top + row]
                yield (top + row)[is_in_span], (left + column)[is_in_span]


def _in_short_spans(
    hashes: Values, others: Values, spans: Spans, places: Places, sieve: HashFilter
) -> Iterator[Hits]:
    """Compare each hash with the first of its span, then with the second, and so on."""
    spans = spans.of(places)
    lengths = spans.lengths.astype(np.uint8)  # of one byte, sorted by counting
    # The longest first, so that those that go on are always the first ones.
    order = np.argsort(_LONG_SPAN - 1 - lengths, kind="stable")
    places, starts = places[order], spans.starts[order]
    hashes = hashes[places]
    ended = np.cumsum(np.bincount(lengths))[:-1]
    for offset, going_on in enumerate((len(places) - ended).tolist()):
        passed = sieve.passed(hashes[:going_on], others[starts[:going_on] + offset])
        if len(passed):
            yield places[passed], starts[passed] + offset

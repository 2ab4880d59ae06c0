"""Propose whether the images of a collection are faces cut out already."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from curator.steps.images.image_codec import NotAnImageError, size_wh
from curator.steps.importing.archives.open_collection import CollectionFile, UnreadableFileError
from curator.steps.importing.sources import LAYOUTS
from curator.steps.importing.sources.common.source_entry import SourceReading

Item = TypeVar("Item")

SAMPLE_IMAGES = 200
CROP_MOST_PX = 128
SQUARE_SHARE = 0.95
"""How long the shorter side of a square image is at least, of the longer one."""

NEARLY_ALL = 0.9
HEAD_BYTES = 64 * 2**10


@dataclass(frozen=True)
class CropProposal:
    """Whether each image is one face already.

    Attributes:
        holds_crops: The proposal.
        reason: Why, in a sentence for people.
    """

    holds_crops: bool
    reason: str


def propose_crops(reading: SourceReading) -> CropProposal:
    """Propose whether each image is one face already, by the layout or else by the sizes.

    Sources of crops cut them square and small. Of the images 200 are looked at, spread
    evenly over all; no more than their sizes is read.
    """
    layout = LAYOUTS[reading.layout]
    if layout.holds_crops is not None:
        kind = "faces cut out already" if layout.holds_crops else "whole photos"
        return CropProposal(layout.holds_crops, f"{layout.title} holds {kind}.")
    if any(entry.boxes_xyxy for entry in reading.entries):
        return CropProposal(False, "The source tells where in the images the faces are.")
    files = [entry.file for entry in reading.entries]
    sizes = [size for file in spread(files, SAMPLE_IMAGES) if (size := _size_wh(file)) is not None]
    return _by_sizes(sizes)


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """Choose so many items at most, evenly spread, the first one among them.

    Example:
        >>> spread("abcdefg", 3)
        ['a', 'c', 'e']
    """
    count = min(most, len(items))
    return [items[number * len(items) // count] for number in range(count)]


def _size_wh(file: CollectionFile) -> tuple[int, int] | None:
    try:
        with file.opened() as stream:
            head = stream.read(HEAD_BYTES)
        return _stated_size(head) or _stated_size(file.read())
    except UnreadableFileError:  # the import reports it
        return None


def _stated_size(content: bytes) -> tuple[int, int] | None:
    try:
        return size_wh(content)
    except NotAnImageError:  # cut short, or none: the import reports it
        return None


def _by_sizes(sizes: Sequence[tuple[int, int]]) -> CropProposal:
    if not sizes:
        return CropProposal(False, "No image could be looked at.")
    small = sum(_is_small_square(width, height) for width, height in sizes)
    is_crops = small >= NEARLY_ALL * len(sizes)
    (width, height), _ = Counter(sizes).most_common(1)[0]
    reason = (
        f"{small:,} of {len(sizes):,} images looked at are square and at most {CROP_MOST_PX} px "
        f"a side; the commonest size is {width} x {height} px."
    )
    return CropProposal(is_crops, reason)


def _is_small_square(width: int, height: int) -> bool:
    return max(width, height) <= CROP_MOST_PX and min(width, height) >= SQUARE_SHARE * max(
        width, height
    )

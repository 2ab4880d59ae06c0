"""The parts that JPEG, PNG, WebP and GIF files are made of, and which of them hold only pixels."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

_SCAN, _END = 0xDA, 0xD9
_APP1 = 0xE1
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_PIXELS = frozenset({*range(0xC0, 0xD0), 0xD9, 0xDA, 0xDB, 0xDC, 0xDD})
_JPEG_COLOURS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JPEG_BYTES = {0xDC: 4, 0xDD: 4, 0xE0: 16, 0xEE: 14}
"""What segments of one size take, their length included: DNL, DRI, JFIF's APP0, Adobe's APP14."""

_PNG_PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
    | {b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"cICP", b"mDCV", b"cLLI"}
)

_WEBP_PIXELS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
_SWALLOWED = re.compile(rb"EXIF|XMP |Exif\0\0|ns\.adobe\.com/xap")
"""How metadata begins that a wrong length has put inside the part before it."""

_GIF_IMAGE, _GIF_END = b"\x2c", b"\x3b"
_GIF_PIXELS = (b"\x21\xf9", b"\x21\xff\x0bNETSCAPE2.0", b"\x21\xff\x0bANIMEXTS1.0")


class UnknownStructureError(Exception):
    """A file is not made of the parts it should be made of."""


def jpeg_without_metadata(content: bytes, turn: Callable[[], int]) -> bytes:
    """Keep of a JPEG the segments with pixels and colours; the scans stay as they are.

    Args:
        content: The file.
        turn: Tells how it is to be turned; asked only where that would be lost.

    Raises:
        UnknownStructureError: It is not made of segments, or one took in another.
    """
    kept, first, is_turn_lost = [content[:2]], 1, False
    for marker, start, end in _segments(content):
        if _is_of_pixels(marker, content[start + 4 : start + 16]):
            kept.append(_without_rest(marker, content[start:end]))
            first = first + 1 if marker == 0xE0 and len(kept) == first + 1 else first
        is_turn_lost = is_turn_lost or marker == _APP1
    turned = turn() if is_turn_lost else 1
    if turned != 1:
        exif = b"Exif\0\0" + _exif(turned)
        kept.insert(first, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _is_of_pixels(marker: int, start: bytes) -> bool:
    beginning = _JPEG_COLOURS.get(marker)
    return marker in _JPEG_PIXELS or (beginning is not None and start.startswith(beginning))


def _without_rest(marker: int, segment: bytes) -> bytes:
    """Cut what a segment holds beyond its fields: a thumbnail, or what a wrong length took in."""
    if marker == 0xE2 and _SWALLOWED.search(segment):
        raise UnknownStructureError
    size = _JPEG_BYTES.get(marker, len(segment) - 2)
    if len(segment) - 2 <= size:
        return segment
    fields = segment[4 : 2 + size]
    if marker == 0xE0:
        fields = fields[:-2] + b"\0\0"  # the sides of the thumbnail
    return segment[:2] + struct.pack(">H", size) + fields


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield of each segment its marker, where it begins and where it ends, scans included."""
    at, marker = 2, 0
    while marker != _END:
        found = _MARKER.search(content, at)
        if found is None:
            if marker == _SCAN:  # the end is missing, which decoders forgive
                return
            raise UnknownStructureError
        start, marker = found.start(), content[found.start() + 1]
        at = start + 2 if marker in _ALONE or marker == _END else _segment_end(content, start)
        if marker not in _ALONE:
            yield marker, start, at


def _segment_end(content: bytes, start: int) -> int:
    size = int.from_bytes(content[start + 2 : start + 4])
    end = start + 2 + size
    if size < 2 or end > len(content):
        raise UnknownStructureError
    if content[start + 1] != _SCAN:
        return end
    after = _AFTER_SCAN.search(content, end)
    return len(content) if after is None else after.start()


def png_without_metadata(content: bytes, turn: Callable[[], int]) -> bytes:
    """Keep of a PNG the chunks with pixels and colours.

    Args:
        content: The file.
        turn: Tells how it is to be turned; asked only where that could be lost.
    """
    kept, first_pixels, is_turn_lost = [content[:8]], 0, False
    for kind, start, end in _png_chunks(content):
        if kind == b"IDAT" and not first_pixels:
            first_pixels = len(kept)
        if kind in _PNG_PIXELS:
            kept.append(content[start:end])
        is_turn_lost = is_turn_lost or kind not in _PNG_PIXELS
    turned = turn() if is_turn_lost else 1
    if turned != 1:
        kept.insert(first_pixels, _png_chunk(b"eXIf", _exif(turned)))
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    start, kind = 8, b""
    while start + 8 <= len(content) and kind != b"IEND":
        kind = content[start + 4 : start + 8]
        end = start + 12 + int.from_bytes(content[start : start + 4])
        yield kind, start, end
        start = end


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def webp_without_metadata(content: bytes, turn: Callable[[], int]) -> bytes:
    """Keep of a WebP the chunks with pixels and colours.

    Args:
        content: The file.
        turn: Tells how it is to be turned; asked only where that could be lost.

    Raises:
        UnknownStructureError: It is not made of chunks, or one took in another.
    """
    chunks = list(_webp_chunks(content))
    kept = [content[start:end] for kind, start, end in chunks if kind in _WEBP_PIXELS]
    if any(map(_SWALLOWED.search, kept)):
        raise UnknownStructureError
    turned = turn() if len(kept) < len(chunks) else 1
    if turned != 1:
        exif = _exif(turned)
        kept.append(b"EXIF" + struct.pack("<I", len(exif)) + exif)
    if kept and kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if turned != 1 else 0)
        kept[0] = kept[0][:8] + bytes([flags]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    whole = 8 + int.from_bytes(content[4:8], "little")
    if content[8:12] != b"WEBP" or whole > len(content):
        raise UnknownStructureError
    start = 12
    while start + 8 <= whole:
        size = int.from_bytes(content[start + 4 : start + 8], "little")
        end = start + 8 + size + size % 2
        if end > whole:
            raise UnknownStructureError
        yield content[start : start + 4], start, end
        start = end


def gif_holds_pixels_only(content: bytes) -> bool:
    """Say whether a GIF is made of frames and their timing alone."""
    at = 13 + _colours_bytes(content[10:11])
    while not content.startswith(_GIF_END, at):
        if content.startswith(_GIF_IMAGE, at):
            at += 11 + _colours_bytes(content[at + 9 : at + 10])
        elif content.startswith(_GIF_PIXELS, at):
            at += 2
        else:
            return False
        while any(content[at : at + 1]):
            at += content[at] + 1
        at += 1
    return at + 1 == len(content)


def _colours_bytes(flags: bytes) -> int:
    """Return the size of the table of colours that follows, by the flags before it."""
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0


def _exif(orientation: int) -> bytes:
    """Write EXIF of one tag, the orientation (TIFF 6.0: a header and one directory)."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)

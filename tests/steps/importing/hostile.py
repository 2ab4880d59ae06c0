"""Files and collections as nobody should send them, made small."""

import copy
import io
import resource
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

RED, BLUE = (254, 0, 0), (0, 0, 254)
SIDE_PX = 40
Make = Callable[[], bytes]


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Encode an image."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def red(mode: str = "RGB") -> Image.Image:
    """Draw an image of one colour."""
    return Image.new("RGB", (SIDE_PX, SIDE_PX), RED).convert(mode)


def good() -> bytes:
    """Make a file that always goes in."""
    return saved(Image.new("RGB", (SIDE_PX, SIDE_PX), "green"))


def of_16_bits(suffix: str, colours: int) -> bytes:
    """Encode grey or red of 16 bits a colour."""
    pixels = np.zeros((SIDE_PX, SIDE_PX, colours), np.uint16)
    pixels[..., -1] = 0xFE12  # OpenCV has red last
    return cv2.imencode(suffix, pixels)[1].tobytes()


def moving(kind: str) -> bytes:
    """Encode an animation: red, then blue."""
    second = Image.new("RGB", (SIDE_PX, SIDE_PX), BLUE)
    options = {"lossless": True} if kind == "WEBP" else {}
    return saved(red(), kind, save_all=True, append_images=[second], **options)


def half_clear() -> bytes:
    """Encode a PNG with nothing but transparent red."""
    return saved(Image.new("RGBA", (SIDE_PX, SIDE_PX), (*RED, 0)))


def png_said_to_be(width: int, height: int) -> bytes:
    """Encode a small PNG whose head states another size."""
    content = bytearray(saved(red()))
    content[16:24] = struct.pack(">2I", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def jpeg_said_to_be(width: int, height: int) -> bytes:
    """Encode a small JPEG whose head states another size."""
    content = bytearray(saved(red(), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">2H", height, width)
    return bytes(content)


def tiff_said_to_be(width: int, height: int) -> bytes:
    """Encode a small TIFF whose head states another size."""
    return (
        saved(red(), "TIFF")
        .replace(struct.pack("<HHII", 256, 4, 1, SIDE_PX), struct.pack("<HHII", 256, 4, 1, width))
        .replace(struct.pack("<HHII", 257, 4, 1, SIDE_PX), struct.pack("<HHII", 257, 4, 1, height))
    )


def directory(entries: Sequence[tuple[int, int, int, int]], following: int = 0) -> bytes:
    """Write EXIF whose one directory has these entries: tag, type, count, value."""
    written = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + written + struct.pack("<I", following)


def turned(value: int, kind: int = 3, count: int = 1) -> bytes:
    """Write EXIF with an orientation of any value, type and count."""
    return directory([(0x0112, kind, count, value)])


def exif_that_leads_to_itself() -> bytes:
    """Write EXIF whose directories, the next one too, are all the same one."""
    return directory([(tag, 4, 1, 8) for tag in (0x8769, 0x8825, 0xA005)], following=8)


def exif_that_swells() -> bytes:
    """Write EXIF of 1 MB that claims 32 GB: thousands of entries for the same bytes."""
    room = 500_000
    entries = [(tag, 1, room, 8) for tag in range(0x0113, 0xFFFF)]
    return directory(entries) + bytes(room)


def jpeg_with_exif(exif: bytes) -> bytes:
    """Encode a JPEG with EXIF in as many segments as it takes."""
    content = saved(red(), "JPEG")
    pieces = [exif[at : at + 65_000] for at in range(0, len(exif), 65_000)]
    segments = [
        b"\xff\xe1" + struct.pack(">H", len(piece) + 8) + b"Exif\0\0" + piece for piece in pieces
    ]
    return content[:2] + b"".join(segments) + content[2:]


def png_with_exif(exif: bytes) -> bytes:
    """Encode a PNG with EXIF."""
    return png_with_chunk(b"eXIf", exif)


def png_with_chunk(kind: bytes, data: bytes) -> bytes:
    """Encode a PNG with one more chunk behind its head."""
    content, chunk = saved(red()), kind + data
    made = struct.pack(">I", len(data)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:33] + made + content[33:]


def tiff_that_swells() -> bytes:
    """Encode a TIFF whose directory has thousands of entries for the same bytes."""
    return exif_that_swells()


def noisy(seed: int) -> bytes:
    """Encode a PNG of noise, which no encoder makes small, other for each seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (200, 200, 3), np.uint8)
    return saved(Image.fromarray(noise))


@contextmanager
def little_room(most_bytes: int) -> Iterator[None]:
    """Let this process write no file past so many bytes: it fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def make_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_overlapping_zip(path: Path) -> Path:
    """Write a zip whose list names the bytes of one member a hundred times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.png", good())
        archive.writestr("bomb00.png", bytes(100_000))
        for number in range(1, 100):
            again = copy.copy(archive.filelist[1])
            again.filename = f"bomb{number:02}.png"
            archive.filelist.append(again)
    return path


def make_quoting_zip(path: Path) -> Path:
    """Write a zip after Fifield (WOOT 2019): each member's data holds those behind it."""
    kernel = _local(b"bomb9.png", bytes(1000))
    for number in range(8, -1, -1):
        block = struct.pack("<BHH", 0, len(kernel), len(kernel) ^ 0xFFFF)  # stored, not the last
        kernel = _local(b"bomb%d.png" % number, b"", block + kernel, len(kernel) + 1000)
    entries, at = b"", 0
    for number in range(10):
        at = kernel.index(b"bomb%d.png" % number) - 30
        entries += b"PK\x01\x02" + struct.pack("<H", 20) + kernel[at + 4 : at + 30]
        entries += struct.pack("<3H2I", 0, 0, 0, 0, at) + b"bomb%d.png" % number
    end = struct.pack("<4H2IH", 0, 0, 10, 10, len(entries), len(kernel), 0)
    path.write_bytes(kernel + entries + b"PK\x05\x06" + end)
    return path


def _local(name: bytes, data: bytes, packed: bytes = b"", size: int = 0) -> bytes:
    packed = packed or zlib.compress(data, wbits=-15)
    head = struct.pack("<5H3I2H", 20, 0, 8, 0, 0, 0, len(packed), size or len(data), len(name), 0)
    return b"PK\x03\x04" + head + name + packed

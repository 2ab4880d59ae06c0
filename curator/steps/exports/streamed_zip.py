"""Write a zip while its files come in: memory holds a part of one file at a time."""

import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import IO, cast

from curator.steps.exports.exported_file import ExportedFile
from curator.steps.exports.stream_sink import Sink

_PART_BYTES = 1 << 18
_LEVEL = 1  # text shrinks to a third; the next levels take three times as long for a tenth
_ALREADY_SMALL = frozenset(
    {".jpeg", ".jpg", ".npy", ".npz", ".parquet", ".png", ".tar", ".tfrecord", ".webp"}
)


def zip_parts(files: Iterable[ExportedFile], top: str = "") -> Iterator[bytes]:
    """Yield the bytes of a zip; the same files make the same bytes.

    Its entries bear the date 1980-01-01, which is the first that a zip can say.

    Args:
        files: What it holds, in order.
        top: Goes before every name.
    """
    sink = Sink()
    with zipfile.ZipFile(
        cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL
    ) as archive:
        for file in files:
            for _ in _written(archive, f"{top}{file.name}", file.chunks()):
                if sink.waiting >= _PART_BYTES:
                    yield sink.taken()
    yield sink.taken()


def _written(archive: zipfile.ZipFile, name: str, chunks: Iterator[bytes]) -> Iterator[None]:
    first, second = next(chunks, b""), next(chunks, None)
    stored = zipfile.ZipInfo(name)  # not compressed, unless told otherwise
    is_small = PurePosixPath(name).suffix in _ALREADY_SMALL
    if second is None:  # its size is known, and all that unpacks can read it
        how = zipfile.ZIP_STORED if is_small else zipfile.ZIP_DEFLATED
        archive.writestr(stored, first, how, _LEVEL)
        yield
        return
    with archive.open(stored if is_small else name, "w", force_zip64=True) as member:
        for chunk in chain((first, second), chunks):
            member.write(chunk)
            yield

"""What names of files that come in tell: their kind, whether they are wanted, how to show them."""

import re
import unicodedata
from pathlib import PurePosixPath

from curator.steps.images.image_codec import IMAGE_SUFFIXES

ARCHIVE_SUFFIXES = frozenset(
    {".7z", ".bz2", ".gz", ".rar", ".tar", ".tbz", ".tbz2", ".tgz", ".txz", ".xz", ".zip", ".zst"}
)
TABLE_SUFFIXES = frozenset({".csv", ".lst", ".tsv", ".txt"})
RUBBISH_FOLDERS = frozenset({"__MACOSX"})

_DRIVE = re.compile("[A-Za-z]:")
_HIDES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def suffix_of(name: str) -> str:
    """Return what a name ends with, in lower case and with its dot."""
    return PurePosixPath(name).suffix.lower()


def is_wanted(name: str) -> bool:
    """Say whether a file of this name is an image, a table or an archive, and not hidden."""
    parts = PurePosixPath(name).parts
    wanted = IMAGE_SUFFIXES | ARCHIVE_SUFFIXES | TABLE_SUFFIXES
    return suffix_of(name) in wanted and not any(is_rubbish(part) for part in parts)


def is_rubbish(part: str) -> bool:
    """Say whether a part of a path is hidden or what a system leaves behind."""
    return part in RUBBISH_FOLDERS or (part.startswith(".") and part != "..")


def leaves_folder(name: str) -> bool:
    r"""Say whether a name leads out of the folder it is unpacked to, on any system.

    Example:
        >>> [leaves_folder(name) for name in ("a/b.png", "a/../../b.png", "/b.png", "c:b.png")]
        [False, True, True, True]
    """
    path = PurePosixPath(plain(name))
    return path.is_absolute() or ".." in path.parts or bool(_DRIVE.match(name))


def plain(name: str) -> str:
    r"""Write the path of a file inside an archive as others are: with `/`, without `./`.

    Example:
        >>> plain("./a//b.png"), plain("a\\b.png")
        ('a/b.png', 'a/b.png')
    """
    return PurePosixPath(name.replace("\\", "/")).as_posix()


def printable(name: str) -> str:
    r"""Write out what would break a line of text, or turn it round, as its code point.

    Letters of every script stay, and so do the joiners inside words and emoji.

    Example:
        >>> printable("a\u202egpj.jpg")
        'a<U+202E>gpj.jpg'
    """
    return "".join(
        f"<U+{ord(letter):04X}>" if _is_unprintable(letter) else letter for letter in name
    )


def _is_unprintable(letter: str) -> bool:
    return letter in _TURNS_TEXT or unicodedata.category(letter) in _HIDES

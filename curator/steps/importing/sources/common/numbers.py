"""What a source means by numbers, as its own legend says."""

import re
from collections.abc import Mapping

from curator.steps.importing.archives.open_collection import Collection, CollectionFile
from curator.steps.importing.sources.common.layout import first_lines, readable_tables
from curator.steps.importing.sources.common.source_entry import Statement
from db.labels import verdict_named

MOST_BYTES = 4096
_WORD = r"[A-Za-z][\w -]*?"
_BETWEEN = r"""["']?\s*[,;:=\t ]\s*["']?"""
_LINE = re.compile(
    rf"""\s*["']?(?:(?P<number>\d{{1,2}}){_BETWEEN}(?P<word>{_WORD})"""
    rf"""|(?P<word_first>{_WORD}){_BETWEEN}(?P<number_last>\d{{1,2}}))["']?,?\s*"""
)


def numbered(said: str, words: Mapping[str, str], annotator: str = "") -> Statement:
    """Make a statement of a number.

    Where the number means none of ours, its word stands for it: `contempt` tells more than 2.
    """
    word = word_for(said, words) or said
    verdict = verdict_named(word)
    return Statement(said if verdict else word, verdict, annotator)


def word_for(said: str, words: Mapping[str, str]) -> str | None:
    """Find the word for a number, which may be written with a zero before it."""
    return words.get(said) or words.get(said.lstrip("0") or "0")


def words_beside(collection: Collection) -> dict[str, str]:
    """Read what numbers mean from a small file such as `0 angry`, `1 disgust` line by line."""
    for table in readable_tables(collection):
        if table.size_bytes <= MOST_BYTES and (words := _words(table)):
            return words
    return {}


def _words(table: CollectionFile) -> dict[str, str]:
    """Read a legend of numbers; empty where the file is none."""
    lines = [line for line in first_lines(table).splitlines() if line.strip(" \t{}")]
    found = [_LINE.fullmatch(line) for line in lines]
    words = {
        str(int(one["number"] or one["number_last"])): one["word"] or one["word_first"]
        for one in found
        if one
    }
    is_label_file = len(found) > 1 and all(found[1:])  # the first line may hold titles
    meant = {verdict for word in words.values() if (verdict := verdict_named(word))}
    return words if is_label_file and len(meant) > 1 else {}

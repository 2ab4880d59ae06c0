"""The audit trail as a CSV file."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from curator.steps.project.audit_trail import ALL, AuditLine, Wanted, audit_trail
from db.project.project_folder import Project

CSV_COLUMNS = ("at", "by", "face", "kind", "what", "details")
ROWS_AT_ONCE = 10_000
"""Lines read at once: few enough for memory, many enough for speed."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_chunks(project: Project, wanted: Wanted = ALL) -> Iterator[str]:
    """Stream the trail as CSV, newest first; memory holds 10,000 lines, whatever its length.

    Each part is read by itself, so that a slow reader holds nobody up. Lines added
    meanwhile are not in it. A text that a spreadsheet would take for a formula gets an
    apostrophe before it.
    """
    yield _csv([CSV_COLUMNS])
    after = None
    while True:
        with project.reading() as session:
            lines = audit_trail(session, wanted, after=after, count=ROWS_AT_ONCE)
        if lines:
            yield _csv(_cells(line) for line in lines)
        if len(lines) < ROWS_AT_ONCE:
            return
        after = lines[-1].place


def _csv(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(line: AuditLine) -> list[object]:
    details = json.dumps(line.details, ensure_ascii=False) if line.details else ""
    face = "" if line.face_id is None else line.face_id
    at = line.place.at.isoformat()
    return [at, _plain(line.by), face, line.place.kind, _plain(line.what), details]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

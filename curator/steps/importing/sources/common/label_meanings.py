"""Say what the labels of a source mean, and whom an image shows."""

from collections import Counter
from dataclasses import replace

from curator.core.issues import Issue
from curator.steps.importing.import_options import LEAVE_OUT, SourceChoice
from curator.steps.importing.label_file_columns import VOTE_NAMES
from curator.steps.importing.sources.common.source_entry import (
    Entry,
    SourceReading,
    Statement,
    Verdict,
)
from db.labels import plain_name, verdict_named

CONTEMPT = "contempt"


class _Meanings:
    """Finds what labels mean, and counts those that mean nothing or are not wanted."""

    def __init__(self, choice: SourceChoice) -> None:
        self._choice = choice
        self._chosen: dict[str, str | None] = {}
        self.unmatched: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.contempt: Counter[str] = Counter()

    def statements(self, entry: Entry) -> tuple[Statement, ...]:
        """Give each statement its verdict; those not wanted go."""
        found = (self._with_verdict(statement) for statement in entry.statements)
        return tuple(statement for statement in found if statement is not None)

    def _with_verdict(self, statement: Statement) -> Statement | None:
        said, times = statement.said, statement.voters or 1
        if said not in self._chosen:
            self._chosen[said] = self._choice.meant_by(said)
        chosen = self._chosen[said]
        if chosen == LEAVE_OUT:
            self.left_out[said] += times
            return None
        verdict = _verdict(statement, chosen)
        if verdict is None and said:
            self.unmatched[said] += times
        if chosen is None and statement.voters and plain_name(said) == CONTEMPT:
            self.contempt[said] += times
        return replace(statement, verdict=verdict)


def _verdict(statement: Statement, chosen: str | None) -> Verdict | None:
    return verdict_named(chosen) if chosen else statement.verdict or verdict_named(statement.said)


def with_verdicts(reading: SourceReading, choice: SourceChoice) -> SourceReading:
    """Give each statement what it means, and each image without a subject that of its name.

    What is chosen for a label's name comes first, then the layout's own legend of numbers,
    then the names that are known.
    """
    meanings = _Meanings(choice)
    entries = tuple(
        replace(
            entry,
            statements=meanings.statements(entry),
            subject=entry.subject or choice.subject_of(entry.file.name) or "",
        )
        for entry in reading.entries
    )
    return replace(
        reading,
        entries=entries,
        issues=(*reading.issues, *_issues(meanings)),
        unmatched=dict(meanings.unmatched),
        left_out=dict(meanings.left_out),
    )


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times:,} times"


def _issues(meanings: _Meanings) -> list[Issue]:
    unmatched = [
        Issue(
            repr(said),
            f"is none of the seven labels ({_times(times)}); the images go in without it.",
        )
        for said, times in meanings.unmatched.items()
    ]
    return unmatched + [
        Issue(
            repr(said),
            f"is none of the seven labels ({times:,} votes); its votes count as "
            f"{VOTE_NAMES[CONTEMPT]}.",
        )
        for said, times in meanings.contempt.items()
    ]

"""What differs between two recipes, choice by choice."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = {
    "rule.min_votes": "fewest votes",
    "rule.min_share": "smallest share",
    "rule.method": "method",
    "duplicate_distance": "distance of duplicates",
    "min_agreement": "smallest agreement",
    "max_per_subject": "most faces of a subject",
}
_RULE = "rule."


@dataclass(frozen=True)
class ChoiceChange:
    """One choice that two recipes make otherwise.

    Attributes:
        choice: Its path, such as `rule.min_share` or `targets.angry`.
        old: What the older recipe chooses; None where it says nothing of it.
        new: What the newer one chooses.
    """

    choice: str
    old: Any
    new: Any

    @property
    def is_of_rule(self) -> bool:
        """Whether it can change which label a face is settled on."""
        return self.choice.startswith(_RULE)

    def in_words(self) -> str:
        """Say it in a few words.

        Example:
            >>> ChoiceChange("rule.min_share", 0.5, 0.7).in_words()
            'smallest share 0.5 → 0.7'
            >>> ChoiceChange("targets.sad", None, 9).in_words()
            'targets sad none → 9'
        """
        words = _WORDS.get(self.choice, self.choice.replace("_", " ").replace(".", " "))
        return f"{words} {_said(self.old)} → {_said(self.new)}"


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)


def choice_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ChoiceChange, ...]:
    """List the choices that differ, by their path.

    Args:
        old: The older recipe, in what JSON can say.
        new: The newer one.

    Example:
        >>> choice_changes({"seed": 0, "rule": {"min_votes": 2}}, {"rule": {"min_votes": 3}})
        ... # doctest: +NORMALIZE_WHITESPACE
        (ChoiceChange(choice='rule.min_votes', old=2, new=3),
         ChoiceChange(choice='seed', old=0, new=None))
    """
    before, after = dict(_flat(old)), dict(_flat(new))
    return tuple(
        ChoiceChange(choice, before.get(choice), after.get(choice))
        for choice in sorted(set(before) | set(after))
        if before.get(choice) != after.get(choice)
    )


def _flat(choices: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in choices.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value

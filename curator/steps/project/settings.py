"""The choices of a project: read, checked, changed, and noted in the audit trail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from curator.core.consensus.consensus import ConsensusRule
from curator.core.labelling.votes_needed import VotesNeededRule
from curator.errors import CuratorError
from db.labels import ConsensusMethod
from db.tables.audit import note
from db.tables.settings import Order, Settings

LEAST_GOLD_SHARE = 0.05
MOST_GOLD_SHARE = 0.15
MOST_HIDDEN_SHARE = 0.5
DEFAULT_DUPLICATE_DISTANCE = 12

Value = int | float | bool | StrEnum


@dataclass(frozen=True)
class Setting:
    """One choice of a project.

    Attributes:
        name: Its column of the settings.
        read: Makes its value of a text, or of a value already.
        meaning: What it does, in a sentence.
    """

    name: str
    read: Callable[[Any], Value]
    meaning: str


def _yes_or_no(stated: Any) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    word = str(stated).strip().lower()
    if word not in known:
        raise ValueError("expected yes or no")
    return known[word]


def _whole(stated: Any) -> int:
    if isinstance(stated, float) and not stated.is_integer():
        raise ValueError("expected a whole number")
    return int(stated)


CHOICES = {
    choice.name: choice
    for choice in (
        Setting("first_votes", _whole, "Annotators that every face gets at first."),
        Setting("lead_by", _whole, "Votes by which one label must lead; 0 asks nobody more."),
        Setting("most_votes", _whole, "Annotators that no face exceeds."),
        Setting("consensus", ConsensusMethod, "How votes become a label."),
        Setting("min_votes", _whole, "Fewest votes that settle a label."),
        Setting("min_share", float, "Smallest share of the votes for one label."),
        Setting("order", Order, "Which open faces come first: random, or need."),
        Setting("gold_share", float, "Share of gold faces among those handed out: 0, or .05-.15."),
        Setting("gold_feedback", _yes_or_no, "Tell annotators the label of a gold face."),
        Setting("asks_intensity", _yes_or_no, "Ask how strong the expression is."),
        Setting("asks_posing", _yes_or_no, "Ask whether it is posed or genuine."),
        Setting("asks_occlusion", _yes_or_no, "Ask whether something covers the face."),
        Setting("has_verify", _yes_or_no, "Open the verify page."),
        Setting("finds_subjects", _yes_or_no, "Measure faces for who looks like whom: biometric."),
        Setting("hidden_share", float, "Share of its faces that are labelled without suggestion."),
        Setting("duplicate_distance", _whole, "Most bits by which duplicates differ, 0-64."),
    )
}


def settings(session: Session) -> Settings:
    """Return the project's choices; the defaults, not stored, where none were made."""
    stored = session.get(Settings, 1)
    if stored is not None:
        return stored
    rule, overlap = ConsensusRule(), VotesNeededRule()
    return Settings(
        id=1,
        min_votes=rule.min_votes,
        min_share=rule.min_share,
        duplicate_distance=DEFAULT_DUPLICATE_DISTANCE,
        consensus=ConsensusMethod.MAJORITY,
        first_votes=overlap.first_votes,
        lead_by=overlap.lead_by,
        most_votes=overlap.most_votes,
        order=Order.RANDOM,
        gold_share=0.1,
        gold_feedback=False,
        asks_intensity=False,
        asks_posing=False,
        asks_occlusion=False,
        has_verify=True,
        hidden_share=0.1,
        finds_subjects=False,
    )


def project_settings(session: Session) -> dict[str, Value]:
    """Return every choice of the project by its name."""
    stored = settings(session)
    return {name: getattr(stored, name) for name in CHOICES}


def change_settings(
    session: Session, wanted: Mapping[str, Any], by: int | None, now: datetime
) -> dict[str, tuple[Value, Value]]:
    """Change some choices, all or none; the caller commits.

    Args:
        session: A writing session.
        wanted: Values, or texts of values, by the names in `CHOICES`.
        by: Who changes them; None for a command.
        now: The time.

    Returns:
        What has changed: the old and the new value by name.

    Raises:
        CuratorError: A name or a value is none, or values contradict each other.
    """
    stored = settings(session)
    old = project_settings(session)
    new = {**old, **{name: _value(name, stated) for name, stated in wanted.items()}}
    _check(new)
    changed = {name: (old[name], value) for name, value in new.items() if value != old[name]}
    for name, (_, value) in changed.items():
        setattr(stored, name, value)
    if changed:
        session.add(stored)
        session.flush()
        details = {name: list(values) for name, values in changed.items()}
        note(session, "settings changed", details, by, now)
    return changed


def _value(name: str, stated: Any) -> Value:
    choice = CHOICES.get(name)
    if choice is None:
        raise CuratorError(f"A setting is one of {', '.join(CHOICES)}. Received: {name!r}")
    try:
        return choice.read(stated)
    except (ValueError, TypeError):
        raise CuratorError(
            f"`{name}` must be {_expected(choice)}. Received: {stated!r}. {choice.meaning}"
        ) from None


def _expected(choice: Setting) -> str:
    if isinstance(choice.read, type) and issubclass(choice.read, StrEnum):
        return f"one of {', '.join(choice.read)}"
    return {_whole: "a whole number", float: "a number", _yes_or_no: "yes or no"}[choice.read]


def _check(new: Mapping[str, Any]) -> None:
    try:
        ConsensusRule(new["min_votes"], new["min_share"])
        VotesNeededRule(new["first_votes"], new["lead_by"], new["most_votes"])
    except ValueError as error:
        raise CuratorError(str(error)) from error
    if new["gold_share"] and not LEAST_GOLD_SHARE <= new["gold_share"] <= MOST_GOLD_SHARE:
        raise CuratorError(
            f"`gold_share` must be 0 or from {LEAST_GOLD_SHARE} to {MOST_GOLD_SHARE}: fewer "
            f"measure too little, more cost too much. Received: {new['gold_share']}"
        )
    if not 0 <= new["hidden_share"] <= MOST_HIDDEN_SHARE:
        raise CuratorError(
            f"`hidden_share` must be from 0 to {MOST_HIDDEN_SHARE}. Received: {new['hidden_share']}"
        )
    if not 0 <= new["duplicate_distance"] <= 64:
        raise CuratorError(
            f"`duplicate_distance` must be from 0 to 64. Received: {new['duplicate_distance']}"
        )


@dataclass(frozen=True)
class VotesNeededCost:
    """What a way of asking annotators was measured to cost and to bring.

    Attributes:
        rule: The way.
        votes: Annotations a face, on average.
        agreement: Share of faces whose most frequent label is that of five other people.
    """

    rule: VotesNeededRule
    votes: float
    agreement: float


MEASURED_COSTS = (
    VotesNeededCost(VotesNeededRule(3, 0, 3), 3, 0.755),
    VotesNeededCost(VotesNeededRule(2, 2, 5), 3.02, 0.798),
    VotesNeededCost(VotesNeededRule(5, 0, 5), 5, 0.796),
)
"""Measured on the ten votes of each of the 35,886 faces of FER+ (Barsoum et al. 2016)."""


def votes_needed_in_words(rule: VotesNeededRule) -> str:
    """Say how many annotators a face gets.

    Example:
        >>> votes_needed_in_words(VotesNeededRule(3, 0, 5))
        'Every face gets 3 annotators.'
        >>> votes_needed_in_words(VotesNeededRule())
        'Every face gets 2 annotators, then more until one label leads by 2, at most 5.'
    """
    first = f"Every face gets {rule.first_votes} annotator{'s' * (rule.first_votes > 1)}"
    if not rule.lead_by or rule.most_votes == rule.first_votes:
        return f"{first}."
    return f"{first}, then more until one label leads by {rule.lead_by}, at most {rule.most_votes}."

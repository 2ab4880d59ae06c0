"""Every choice that makes a snapshot."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import inf, isinf
from typing import Any, Literal, get_args

from curator.core.consensus.consensus import ConsensusRule
from curator.core.faces.quality_bounds import DEFAULT_BOUNDS, Bounds
from curator.core.snapshots.balancing.balance import PAPER_9K, Targets
from curator.core.snapshots.balancing.limits import Limits
from curator.core.snapshots.splits import SplitShares
from db.labels import ConsensusMethod, Expression

Preprocessing = Literal["paper", "none"]
Splitting = Literal["whole units", "leaky, for comparison"]


@dataclass(frozen=True)
class Recipe:
    """Every choice that makes a snapshot.

    Attributes:
        targets: Faces wanted per label, each at least 0; None for as many of each as the
            label with the fewest has.
        rule: When the annotations of a face settle its label.
        duplicate_distance: Most bits by which the hashes of duplicates differ.
        preprocessing: `paper` freezes the grey crops of the paper's chain, `none` the
            colour crops as they were cut.
        quality: For measures of faces by their key the values that still do; a face beyond
            one is left out, one without the measure is not. Empty for all faces.
        min_agreement: Smallest share of a face's votes for its label, as in a manifest.
        max_per_subject: Most faces of one subject; None for any number.
        source_shares: By source the smallest and the largest share, from 0 to 1, that it
            makes of the chosen faces. Empty for any.
        shares: How large train, validation and test are.
        splits: `whole units` keeps faces of one subject, duplicate group or video in one
            split; `leaky, for comparison` deals each face alone, so that test scores come
            out too high.
        seed: Draws which faces are taken and how units are dealt.
    """

    targets: Targets | None
    rule: ConsensusRule = field(default_factory=ConsensusRule)
    duplicate_distance: int = 12
    preprocessing: Preprocessing = "paper"
    quality: Mapping[str, Bounds] = field(default_factory=dict)
    min_agreement: float = 0.0
    max_per_subject: int | None = None
    source_shares: Mapping[str, Bounds] = field(default_factory=dict)
    shares: SplitShares = field(default_factory=SplitShares)
    splits: Splitting = "whole units"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preprocessing not in ("paper", "none"):
            raise ValueError(
                f"`preprocessing` must be 'paper' or 'none'. Received: {self.preprocessing!r}"
            )
        if self.splits not in get_args(Splitting):
            raise ValueError(
                f"`splits` must be {' or '.join(map(repr, get_args(Splitting)))}. "
                f"Received: {self.splits!r}"
            )
        strange = sorted(set(self.quality) - set(DEFAULT_BOUNDS))
        if strange:
            raise ValueError(
                f"`quality` has bounds on {', '.join(DEFAULT_BOUNDS)}. Received: {strange[0]!r}"
            )
        if self.targets is not None and min(self.targets.values(), default=0) < 0:
            raise ValueError(f"A target must be at least 0. Received: {self.targets}")
        _ = self.limits  # checks itself

    @property
    def limits(self) -> Limits:
        """What the chosen faces keep to besides the targets."""
        return Limits(self.min_agreement, self.max_per_subject, self.source_shares)

    @property
    def deals_whole_units(self) -> bool:
        """Whether no unit may stand in two splits."""
        return self.splits == "whole units"

    def as_json(self) -> dict[str, Any]:
        """Say the recipe in what JSON can say."""
        choices = asdict(self)
        for name in ("quality", "source_shares"):
            choices[name] = {key: _edges(bounds) for key, bounds in getattr(self, name).items()}
        # Recipes from before there was a choice say nothing of it; theirs must stay the same
        # bytes, since a snapshot's content hash covers its recipe.
        if self.rule.method is ConsensusMethod.MAJORITY:
            del choices["rule"]["method"]
        for name, default in _LATER_CHOICES.items():
            if choices[name] == default:
                del choices[name]
        if self.targets is not None:
            choices["targets"] = {str(label): count for label, count in self.targets.items()}
        return choices


_LATER_CHOICES: dict[str, Any] = {
    "quality": {},
    "min_agreement": 0.0,
    "max_per_subject": None,
    "source_shares": {},
    "splits": "whole units",
}
"""Choices that came later, with what they were before; left out where they are still so."""


def recipe_from_json(choices: dict[str, Any]) -> Recipe:
    """Read a recipe back from what `as_json` gave; what is left out keeps its default.

    Raises:
        ValueError: A choice has another name or value than a recipe knows.
    """
    known = set(Recipe.__dataclass_fields__)
    strange = sorted(set(choices) - known)
    if strange:
        raise ValueError(f"A recipe has {', '.join(sorted(known))}. Received: {strange[0]!r}")
    targets = choices.get("targets")
    return replace(
        Recipe(
            targets=None if targets is None else {Expression(k): int(v) for k, v in targets.items()}
        ),
        **{
            name: value
            for name, value in choices.items()
            if name not in ("targets", "rule", "shares", "quality", "source_shares")
        },
        quality=_quality_from_json(choices.get("quality", {})),
        source_shares=_shares_from_json(choices.get("source_shares", {})),
        rule=_rule_from_json(choices.get("rule", {})),
        shares=SplitShares(**choices.get("shares", {})),
    )


def _edges(bounds: Bounds) -> list[float | None]:
    return [None if isinf(edge) else edge for edge in (bounds.low, bounds.high)]


def _quality_from_json(stated: Any) -> Mapping[str, Bounds]:
    """Read bounds: `"default"`, or for each measure its lowest and highest value or null."""
    expected = (
        '`quality` must be "default", or a lowest and a highest value a measure, such as '
        '{"size_px": [40, null]}.'
    )
    return DEFAULT_BOUNDS if stated == "default" else _bounds(stated, expected)


def _shares_from_json(stated: Any) -> Mapping[str, Bounds]:
    expected = (
        "`source_shares` must be a smallest and a largest share a source, such as "
        '{"CK+": [0.1, null]}.'
    )
    return _bounds(stated, expected)


def _bounds(stated: Any, expected: str) -> dict[str, Bounds]:
    try:
        return {
            key: Bounds(-inf if low is None else low, inf if high is None else high)
            for key, (low, high) in stated.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{expected} Received: {stated!r}") from error


def _rule_from_json(choices: dict[str, Any]) -> ConsensusRule:
    method = choices.get("method", ConsensusMethod.MAJORITY)
    if method not in set(ConsensusMethod):
        raise ValueError(
            f"`method` must be one of {', '.join(ConsensusMethod)}. Received: {method!r}"
        )
    return ConsensusRule(**{**choices, "method": ConsensusMethod(method)})


PRESETS: dict[str, Recipe] = {
    "paper-9k": Recipe(targets=PAPER_9K),
    "even": Recipe(targets=None),
}
"""Recipes by name. `paper-9k` asks for the class counts of the paper, `even` for as many
faces of each label as the shortest label has."""

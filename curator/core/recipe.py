"""Every choice that makes a snapshot."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import inf, isinf
from typing import Any, Literal

from curator.core.balance import PAPER_9K, Targets
from curator.core.consensus import ConsensusRule
from curator.core.quality_bounds import DEFAULT_BOUNDS, Bounds
from curator.core.splits import SplitShares
from db.labels import ConsensusMethod, Expression

Preprocessing = Literal["paper", "none"]


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
        shares: How large train, validation and test are.
        seed: Draws which faces are taken and how units are dealt.
    """

    targets: Targets | None
    rule: ConsensusRule = field(default_factory=ConsensusRule)
    duplicate_distance: int = 12
    preprocessing: Preprocessing = "paper"
    quality: Mapping[str, Bounds] = field(default_factory=dict)
    shares: SplitShares = field(default_factory=SplitShares)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preprocessing not in ("paper", "none"):
            raise ValueError(
                f"`preprocessing` must be 'paper' or 'none'. Received: {self.preprocessing!r}"
            )
        strange = sorted(set(self.quality) - set(DEFAULT_BOUNDS))
        if strange:
            raise ValueError(
                f"`quality` has bounds on {', '.join(DEFAULT_BOUNDS)}. Received: {strange[0]!r}"
            )
        if self.targets is not None and min(self.targets.values(), default=0) < 0:
            raise ValueError(f"A target must be at least 0. Received: {self.targets}")

    def as_json(self) -> dict[str, Any]:
        """Say the recipe in what JSON can say."""
        choices = asdict(self)
        # Recipes from before there was a choice have no method and no quality; theirs must
        # stay the same bytes, since a snapshot's content hash covers its recipe.
        if self.rule.method is ConsensusMethod.MAJORITY:
            del choices["rule"]["method"]
        del choices["quality"]
        if self.quality:
            choices["quality"] = {key: _edges(bounds) for key, bounds in self.quality.items()}
        if self.targets is not None:
            choices["targets"] = {str(label): count for label, count in self.targets.items()}
        return choices


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
            if name not in ("targets", "rule", "shares", "quality")
        },
        quality=_quality_from_json(choices.get("quality", {})),
        rule=_rule_from_json(choices.get("rule", {})),
        shares=SplitShares(**choices.get("shares", {})),
    )


def _edges(bounds: Bounds) -> list[float | None]:
    return [None if isinf(edge) else edge for edge in (bounds.low, bounds.high)]


def _quality_from_json(stated: Any) -> Mapping[str, Bounds]:
    """Read bounds: `"default"`, or for each measure its lowest and highest value or null."""
    if stated == "default":
        return DEFAULT_BOUNDS
    try:
        return {
            key: Bounds(-inf if low is None else low, inf if high is None else high)
            for key, (low, high) in stated.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            '`quality` must be "default", or a lowest and a highest value a measure, such as '
            f'{{"size_px": [40, null]}}. Received: {stated!r}'
        ) from error


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

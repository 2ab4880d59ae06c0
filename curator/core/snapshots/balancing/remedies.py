"""What can be done about labels that stay short: thresholds to drop, targets to scale."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from curator.core.faces.quality_bounds import QUALITY_MEASURES
from curator.core.snapshots.balancing.balance import Targets, agrees, even_targets, is_usable
from curator.core.snapshots.balancing.limits import NO_LIMITS, Limits
from curator.core.snapshots.balancing.selection_counts import counts_per_label, scaled_targets
from curator.core.snapshots.balancing.selection_problem import selection_problem
from db.labels import Expression

QUALITY = "quality"
AGREEMENT = "agreement"
SUBJECT = "subject"
SOURCE = "source"

_MEASURES = {measure.key: measure.title.lower() for measure in QUALITY_MEASURES}


@dataclass(frozen=True)
class QualityThreshold:
    """One thing that a recipe asks of faces, and what it costs.

    Attributes:
        kind: `QUALITY`, `AGREEMENT`, `SUBJECT` or `SOURCE`.
        name: The measure of quality or the source; empty for the others.
        more: By label how many more faces would be chosen without it.
    """

    kind: str
    name: str
    more: Mapping[str, int]

    @property
    def faces(self) -> int:
        """How many more faces would be chosen without it, all labels together."""
        return sum(self.more.values())

    @property
    def title(self) -> str:
        """Name it for people."""
        titles = {AGREEMENT: "the agreement", SUBJECT: "the most faces per subject"}
        if self.kind == QUALITY:
            return f"the quality: {_MEASURES[self.name]}"
        return titles.get(self.kind) or f"the share of {self.name}"

    def in_words(self) -> str:
        """Say what dropping it brings.

        Example:
            >>> QualityThreshold(AGREEMENT, "", {"disgust": 120, "happy": 0}).in_words()
            'Without the agreement: 120 more (disgust 120)'
        """
        labels = ", ".join(f"{label} {count:,}" for label, count in self.more.items() if count)
        return f"Without {self.title}: {self.faces:,} more ({labels})"


def quality_thresholds(
    faces: pd.DataFrame, targets: Targets | None, limits: Limits, quality: Collection[str] = ()
) -> list[QualityThreshold]:
    """Reckon for each threshold of a recipe what the set would gain without it.

    Args:
        faces: As for `balance`, with `only_fails` (str, the measure of quality that alone
            keeps a face from being good; missing otherwise) where there is a quality.
        targets: The same as there.
        limits: The same as there.
        quality: The measures of quality that have a threshold.

    Returns:
        Those that bring something, most first.
    """
    now = chosen_per_label(_candidates(faces, limits), targets, limits)
    found = [
        QualityThreshold(kind, name, _gained(now, chosen_per_label(candidates, targets, rest)))
        for kind, name, candidates, rest in _without_one(faces, limits, quality)
    ]
    return sorted(
        (threshold for threshold in found if threshold.faces > 0),
        key=lambda threshold: -threshold.faces,
    )


def _gained(now: pd.Series, then: pd.Series) -> dict[str, int]:
    return {str(label): int(count) for label, count in (then - now).items()}


def _candidates(faces: pd.DataFrame, limits: Limits, failing: str = "") -> pd.DataFrame:
    is_good = faces["is_good"] | (faces["only_fails"] == failing) if failing else faces["is_good"]
    return faces[is_usable(faces) & is_good & agrees(faces, limits)]


def _without_one(
    faces: pd.DataFrame, limits: Limits, quality: Collection[str]
) -> Iterator[tuple[str, str, pd.DataFrame, Limits]]:
    for measure in quality:
        yield QUALITY, measure, _candidates(faces, limits, failing=measure), limits
    if limits.min_agreement:
        rest = replace(limits, min_agreement=0.0)
        yield AGREEMENT, "", _candidates(faces, rest), rest
    candidates = _candidates(faces, limits)
    if limits.max_per_subject is not None:
        yield SUBJECT, "", candidates, replace(limits, max_per_subject=None)
    for source in limits.source_shares:
        shares = {name: ends for name, ends in limits.source_shares.items() if name != source}
        yield SOURCE, source, candidates, replace(limits, source_shares=shares)


def chosen_per_label(
    candidates: pd.DataFrame, targets: Targets | None, limits: Limits = NO_LIMITS
) -> pd.Series:
    """Say how many faces of each label would be chosen, by label, without choosing them."""
    labels = pd.Index(map(str, Expression))
    if limits.limit_counts and len(candidates):
        return pd.Series(counts_per_label(selection_problem(candidates, targets, limits)), labels)
    there = candidates["verdict"].value_counts().reindex(labels, fill_value=0)
    wanted = even_targets(candidates) if targets is None else targets
    return there.clip(upper=pd.Series(wanted).reindex(labels, fill_value=0)).astype("int64")


def scaled_down(faces: pd.DataFrame, targets: Targets, limits: Limits = NO_LIMITS) -> Targets:
    """Scale all targets by one factor, so that none stays short and proportions hold.

    Args:
        faces: As for `balance`.
        targets: The same as there.
        limits: The same as there.

    Returns:
        The targets times the largest factor up to 1 that does, rounded up; all 0 where a
        label that is wanted has no face.

    Example:
        Sad has two thirds of what is wanted; two thirds of four is three.

        >>> faces = pd.DataFrame({"verdict": ["happy"] * 5 + ["sad"] * 2})
        >>> faces["is_keeper"], faces["is_conflicting"], faces["is_good"] = True, False, True
        >>> scaled_down(faces, {Expression.HAPPY: 4, Expression.SAD: 3})
        {<Expression.HAPPY: 'happy'>: 3, <Expression.SAD: 'sad'>: 2}
    """
    candidates = _candidates(faces, limits)
    if candidates.empty:
        return dict.fromkeys(targets, 0)
    found = dict(
        zip(Expression, scaled_targets(selection_problem(candidates, targets, limits)), strict=True)
    )
    return {label: int(found[label]) for label in targets}

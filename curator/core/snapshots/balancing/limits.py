"""How much of a set may come from one subject or one source, and how agreed its labels are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curator.core.faces.quality_bounds import Bounds


@dataclass(frozen=True)
class Limits:
    """What a set must keep to besides its targets.

    Attributes:
        min_agreement: Smallest share of a face's votes for its label, from 0 to 1; a face
            on which nobody voted has 0.
        max_per_subject: Most faces of one subject, at least 1; None for any number. Faces
            whose subject is not known are not limited.
        source_shares: By the name of a source the smallest and the largest share, from 0 to
            1, that it makes of the chosen faces. Other sources are not limited.
    """

    min_agreement: float = 0.0
    max_per_subject: int | None = None
    source_shares: Mapping[str, Bounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.min_agreement <= 1:
            raise ValueError(f"`min_agreement` must be from 0 to 1. Received: {self.min_agreement}")
        if self.max_per_subject is not None and self.max_per_subject < 1:
            raise ValueError(
                "`max_per_subject` must be at least 1, or None for any number. "
                f"Received: {self.max_per_subject}"
            )
        _check_shares(self.source_shares)

    @property
    def limit_counts(self) -> bool:
        """Whether they limit faces together and not only each by itself."""
        return self.max_per_subject is not None or bool(self.source_shares)


def _check_shares(shares: Mapping[str, Bounds]) -> None:
    for source, bounds in shares.items():
        if bounds.low > 1 or bounds.high < 0:
            raise ValueError(
                "`source_shares` are from 0 to 1. "
                f"Received: {bounds.low} to {bounds.high} for {source!r}"
            )
    least = sum(max(bounds.low, 0.0) for bounds in shares.values())
    if least > 1 + 1e-9:
        raise ValueError(
            f"The smallest shares of the sources must add up to at most 1. Received: {least:g}"
        )


NO_LIMITS = Limits()

"""How many annotations a face gets: few where people agree, more where they do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VotesNeededRule:
    """Ask some annotators, then more until one verdict leads, and stop at some number.

    On the votes of FER+ two at first, a lead of two and at most five reach the agreement
    of five votes for every face with 3.0 (Barsoum et al. 2016 give the votes).

    Attributes:
        first_votes: Annotations that every face gets; at least 1.
        lead_by: By how many votes one verdict must lead before nobody more is asked;
            0 asks `first_votes` annotators and no more.
        most_votes: Annotations that no face exceeds; at least `first_votes`.
    """

    first_votes: int = 2
    lead_by: int = 2
    most_votes: int = 5

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other."""
        if self.first_votes < 1:
            raise ValueError(f"`first_votes` must be at least 1. Received: {self.first_votes}")
        if self.lead_by < 0:
            raise ValueError(f"`lead_by` must be at least 0. Received: {self.lead_by}")
        if self.most_votes < self.first_votes:
            raise ValueError(
                f"`most_votes` must be at least `first_votes`, {self.first_votes}. "
                f"Received: {self.most_votes}"
            )

    def wanted(self, votes: int, lead: int) -> int:
        """Say how many annotators may be asked at once without asking one too many.

        It is the least number of further votes that could end the matter: the next one
        may disagree and make more needed, but none of these can turn out needless.

        Args:
            votes: Annotations that count.
            lead: By how many the first verdict is before the second.

        Example:
            >>> rule = VotesNeededRule()
            >>> rule.wanted(0, 0), rule.wanted(1, 1), rule.wanted(2, 2)
            (2, 1, 0)
            >>> rule.wanted(2, 0), rule.wanted(3, 1), rule.wanted(4, 0), rule.wanted(5, 1)
            (2, 1, 1, 0)
        """
        needed = max(self.first_votes - votes, self.lead_by - lead)
        return max(0, min(needed, self.most_votes - votes))

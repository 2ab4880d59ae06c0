"""A figure with how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure, and how far it would move with other faces of the same kind.

    Attributes:
        value: The figure.
        interval: Low and high end of its 95 % interval, by bootstrap over units; None where
            there are too few units, or every resample says the same.
        faces: How many it rests on.
    """

    value: float
    interval: tuple[float, float] | None
    faces: int

    def in_words(self) -> str:
        """Write it for people.

        Example:
            >>> Estimate(0.75, (0.7, 0.8), 400).in_words()
            '75.0 % (70.0 to 80.0 %, 400 faces)'
            >>> Estimate(1.0, None, 1).in_words()
            '100.0 % (no interval, 1 face)'
        """
        faces = f"{self.faces:,} face{'s' * (self.faces != 1)}"
        if self.interval is None:
            return f"{100 * self.value:.1f} % (no interval, {faces})"
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({100 * low:.1f} to {100 * high:.1f} %, {faces})"

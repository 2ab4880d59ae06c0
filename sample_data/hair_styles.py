"""The styles of hair that subjects wear, as shapes in face units."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SCARF = "scarf"


@dataclass(frozen=True)
class HairStyle:
    """The shape of a style, in face units.

    Attributes:
        volume: How far it stands above the skull.
        side: How far it stands out beside the head.
        ends_y: Where the hair before the ears ends.
        hairline: (x, y) points from the left temple to the right; a parting is a peak.
        back_y: Where the hair behind the head ends; None if nothing is seen there.
        back_width: Half its width there.
        curl: Height of the waves in its outer edge.
        is_sheer: Skin shows through.
        has_bun: A bun sits on top.
    """

    volume: float
    side: float
    ends_y: float
    hairline: tuple[tuple[float, float], ...]
    back_y: float | None = None
    back_width: float = 0.8
    curl: float = 0.0
    is_sheer: bool = False
    has_bun: bool = False


_ROUND = (
    (-0.68, -0.3),
    (-0.6, -0.52),
    (-0.36, -0.68),
    (0.0, -0.7),
    (0.36, -0.68),
    (0.6, -0.52),
    (0.68, -0.3),
)
_PARTED = ((-0.67, -0.4), (-0.42, -0.6), (-0.26, -0.76), (0.1, -0.65), (0.46, -0.53), (0.67, -0.36))
_FRINGE = ((-0.68, -0.2), (-0.55, -0.4), (-0.25, -0.43), (0.25, -0.43), (0.55, -0.4), (0.68, -0.2))
_MIDDLE = ((-0.69, -0.2), (-0.5, -0.52), (0.0, -0.82), (0.5, -0.52), (0.69, -0.2))
_RECEDING = (
    (-0.66, -0.48),
    (-0.45, -0.82),
    (-0.15, -0.78),
    (0.15, -0.78),
    (0.45, -0.82),
    (0.66, -0.48),
)
_SWEPT = ((-0.68, -0.3), (-0.45, -0.56), (-0.1, -0.62), (0.25, -0.8), (0.5, -0.6), (0.68, -0.36))

STYLES: Mapping[str, HairStyle] = MappingProxyType(
    {
        "short": HairStyle(0.12, 0.03, 0.0, _ROUND),
        "parted": HairStyle(0.14, 0.04, 0.02, _PARTED),
        "quiff": HairStyle(0.24, 0.02, -0.05, _ROUND),
        "curls": HairStyle(0.2, 0.11, 0.08, _ROUND, 0.3, 0.8, curl=0.04),
        "receding": HairStyle(0.07, 0.03, 0.02, _RECEDING),
        "buzz": HairStyle(0.012, 0.0, -0.08, _ROUND, is_sheer=True),
        "pixie": HairStyle(0.15, 0.05, 0.12, _SWEPT),
        "bun": HairStyle(0.09, 0.02, -0.08, _MIDDLE, has_bun=True),
        "bob": HairStyle(0.14, 0.12, 0.5, _PARTED, 0.78, 0.82),
        "fringe": HairStyle(0.15, 0.1, 0.42, _FRINGE, 0.95, 0.84),
        "long": HairStyle(0.12, 0.09, 0.62, _MIDDLE, 1.75, 0.86),
        "waves": HairStyle(0.16, 0.14, 0.52, _SWEPT, 1.45, 0.92, curl=0.025),
        SCARF: HairStyle(0.12, 0.08, 0.6, _ROUND, 1.3, 0.8),
    }
)

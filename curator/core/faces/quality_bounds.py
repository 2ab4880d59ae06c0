"""From where to where a face's measures are good enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import pandas as pd

from curator.core.faces.quality import Quality


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest value that still does.

    Attributes:
        low: At least this; minus infinity for any.
        high: At most this, not below `low`; infinity for any.
    """

    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"`low` must be at most `high`. Received: {self.low} and {self.high}")


@dataclass(frozen=True)
class QualityMeasure:
    """One measure of `face_quality`, in words for people.

    Attributes:
        key: Its name in a face's quality.
        title: What people read.
        unit: Its unit.
        bounds: Which values do unless somebody chooses others.
        why: Why these, in one sentence.
    """

    key: str
    title: str
    unit: str
    bounds: Bounds
    why: str


QUALITY_MEASURES: tuple[QualityMeasure, ...] = (
    QualityMeasure(
        "size_px",
        "Size",
        "px",
        Bounds(low=40),
        "A crop of 75 px is mostly enlarged where the face has fewer than 40 px.",
    ),
    QualityMeasure(
        "sharpness",
        "Sharpness",
        "grey levels squared",
        Bounds(low=6),
        "Below 6 the features run into each other.",
    ),
    QualityMeasure(
        "brightness",
        "Brightness",
        "grey levels of 255",
        Bounds(40, 200),
        "Below 40 brows and mouth are lost in the dark, above 200 in the light.",
    ),
    QualityMeasure(
        "contrast",
        "Contrast",
        "grey levels",
        Bounds(low=20),
        "Below 20 hardly anything stands out from the skin.",
    ),
    QualityMeasure(
        "yaw_degrees",
        "Turned aside",
        "degrees",
        Bounds(-45, 45),
        "Beyond 45 degrees one half of the face is hidden.",
    ),
    QualityMeasure(
        "pitch_degrees",
        "Raised or lowered",
        "degrees",
        Bounds(-20, 20),
        "Beyond 20 degrees brows or mouth are foreshortened.",
    ),
    QualityMeasure(
        "roll_degrees",
        "Tilted",
        "degrees",
        Bounds(-40, 40),
        "Crops are turned upright, but eyes found at more than 40 degrees are often none.",
    ),
)
"""Every measure with its default bounds.

They are loose, to leave out what nobody can label. Of one face each of 1,256 photos of web and
film (muxspace, 350 px) they leave out: size 2.5 %, sharpness 0.8 %, brightness 0.3 %, contrast
none, yaw 2.0 %, pitch 0.1 %, roll none; together 4.6 %.
"""

DEFAULT_BOUNDS: dict[str, Bounds] = {measure.key: measure.bounds for measure in QUALITY_MEASURES}


def meets(qualities: pd.DataFrame, bounds: Mapping[str, Bounds]) -> pd.Series:
    """Tell which faces are good enough by every bound.

    A measure that a face does not have, such as the pose without landmarks, fails no bound;
    neither does a bound on a measure that no face has.

    Args:
        qualities: One row per face, a column a measure, missing where there is none.
        bounds: By the measure's key.

    Returns:
        bool per face, by the index of `qualities`.

    Example:
        >>> faces = pd.DataFrame({"size_px": [30, 90], "yaw_degrees": [None, 60.0]})
        >>> meets(faces, {"size_px": Bounds(low=40), "yaw_degrees": Bounds(-70, 70)}).tolist()
        [False, True]
    """
    good = pd.Series(data=True, index=qualities.index, dtype="bool")
    for key in set(bounds) & set(qualities.columns):
        values = pd.to_numeric(qualities[key])
        good &= values.isna() | values.between(bounds[key].low, bounds[key].high)
    return good


def failed(quality: Quality, bounds: Mapping[str, Bounds]) -> list[str]:
    """Name the measures by which one face is not good enough, in the order of the bounds."""
    values = ((key, quality.get(key), bound) for key, bound in bounds.items())
    return [
        key
        for key, value, bound in values
        if value is not None and not bound.low <= value <= bound.high
    ]

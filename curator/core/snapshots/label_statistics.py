"""How sure the labels of some faces are, and how good their pictures."""

from dataclasses import dataclass

import pandas as pd

from curator.core.faces.quality_bounds import QUALITY_MEASURES
from db.labels import Expression

_LABELS = [str(label) for label in Expression]


@dataclass(frozen=True)
class LabelStatistics:
    """What the faces of a set are like.

    Attributes:
        agreement: One row a label that has a face: `label` (str), `faces` (int), `votes` (float,
            mean number of votes for one of the seven), `share` (float, mean share of them for
            the label), `single` (int, faces with one vote or none).
        quality: One row a measure: `measure` (str), `unit` (str), `percentile_5`, `median`,
            `percentile_95` (float, missing where no face has it), `not_measured` (int).
    """

    agreement: pd.DataFrame
    quality: pd.DataFrame


def label_statistics(faces: pd.DataFrame, qualities: pd.DataFrame) -> LabelStatistics:
    """Measure a set.

    Args:
        faces: One row a face: `verdict` (str), `agreement` (float) and a column a label with
            its votes (int).
        qualities: One row a face, a column a measure; any may be missing.

    Example:
        >>> faces = pd.DataFrame({"verdict": ["sad", "sad"], "agreement": [1.0, 0.75],
        ...     **{label: [0, 0] for label in _LABELS}} | {"sad": [1, 3], "fear": [0, 1]})
        >>> label_statistics(faces, pd.DataFrame()).agreement.to_dict("records")
        [{'label': 'sad', 'faces': 2, 'votes': 2.5, 'share': 0.875, 'single': 1}]
    """
    votes = faces[_LABELS].sum(axis="columns")
    counted = faces.assign(votes=votes, single=votes <= 1)
    agreement = counted.groupby("verdict", as_index=False).agg(
        faces=("verdict", "size"),
        votes=("votes", "mean"),
        share=("agreement", "mean"),
        single=("single", "sum"),
    )
    return LabelStatistics(agreement.rename(columns={"verdict": "label"}), _quality(qualities))


def _quality(qualities: pd.DataFrame) -> pd.DataFrame:
    keys = [measure.key for measure in QUALITY_MEASURES]
    measured = qualities.reindex(columns=keys).astype("float64")
    quantiles = measured.quantile([0.05, 0.5, 0.95]).to_numpy()
    return pd.DataFrame(
        {
            "measure": [measure.title for measure in QUALITY_MEASURES],
            "unit": [measure.unit for measure in QUALITY_MEASURES],
            "percentile_5": quantiles[0],
            "median": quantiles[1],
            "percentile_95": quantiles[2],
            "not_measured": measured.isna().sum().to_numpy(),
        }
    )

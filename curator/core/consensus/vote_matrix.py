"""Who said what of which face, as numbers that arrays can count."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class VoteMatrix:
    """Annotations as codes; n of them, on f faces, by a annotators, of k verdicts.

    Attributes:
        faces: (n,), the place of each annotation's face in `face_ids`.
        annotators: (n,), the place of its annotator in `annotator_ids`.
        verdicts: (n,), the place of what was said in `names`.
        face_ids: (f,), ascending.
        annotator_ids: (a,), ascending.
        names: The k verdicts that count, said or not.
    """

    faces: Codes
    annotators: Codes
    verdicts: Codes
    face_ids: Codes
    annotator_ids: Codes
    names: tuple[str, ...]

    def counts(self) -> Codes:
        """Count the verdicts of each face: (f, k), each row with a sum above 0."""
        cells = self.faces * len(self.names) + self.verdicts
        counted = np.bincount(cells, minlength=len(self.face_ids) * len(self.names))
        return counted.reshape(len(self.face_ids), len(self.names)).astype(np.int64)


def coded(annotations: pd.DataFrame, verdicts: Iterable[str]) -> VoteMatrix:
    """Turn annotations into codes; those with other verdicts than the given are left out.

    Args:
        annotations: One row per annotation: `face_id` (int), `annotator_id` (int),
            `verdict` (str). One annotator annotates a face once, a crowd several times.
        verdicts: Those that count, in their order.

    Example:
        >>> rows = pd.DataFrame({"face_id": [7, 7, 9], "annotator_id": [1, 2, 1],
        ...                      "verdict": ["sad", "fear", "unsure"]})
        >>> coded(rows, ["fear", "sad"]).counts()
        array([[1, 1]])
    """
    names = tuple(str(verdict) for verdict in verdicts)
    words = pd.Index(annotations["verdict"].astype("object"))
    said = pd.Index(names, dtype="object").get_indexer(words)
    counts = said >= 0
    face_ids, faces = np.unique(_ids(annotations["face_id"])[counts], return_inverse=True)
    annotator_ids, annotators = np.unique(
        _ids(annotations["annotator_id"])[counts], return_inverse=True
    )
    return VoteMatrix(
        faces, annotators, said[counts].astype(np.int64), face_ids, annotator_ids, names
    )


def _ids(column: "pd.Series[int]") -> Codes:
    ids: Codes = np.asarray(column, dtype=np.int64)
    return ids


def first_annotations(annotations: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep the first annotations of each face, so many at most.

    Args:
        annotations: With `face_id`, the earlier of a face before the later.
    """
    return annotations[annotations.groupby("face_id", sort=False).cumcount() < most]


def row_shares(counts: Codes | Shares) -> Shares:
    """Divide each row by its sum, which must be above 0."""
    shares: Shares = counts / counts.sum(axis=1, keepdims=True)
    return shares

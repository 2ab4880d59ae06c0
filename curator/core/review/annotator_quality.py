"""How well annotators label, each measured by itself.

Every share comes with its interval, since a handful of faces says little of anybody.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from curator.core.consensus.consensus import VERDICTS
from curator.core.review.proportions import Proportion
from db.labels import Expression, Flag

LATER_SECONDS = 30 * 60
"""After so long, whoever labels a face again no longer has the first time in mind."""


def verdict_of_others(annotations: pd.DataFrame, final_words: pd.DataFrame) -> pd.Series:
    """Say for each annotation what the others make of its face, without that annotation.

    A final word of somebody else comes first. Otherwise it is the verdict that more of the
    others gave than any other, where there is one; "unsure" is none.

    Args:
        annotations: One row per annotation that counts: `face_id` (int), `annotator_id`
            (int), `verdict` (str). One annotator annotates a face once.
        final_words: One row per adjudicated face, in the same form.

    Returns:
        A verdict per annotation, by its index; missing where the others do not say.

    Example:
        >>> said = pd.DataFrame({"face_id": [1, 1, 1], "annotator_id": [1, 2, 3],
        ...                      "verdict": ["sad", "sad", "fear"]})
        >>> verdict_of_others(said, said.head(0)).fillna("-").tolist()
        ['-', '-', 'sad']
    """
    verdicts = np.array([str(verdict) for verdict in VERDICTS if verdict is not Flag.UNSURE])
    codes = pd.Index(verdicts).get_indexer_for(annotations["verdict"])
    faces, face_at = np.unique(annotations["face_id"], return_inverse=True)
    counts = np.zeros((len(faces), len(verdicts)), dtype=np.int64)
    counted = codes >= 0
    np.add.at(counts, (face_at[counted], codes[counted]), 1)
    others = counts[face_at]
    others[np.flatnonzero(counted), codes[counted]] -= 1
    best = others.argmax(axis=1) if len(others) else np.zeros(0, dtype=np.int64)
    top = np.sort(others, axis=1)[:, -2:] if len(others) else np.zeros((0, 2), dtype=np.int64)
    said = pd.Series(verdicts[best], index=annotations.index, dtype="str")
    said = said.where(top[:, 1] > top[:, 0])
    return _final_word_of_others(annotations, final_words).fillna(said)


def _final_word_of_others(annotations: pd.DataFrame, final_words: pd.DataFrame) -> pd.Series:
    words = final_words.set_index("face_id")
    word = annotations["face_id"].map(words["verdict"]).astype("str")
    reviewer = annotations["face_id"].map(words["annotator_id"])
    return word.where(reviewer != annotations["annotator_id"])


def agreement(verdicts: pd.Series, reference: pd.Series) -> Proportion:
    """Count how often verdicts are those of a reference.

    Left out is where the reference is missing and where the annotator was unsure, which
    is no answer, right or wrong.
    """
    asked = reference.notna() & (verdicts != Flag.UNSURE)
    return Proportion(int((verdicts[asked] == reference[asked]).sum()), int(asked.sum()))


def confusions(verdicts: pd.Series, reference: pd.Series) -> pd.DataFrame:
    """Count which labels an annotator says where a reference has which.

    Returns:
        A row per label of the reference and a column per label said, in their order.
    """
    labels = [str(label) for label in Expression]
    table = pd.crosstab(reference, verdicts)
    return table.reindex(index=labels, columns=labels, fill_value=0).astype("int64")


@dataclass(frozen=True)
class Confusion:
    """A label that an annotator takes for another.

    Attributes:
        meant: The label of the reference.
        said: What the annotator said.
        share: How often, of the faces with the label `meant`.
    """

    meant: Expression
    said: Expression
    share: Proportion


def main_confusions(table: pd.DataFrame, most: int = 3) -> list[Confusion]:
    """Return the confusions that occur most often, at least twice each.

    Args:
        table: What `confusions` returns.
        most: How many at most.
    """
    counts = table.to_numpy(dtype=np.int64)
    found = [
        Confusion(meant, said, Proportion(int(row[at]), int(row.sum())))
        for meant, row in zip(Expression, counts, strict=True)
        for at, said in enumerate(Expression)
        if meant is not said and row[at] > 1
    ]
    return sorted(found, key=lambda confusion: -confusion.share.hits)[:most]


def second_thoughts(said: pd.DataFrame) -> Proportion:
    """Count the faces on which an annotator changed or took back what was said before.

    Args:
        said: All that one annotator said, in order, without what a reviewer asked for:
            `face_id` (int) and `verdict` (str, missing where it takes back).

    Example:
        >>> second_thoughts(pd.DataFrame({"face_id": [1, 1, 2], "verdict": ["sad", "fear", "sad"]}))
        Proportion(hits=1, cases=2)
    """
    different = said["verdict"].fillna("").groupby(said["face_id"]).nunique()
    return Proportion(int((different > 1).sum()), len(different))


def self_consistency(said: pd.DataFrame) -> Proportion:
    """Count how often an annotator says the same of the same picture again.

    It is the same picture again where another face holds the same pixels, or where the
    same face came up more than 30 minutes later. A change of mind before that is a second
    thought and no test.

    Args:
        said: All labels and flags of one annotator, in order, without what a reviewer
            asked for: `picture` (int, equal for equal pixels), `face_id` (int), `verdict`
            (str) and `stored_at` (seconds).
    """
    ordered = said.sort_values(["picture", "stored_at"], kind="stable")
    before = ordered.shift()
    same_picture = before["picture"] == ordered["picture"]
    is_later = ordered["stored_at"] - before["stored_at"] > LATER_SECONDS
    again = same_picture & ((before["face_id"] != ordered["face_id"]) | is_later)
    same = again & (before["verdict"] == ordered["verdict"])
    return Proportion(int(same.sum()), int(again.sum()))

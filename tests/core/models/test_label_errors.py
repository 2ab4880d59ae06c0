import numpy as np
import pandas as pd

from curator.core.models.label_errors import label_errors
from db.labels import Expression

LABELS = [str(label) for label in Expression]


def make_predictions(labels: list[str], predicted: list[str], share: float = 0.9) -> pd.DataFrame:
    """Let a model give each face one label with this share, the rest evenly."""
    rows = np.full((len(labels), 7), (1 - share) / 6, dtype=np.float32)
    for row, label in enumerate(predicted):
        rows[row, LABELS.index(label)] = share
    table = pd.DataFrame(rows, columns=[f"p_{label}" for label in LABELS])
    table["label"] = pd.Series(labels, dtype="str")
    return table.assign(face_id=range(1, len(labels) + 1))


def test_the_one_wrong_label_among_right_ones_is_found_and_stands_first() -> None:
    labels = [label for label in LABELS for _ in range(10)]
    predicted = [*labels]
    labels[15] = "happy"  # face 16 is of disgust, as the model says
    table = label_errors(make_predictions(labels, predicted))
    first = table.iloc[0]
    assert (first["face_id"], first["label"], first["predicted"]) == (16, "happy", "disgust")
    assert table["is_likely_error"].tolist() == [True] + [False] * 69
    assert table["quality"].between(0, 1).all()
    assert sorted(table["face_id"]) == list(range(1, 71))


def test_the_surer_the_model_the_less_a_label_is_trusted() -> None:
    labels = [label for label in LABELS for _ in range(10)]
    given = make_predictions(labels, labels)
    wrong = given["face_id"].isin([3, 4])
    sad, angry = {3: 0.92, 4: 0.945}, {3: 0.03, 4: 0.005}
    for label in LABELS:
        given[f"p_{label}"] = given[f"p_{label}"].mask(wrong, 0.01)
    given["p_sad"] = given["p_sad"].mask(wrong, given["face_id"].map(sad))
    given["p_angry"] = given["p_angry"].mask(wrong, given["face_id"].map(angry))
    ranked = label_errors(given)
    assert ranked.loc[ranked["is_likely_error"], "face_id"].tolist() == [4, 3]


def test_too_few_faces_for_a_comparison_hold_no_likely_error() -> None:
    assert label_errors(make_predictions([], [])).empty
    alone = label_errors(make_predictions(["sad", "sad"], ["sad", "fear"]))
    assert alone["is_likely_error"].tolist() == [False, False]
    assert alone["face_id"].tolist() == [2, 1]

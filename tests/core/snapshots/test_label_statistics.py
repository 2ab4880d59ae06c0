import pandas as pd

from curator.core.snapshots.label_statistics import label_statistics
from db.labels import Expression

LABELS = [str(label) for label in Expression]


def make_faces(*rows: tuple[str, float, dict[str, int]]) -> pd.DataFrame:
    votes = [
        {"verdict": verdict, "agreement": share, **dict.fromkeys(LABELS, 0), **said}
        for verdict, share, said in rows
    ]
    return pd.DataFrame(votes, columns=["verdict", "agreement", *LABELS])


def test_no_face_gives_no_row_of_agreement_and_no_quality() -> None:
    figures = label_statistics(make_faces(), pd.DataFrame())
    assert figures.agreement.empty
    assert figures.quality["median"].isna().all()


def test_votes_and_shares_are_means_and_single_votes_are_counted() -> None:
    faces = make_faces(
        ("fear", 0.5, {"fear": 1, "sad": 1}),
        ("fear", 1.0, {"fear": 1}),
        ("happy", 1.0, {"happy": 4}),
    )
    assert label_statistics(faces, pd.DataFrame()).agreement.to_dict("records") == [
        {"label": "fear", "faces": 2, "votes": 1.5, "share": 0.75, "single": 1},
        {"label": "happy", "faces": 1, "votes": 4.0, "share": 1.0, "single": 0},
    ]


def test_quality_has_a_row_a_measure_and_counts_what_was_not_measured() -> None:
    qualities = pd.DataFrame({"size_px": [40.0, 60.0, 80.0], "yaw_degrees": [None, None, 4.0]})
    rows = label_statistics(make_faces(), qualities).quality.set_index("measure").to_dict("index")
    size = rows["Size"]
    assert (size["unit"], size["percentile_5"], size["median"]) == ("px", 42.0, 60.0)
    assert rows["Turned aside"]["not_measured"] == 2
    assert rows["Contrast"]["not_measured"] == 3

"""How long after a vote the whole agreement report is there, and what the libraries take.

    python -m tests.benchmarks.agreement [--annotations 100000] [--json]

A project is made with so many annotations, five a face, by 20 annotators. Then a vote is
stored and everything measured anew from the database: all figures with their intervals,
per label and per pair of annotators. Beside it in the same run: `krippendorff` and
scikit-learn's `cohen_kappa_score` on the same annotations, read already, first for the
figures alone, then for a few resamples from which the time for all is reckoned; and
crowd-kit's methods of consensus beside ours.
"""

import argparse
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.metrics import cohen_kappa_score
from sqlalchemy import insert
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import SHARES, VERDICTS
from curator.core.consensus.vote_matrix import coded
from curator.core.review.annotator_pairs import RESAMPLES_PER_PAIR
from curator.core.review.bootstrap import RESAMPLES
from curator.steps.consensus.settle_labels import consensus, latest_annotations
from curator.steps.review.measure_agreement import Counting, measure_agreement
from db.labels import ConsensusMethod, Expression
from db.project.project_folder import Project, make_project
from db.tables import Annotation, Face, Image, Source
from tests.makers import NOW, annotate, make_annotator

VOTES_A_FACE = 5
ANNOTATORS = 20
RIVAL_RESAMPLES = 2
LABELS = [str(label) for label in Expression]


def filled_project(folder: Path, annotations: int) -> Project:
    """Make a project with so many annotations; each is right in seven cases of ten."""
    project = make_project(folder)
    faces = annotations // VOTES_A_FACE
    rng = np.random.default_rng(0)
    shown = rng.integers(len(LABELS), size=faces)
    with project.writing() as session:
        people = [make_annotator(session, f"annotator {n:02d}") for n in range(1, ANNOTATORS + 1)]
        _add_faces(session, faces)
        rows: list[dict[str, Any]] = []
        for face, label in enumerate(shown, start=1):
            for who in rng.permutation(people)[:VOTES_A_FACE]:
                said = label if rng.random() < 0.7 else rng.integers(len(LABELS))
                number = len(rows) + 1
                rows.append(
                    {
                        "uuid": f"vote-{number}",
                        "face_id": face,
                        "annotator_id": int(who),
                        "label": Expression(LABELS[said]),
                        "stored_at": NOW,
                    }
                )
        session.execute(insert(Annotation), rows)
        session.commit()
    return project


def _add_faces(session: Session, faces: int) -> None:
    session.add(Source(id=1, name="made", terms="", created_at=NOW))
    session.flush()
    names = [f"{number:064d}" for number in range(1, faces + 1)]
    image = {"source_id": 1, "width_px": 48, "height_px": 48, "imported_at": NOW}
    session.execute(
        insert(Image),
        [
            {"id": n, "name": name, "sha256": name, "pixels_sha256": name, **image}
            for n, name in enumerate(names, start=1)
        ],
    )
    box = {"x_min": 0, "y_min": 0, "x_max": 48, "y_max": 48, "detector": "none", "confidence": 1}
    looks = {"quality": {}, "phash": 0, "phash_mirrored": 0, "found_at": NOW}
    session.execute(
        insert(Face),
        [
            {"id": n, "image_id": n, "crop_sha256": name, "view_sha256": name, **box, **looks}
            for n, name in enumerate(names, start=1)
        ],
    )


@dataclass(frozen=True)
class Taken:
    """How long something took.

    Attributes:
        best: The shortest of some runs, in seconds; others work on this machine too.
        worst: The longest.
        cpu: The least time that the processor worked for it.
    """

    best: float
    worst: float
    cpu: float


def seconds_of(action: Callable[[], object], times: int = 5) -> Taken:
    """Measure some runs."""
    walls, works = [], []
    for _ in range(times):
        began, work = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - began)
        works.append(time.process_time() - work)
    return Taken(min(walls), max(walls), min(works))


def vote_and_measure(project: Project, counting: Counting) -> None:
    """Store one more vote and measure everything anew."""
    with project.writing() as session:
        annotate(session, 1, {1: Expression.SAD})
        session.commit()
    with project.reading() as session:
        measure_agreement(session, counting)


def _wide(annotations: pd.DataFrame) -> np.ndarray:
    """Lay annotations out as krippendorff takes them: (annotators, faces), NaN for none."""
    codes = annotations.assign(code=annotations["verdict"].map(LABELS.index).astype("float64"))
    wide = codes.pivot_table(index="annotator_id", columns="face_id", values="code")
    return wide.to_numpy()


def libraries_figures(wide: np.ndarray) -> None:
    """Compute with the libraries what the report holds of them: alpha, labels, pairs."""
    krippendorff.alpha(reliability_data=wide, level_of_measurement="nominal")
    for code in range(len(LABELS)):
        one = np.where(np.isnan(wide), np.nan, wide == code)
        krippendorff.alpha(reliability_data=one, level_of_measurement="nominal")
    for first, second in combinations(wide, 2):
        both = ~np.isnan(first) & ~np.isnan(second)
        cohen_kappa_score(first[both], second[both])


def libraries_with_intervals(wide: np.ndarray, resamples: int) -> None:
    """Do it again for faces drawn with replacement."""
    rng = np.random.default_rng(0)
    for _ in range(resamples):
        libraries_figures(wide[:, rng.integers(wide.shape[1], size=wide.shape[1])])


def measure(folder: Path, annotations: int) -> dict[str, Any]:
    """Measure all that the table shows."""
    project = filled_project(folder, annotations)
    with project.reading() as session:
        table = latest_annotations(session)
    wide = _wide(table)
    usual = seconds_of(lambda: vote_and_measure(project, Counting()))
    whole = seconds_of(lambda: vote_and_measure(project, Counting(later=True)))
    points = seconds_of(lambda: libraries_figures(wide), 2)
    drawn = seconds_of(lambda: libraries_with_intervals(wide, RIVAL_RESAMPLES), 1)
    # The report draws fewer resamples for pairs: the rival is reckoned by the lower number.
    times = RESAMPLES_PER_PAIR / RIVAL_RESAMPLES
    reckoned = Taken(drawn.best * times, drawn.worst * times, drawn.cpu * times)
    return {
        "annotations": len(table),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "resamples": {"figures": RESAMPLES, "pairs": RESAMPLES_PER_PAIR},
        "after a vote, first two": _row(usual),
        "after a vote, all": _row(whole),
        "libraries, no intervals": _row(points, whole),
        "libraries, intervals (reckoned)": _row(reckoned, whole),
        **_consensus(project, table),
    }


def _row(taken: Taken, ours: Taken | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {name: round(value, 3) for name, value in vars(taken).items()}
    return row if ours is None else {**row, "times_ours": round(taken.cpu / ours.cpu, 1)}


def _consensus(project: Project, table: pd.DataFrame) -> dict[str, Any]:
    from crowdkit.aggregation import DawidSkene, Wawa  # noqa: PLC0415 - takes seconds

    votes = coded(table, VERDICTS)
    names = {"face_id": "task", "annotator_id": "worker", "verdict": "label"}
    theirs = table.rename(columns=names).astype({"label": "object"})
    ours = {method: seconds_of(partial(shares, votes)) for method, shares in SHARES.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, of pandas
        skene = seconds_of(lambda: DawidSkene(n_iter=100).fit(theirs), 1)
        wawa = seconds_of(lambda: Wawa().fit(theirs), 2)
    return {
        **{f"{method}, shares": _row(seconds) for method, seconds in ours.items()},
        "crowd-kit Dawid-Skene": _row(skene, ours[ConsensusMethod.DAWID_SKENE]),
        "crowd-kit Wawa": _row(wawa, ours[ConsensusMethod.WEIGHTED]),
        "consensus from the database": _row(seconds_of(lambda: _settled(project))),
    }


def _settled(project: Project) -> None:
    with project.reading() as session:
        consensus(session)


def print_table(found: dict[str, Any], console: Console) -> None:
    """Lay out the figures for people."""
    console.print(
        f"{found['annotations']:,} annotations, {found['cores']} cores, load {found['load']}"
    )
    laid_out = Table("seconds", "best", "worst", "processor", "times ours, processor")
    for name, row in found.items():
        if isinstance(row, dict) and "cpu" in row:
            cells = [f"{row[key]:.3f}" for key in ("best", "worst", "cpu")]
            laid_out.add_row(name, *cells, str(row.get("times_ours", "")))
    console.print(laid_out)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--annotations", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "project", asked.annotations)
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found))
    else:
        print_table(found, Console(width=110))


if __name__ == "__main__":
    main()

"""How well faces tell who is shown: python -m tests.benchmarks.subjects.

    python -m tests.benchmarks.subjects ../shared/data/muxspace/images [--project FOLDER] [--json]

The photos of the folder are named by person and number (`Ann_Lee_0003.jpg`). They are taken in
and measured as the app does it, which takes some minutes; a project that is kept is measured
once. Then two things are compared with the names: every pair of faces by its distance, and the
groups that are found, ours beside dlib's Chinese whispers and average and complete linkage of
SciPy, on all faces, on the photos named as those of LFW (four digits), and on the others. At
last half of the names are told, by chance, and the pairs with a face that was not told are
counted: once with what is told used in grouping, once with groups made blind and chained to
the told subjects afterwards.
"""

import json
import re
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform
from sqlalchemy import select

from curator.core.subjects.clustering import RULES, Numbers, SubjectRule, found_subjects
from curator.steps.importing.import_images import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.process_pool import Workers
from curator.steps.subjects.consent import allow_subjects
from curator.steps.subjects.find_subjects import find_subjects
from db.jobs.progress import committing, finished
from db.project.biometrics import Biometrics
from db.project.project_folder import Project, make_project
from db.tables.images import Face, Image
from db.terminal import table

PERSON = re.compile(r"^(.+?)_(\d+)$")
KNOWN_DISTANCE = 0.6
UNTOLD = -1


@dataclass(frozen=True)
class Measured:
    """Measured faces with the persons that their names tell.

    Attributes:
        embeddings: (n, 128).
        person: (n,), the number of the person.
        is_lfw: (n,), whether the name is of the form of LFW.
        faces_a_second: How fast they were measured; 0 when they were known.
    """

    embeddings: NDArray[np.float32]
    person: Numbers
    is_lfw: NDArray[np.bool_]
    faces_a_second: float


def measured(project: Project, photos: Path) -> Measured:
    """Take the photos in and measure their faces, where that is not done yet."""
    with Workers() as workers:
        finished(run_import(project, photos, SourceChoice("photos", "?"), executor=workers))
        began = time.perf_counter()
        with project.writing() as session:
            allow_subjects(session, None, datetime.now(UTC))
            session.commit()
            steps = find_subjects(project, session, SubjectRule(), executor=workers)
            report = finished(committing(session, steps))
        seconds = time.perf_counter() - began
    query = select(Face.id, Image.name).join(Image, Image.id == Face.image_id)
    with project.reading() as session:
        stems = {face_id: PurePosixPath(name).stem for face_id, name in session.execute(query)}
    ids, embeddings = Biometrics(project.folder).embeddings()
    named = [PERSON.match(stems[face_id]) for face_id in ids]
    there = np.array([name is not None for name in named])
    names = [(name[1], len(name[2]) == 4) for name in named if name is not None]
    person = np.unique([name for name, _ in names], return_inverse=True)[1]
    is_lfw = np.array([is_lfw for _, is_lfw in names])
    return Measured(embeddings[there], person, is_lfw, report.measured / seconds)


def pair_figures(faces: Measured) -> dict[str, float]:
    """Tell how well one distance parts pairs of one person from all others."""
    distance = pdist(faces.embeddings.astype(np.float64))
    same = pdist(faces.person[:, None].astype(np.float64)) == 0
    right = (distance[same] < KNOWN_DISTANCE).mean()
    wrong = (distance[~same] < KNOWN_DISTANCE).mean()
    return {
        "faces": len(faces.person),
        "pairs of one person": int(same.sum()),
        "of them near": round(float(right), 4),
        "of others near": round(float(wrong), 4),
        "accuracy": round(float(right + 1 - wrong) / 2, 4),
    }


def _part(faces: Measured, which: NDArray[np.bool_]) -> Measured:
    return Measured(faces.embeddings[which], faces.person[which], faces.is_lfw[which], 0)


Grouping = Callable[[NDArray[np.float32]], Numbers]


def _ours(rule: SubjectRule) -> Grouping:
    def group(embeddings: NDArray[np.float32]) -> Numbers:
        count = len(embeddings)
        nothing = np.full(count, UNTOLD)
        return _alone_too(found_subjects(embeddings, np.zeros(count, int), nothing, rule))

    return group


def _alone_too(group: Numbers) -> Numbers:
    alone = group < 0
    numbers = group.copy()
    numbers[alone] = len(group) + np.arange(alone.sum())
    return numbers


def _linked(method: str, distance: float) -> Grouping:
    def group(embeddings: NDArray[np.float32]) -> Numbers:
        linked = linkage(pdist(embeddings.astype(np.float64)), method)
        return np.asarray(fcluster(linked, distance, "distance"), np.int64)

    return group


def _whispers(distance: float) -> Grouping:
    def group(embeddings: NDArray[np.float32]) -> Numbers:
        near = np.argwhere(np.triu(squareform(pdist(embeddings)) < distance)).tolist()
        return np.array(dlib.chinese_whispers([tuple(pair) for pair in near]))

    return group


GROUPINGS: dict[str, Grouping] = {
    **{f"ours, {name}": _ours(rule) for name, rule in RULES.items()},
    **{f"whispers {distance}": _whispers(distance) for distance in (0.44, 0.46, 0.48)},
    **{f"average {distance}": _linked("average", distance) for distance in (0.5, 0.54, 0.58)},
    **{f"complete {distance}": _linked("complete", distance) for distance in (0.6, 0.7)},
}


def _pairs(numbers: Numbers) -> float:
    sizes = np.unique(numbers, return_counts=True)[1].astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum())


def group_figures(group: Numbers, faces: Measured) -> dict[str, Any]:
    """Compare groups with persons, pair by pair, and count the faces tied to strangers."""
    figures: dict[str, Any] = {}
    for name, which in (("LFW", faces.is_lfw), ("others", ~faces.is_lfw)):
        both = group[which] * (faces.person.max() + 1) + faces.person[which]
        right = _pairs(both)
        figures[f"{name} precision"] = round(right / max(_pairs(group[which]), 1), 3)
        figures[f"{name} recall"] = round(right / max(_pairs(faces.person[which]), 1), 3)
    _, place, size = np.unique(group, return_inverse=True, return_counts=True)
    pure = np.unique(np.stack([place, faces.person]), axis=1)[0]
    figures["tied to strangers"] = round(float((np.bincount(pure)[place] > 1).mean()), 3)
    figures["largest"] = int(size.max())
    figures["groups"] = len(size)
    return figures


def told_figures(faces: Measured) -> dict[str, dict[str, Any]]:
    """Tell half of the names and count the pairs with a face that was not told."""
    untold = np.random.default_rng(0).random(len(faces.person)) < 0.5
    stated = np.where(untold, UNTOLD, faces.person)
    source = np.zeros(len(stated), int)
    told = _alone_too(found_subjects(faces.embeddings, source, stated, SubjectRule()))
    blind = GROUPINGS["ours, usual"](faces.embeddings)
    # Where groups are made blind, a told subject ties all groups that it has faces in.
    chained = np.unique(blind, return_inverse=True)[1]
    for person in np.unique(stated[stated >= 0]):
        chained[np.isin(chained, chained[stated == person])] = chained[stated == person].min()
    return {
        "told": _untold_figures(told, faces, untold),
        "chained": _untold_figures(chained, faces, untold),
    }


def _untold_figures(
    group: Numbers, faces: Measured, untold: NDArray[np.bool_]
) -> dict[str, float | int]:
    first, second = np.triu_indices(len(group), 1)
    counted = untold[first] | untold[second]
    tied = (group[first] == group[second])[counted]
    same = (faces.person[first] == faces.person[second])[counted]
    return {
        "precision": round(float((tied & same).sum() / tied.sum()), 3),
        "recall": round(float((tied & same).sum() / same.sum()), 3),
        "largest": int(np.unique(group, return_counts=True)[1].max()),
    }


def measure(project: Project, photos: Path) -> dict[str, Any]:
    """Measure all that the tables show."""
    faces = measured(project, photos)
    groups = {}
    for name, grouping in GROUPINGS.items():
        began = time.perf_counter()
        group = grouping(faces.embeddings)
        seconds = round(time.perf_counter() - began, 2)
        groups[name] = {**group_figures(group, faces), "seconds": seconds}
    parts = {"all": faces.is_lfw | True, "LFW": faces.is_lfw, "others": ~faces.is_lfw}
    return {
        "persons": len(np.unique(faces.person)),
        "faces a second": round(faces.faces_a_second, 1),
        "pairs": {name: pair_figures(_part(faces, which)) for name, which in parts.items()},
        "groups": groups,
        "half told": told_figures(faces),
    }


def print_tables(found: dict[str, Any], console: Console) -> None:
    """Lay the figures out for people."""
    console.print(
        f"{found['persons']:,} persons; {found['faces a second']} faces measured a second"
    )
    for part in ("pairs", "groups", "half told"):
        rows = found[part]
        titles = [part, *next(iter(rows.values()))]
        console.print(table(titles, [[name, *row.values()] for name, row in rows.items()]))


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--project", type=Path, help="a project to keep the embeddings in")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(make_project(asked.project or Path(folder) / "project"), asked.photos)
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found))
    else:
        print_tables(found, Console(width=150))


if __name__ == "__main__":
    main()

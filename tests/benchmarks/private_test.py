"""How a trained model does on FER2013's PrivateTest, beside the pre-trained net of `fer`.

    python -m tests.benchmarks.private_test PROJECT FER OUT MODEL [--source NAME] [--json]

PROJECT has OUT/private (see `tests.benchmarks.fer2013`) as a source of its own that no
snapshot took from, has been searched for duplicates, and has `mini-xception` installed. MODEL
is a folder that `trainer promote` filled. The model gets the crops as snapshots hold them,
the rival the images as it was trained on them. Labels: those of FER2013; of FER+ what most of
its ten votes say, alone in front; and the same by more than half. Each is asked for of all
faces and of those without a copy among the other sources, as the search found it.

Intervals of shares are Wilson's, those of differences come from 2,000 resamples of faces.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import select

from curator.core.faces.preprocessing import paper_preprocessing
from curator.core.review.proportions import Proportion
from curator.steps.images.image_codec import decoded
from db.labels import expression_named
from db.project.project_folder import Project, open_project
from db.tables.duplicates import DuplicatePair
from db.tables.images import Face, Image, Source
from db.terminal import RESULTS, table
from trainer.data.loading import LABELS
from trainer.deployment.standard_model import load_standard_model, predict
from trainer.deployment.suggestions import load_suggester
from trainer.nets.pretrained import MINI_XCEPTION

SOURCE = "FER2013 PrivateTest"
RESAMPLES = 2_000


@dataclass(frozen=True)
class Score:
    """How two models do on the same faces.

    Attributes:
        labels: Whose labels count.
        faces: How many faces have one.
        ours: The share that the model gets right, with its interval.
        rival: The same of the pre-trained net.
        difference: Ours less the rival's, with its interval.
    """

    labels: str
    faces: int
    ours: tuple[float, float, float]
    rival: tuple[float, float, float]
    difference: tuple[float, float, float]


def private_faces(project: Project, source: str) -> pd.DataFrame:
    """List the faces of a source: `face_id`, `file`, `crop_sha256` and whether `has_copy`."""
    with project.reading() as session:
        rows = session.execute(
            select(Face.id, Image.name, Face.crop_sha256, Source.name)
            .join(Image, Face.image_id == Image.id)
            .join(Source, Image.source_id == Source.id)
        ).all()
        pairs = session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id)).all()
    faces = pd.DataFrame(map(tuple, rows), columns=["face_id", "file", "crop_sha256", "source"])
    faces["file"] = faces["file"].map(lambda name: Path(name).name)
    mine = set(faces.loc[faces["source"] == source, "face_id"])
    copied = {face for pair in pairs if len(mine & set(pair)) == 1 for face in pair}
    found = faces[faces["source"] == source].drop_duplicates("file")
    return found.assign(has_copy=found["face_id"].isin(copied))


def with_labels(faces: pd.DataFrame, fer: Path, votes_file: Path) -> pd.DataFrame:
    """Add what FER2013 and FER+ call each face; missing where they say nothing clear."""
    own = {path.name: path.parent.name for path in fer.rglob("*.jpg")}
    votes = pd.read_csv(votes_file).drop_duplicates("Image name", keep="last")
    votes = votes.set_index("Image name").drop(columns="Usage").reindex(faces["file"])
    most = votes.max(axis=1)
    is_alone = votes.eq(most, axis=0).sum(axis=1) == 1
    named = votes.fillna(0).idxmax(axis=1).map(expression_named).where(is_alone)
    return faces.assign(
        fer2013=faces["file"].map(own).to_numpy(),
        most_of_ferplus=named.to_numpy(),
        half_of_ferplus=named.where(most > votes.sum(axis=1) / 2).to_numpy(),
    )


def ours(project: Project, model: Path, faces: pd.DataFrame) -> NDArray[np.str_]:
    """Ask a promoted model, which gets the crops as snapshots hold them."""
    crops = [paper_preprocessing(decoded(project.crops.read(sha))) for sha in faces["crop_sha256"]]
    in_three = np.stack(crops)[..., np.newaxis].repeat(3, axis=-1)
    return _named(predict(load_standard_model(model), in_three))


def rivals(project: Project, images: Path, faces: pd.DataFrame) -> NDArray[np.str_]:
    """Ask the pre-trained net, which gets the images as they are."""
    whole = np.stack([decoded((images / file).read_bytes()) for file in faces["file"]])
    return _named(load_suggester(project, MINI_XCEPTION.card.name).predict(whole))


def _named(probabilities: NDArray[np.float64]) -> NDArray[np.str_]:
    named: NDArray[np.str_] = np.array(LABELS)[probabilities.argmax(axis=1)]
    return named


def scored(faces: pd.DataFrame, labels: str) -> Score:
    """Score both where there is a label."""
    some = faces[faces[labels].notna()]
    right = np.column_stack([some["ours"] == some[labels], some["rival"] == some[labels]])
    ahead = right[:, 0].astype(float) - right[:, 1]
    drawn = np.random.default_rng(0).integers(0, len(some), (RESAMPLES, len(some)))
    low, high = np.quantile(ahead[drawn].mean(axis=1), [0.025, 0.975])
    shares = [Proportion(int(hits), len(some)) for hits in right.sum(axis=0)]
    one, other = ((share.value, *share.interval) for share in shares)
    return Score(labels, len(some), one, other, (float(ahead.mean()), float(low), float(high)))


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("project", "fer", "out", "model"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--source", default=SOURCE)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    project = open_project(asked.project)
    faces = private_faces(project, asked.source)
    faces = with_labels(faces, asked.fer, asked.out / "votes_private.csv")
    faces["ours"] = ours(project, asked.model, faces)
    faces["rival"] = rivals(project, asked.out / "private", faces)
    parts = {"all": faces, "without a copy": faces[~faces["has_copy"]]}
    scores = {
        part: [scored(some, labels) for labels in ("fer2013", "most_of_ferplus", "half_of_ferplus")]
        for part, some in parts.items()
    }
    if asked.json:
        RESULTS.print_json(json.dumps({part: list(map(asdict, s)) for part, s in scores.items()}))
        return
    rows: list[list[object]] = [
        [
            part,
            score.labels,
            f"{score.faces:,}",
            *map(_said, (score.ours, score.rival, score.difference)),
        ]
        for part, some in scores.items()
        for score in some
    ]
    RESULTS.print(table(["faces", "labels", "number", "ours", "rival", "ours less rival"], rows))


def _said(value: tuple[float, float, float]) -> str:
    return "{:.3f} ({:.3f} to {:.3f})".format(*value)


if __name__ == "__main__":
    main()

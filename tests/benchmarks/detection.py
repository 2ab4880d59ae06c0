"""Which faces are found in which time: python -m tests.benchmarks.detection.

    python -m tests.benchmarks.detection ../shared/data/muxspace [--model FILE] [--json]

Three ways look at the same photos in turn: ours; YuNet once at a longest side of 640 px; the
paper's Haar cascade at full size. The photos are those of the folder, most of 350 px with
one head, and large ones composed of its heads (see `large_photos.py`), where it is known
which faces there are. A face is found where a box has its middle in the face's own and a
quarter to four times its area: Haar's boxes are tighter than YuNet's.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from curator.core.faces.detector import YuNetDetector
from curator.core.faces.face import Box
from curator.core.faces.yunet import YUNET_MIN_CONFIDENCE, detected_faces, scaled
from curator.core.faces.yunet_backends import OpenCvBackend, yuface_backend
from curator.steps.images.image_codec import NotAnImageError, decoded
from db.terminal import table
from tests.benchmarks.large_photos import Head, Pixels, head, large_photos

ONCE_PX = 640
SURE = 0.8
Way = Callable[[Pixels], list[Box]]


@dataclass
class Tally:
    """What one way found.

    Attributes:
        images: Images looked at.
        with_face: Those in which it found a face.
        boxes: Faces it found.
        seconds: Time it took.
        found: For each size of face how many it found.
        wrong: Boxes that are on no face, where it is known.
    """

    images: int = 0
    with_face: int = 0
    boxes: int = 0
    seconds: float = 0
    found: Counter[int] = field(default_factory=Counter)
    wrong: int = 0

    def figures(self, faces: Counter[int]) -> dict[str, Any]:
        """Tell the figures, with recall by size where the faces are known."""
        return {
            "images": self.images,
            "with_face": self.with_face,
            "faces_found": self.boxes,
            "ms_per_image": round(1000 * self.seconds / self.images, 1),
            "recall_by_size_px": {
                size: round(self.found[size] / faces[size], 3) for size in sorted(faces)
            },
            "wrong": self.wrong if faces else None,
        }


def ways(model: str) -> dict[str, Way]:
    """Make the three ways of looking."""
    ours = YuNetDetector(model)
    backend = OpenCvBackend(model) if model else yuface_backend()
    cascade = cv2.CascadeClassifier(
        import_module("cv2.data").haarcascades + "haarcascade_frontalface_default.xml"
    )

    def once(image: Pixels) -> list[Box]:
        copy = scaled(image, min(ONCE_PX, max(image.shape[:2])))
        found = backend(np.ascontiguousarray(copy[..., ::-1]), YUNET_MIN_CONFIDENCE)
        sizes = [(pixels.shape[1], pixels.shape[0]) for pixels in (copy, image)]
        return [seen.face.box_xyxy for seen in detected_faces(found, *sizes)]

    def haar(image: Pixels) -> list[Box]:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return [(x, y, x + w, y + h) for x, y, w, h in cascade.detectMultiScale(grey, 1.1, 5)]

    return {
        "ours": lambda image: [face.box_xyxy for face in ours.faces(image)],
        "YuNet once at 640 px": once,
        "Haar 1.1 / 5, full size": haar,
    }


def look(
    looks: dict[str, Way],
    tallies: dict[str, Tally],
    image: Pixels,
    faces: Iterable[tuple[int, Box]],
) -> None:
    """Look at one image in each way, one after the other, so that all meet the same load."""
    for name, way in looks.items():
        began = time.perf_counter()
        boxes = way(image)
        tally = tallies[name]
        tally.seconds += time.perf_counter() - began
        tally.images += 1
        tally.with_face += bool(boxes)
        tally.boxes += len(boxes)
        true = list(faces)
        tally.found.update(size for size, face in true if any(hits(box, face) for box in boxes))
        tally.wrong += sum(not any(hits(box, face) for _, face in true) for box in boxes)


def hits(box: Box, face: Box) -> bool:
    """Tell whether a box is on a face."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    is_inside = face[0] <= x <= face[2] and face[1] <= y <= face[3]
    return is_inside and 1 / 4 <= _area(box) / _area(face) <= 4


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def measure(photos: list[Pixels], model: str, composed: int) -> dict[str, Any]:
    """Measure the folder's photos and the composed ones."""
    looks = ways(model)
    small = {name: Tally() for name in looks}
    for photo in photos:
        look(looks, small, photo, ())
    large = {name: Tally() for name in looks}
    faces: Counter[int] = Counter()
    for number in large_photos(heads(photos, model), composed, seed=0):
        look(looks, large, number.pixels, number.faces)
        faces.update(size for size, _ in number.faces)
    return {
        "folder": {name: tally.figures(Counter()) for name, tally in small.items()},
        "composed": {name: tally.figures(faces) for name, tally in large.items()},
        "faces_by_size_px": dict(sorted(faces.items())),
    }


def heads(photos: list[Pixels], model: str, most: int = 300) -> list[Head]:
    """Cut out the heads of photos with one sure face."""
    detector = YuNetDetector(model)
    found = ((photo, detector.faces(photo)) for photo in photos if min(photo.shape[:2]) >= 300)
    sure = ((p, f[0]) for p, f in found if len(f) == 1 and f[0].confidence >= SURE)
    return [head(photo, face) for (photo, face), _ in zip(sure, range(most), strict=False)]


def read_photos(folder: Path, every: int) -> list[Pixels]:
    """Decode every n-th photo that can be."""
    photos = []
    for path in sorted((folder / "images").iterdir())[::every]:
        try:
            photos.append(decoded(path.read_bytes()))
        except NotAnImageError as error:
            sys.stderr.write(f"{path.name} {error}\n")
    return photos


def print_tables(found: dict[str, Any]) -> None:
    """Lay out the figures for people."""
    console = Console(width=150)
    head_row = ["way", "images", "with a face", "faces found", "ms an image"]
    for part in ("folder", "composed"):
        sizes = found["faces_by_size_px"] if part == "composed" else {}
        rows = [
            [name, f["images"], f["with_face"], f["faces_found"], f["ms_per_image"]]
            + [f"{f['recall_by_size_px'][size]:.2f}" for size in sizes]
            + ([f["wrong"]] if sizes else [])
            for name, f in found[part].items()
        ]
        names = [f"{size} px" for size in sizes] + (["on no face"] if sizes else [])
        console.print(f"{part}:")
        console.print(table(head_row + names, rows))


def main(asked: Namespace) -> None:
    """Measure and print."""
    # As in the workers of an import, each of which keeps to one core.
    os.environ["OMP_NUM_THREADS"] = "1"
    cv2.setNumThreads(1)
    found = measure(read_photos(asked.folder, asked.every), asked.model, asked.composed)
    if asked.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        print_tables(found)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/muxspace"))
    parser.add_argument("--model", default="", help="a model file; without it, yuface")
    parser.add_argument("--every", type=int, default=3, help="take every n-th photo")
    parser.add_argument("--composed", type=int, default=24, help="large photos to compose")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    main(parser.parse_args())

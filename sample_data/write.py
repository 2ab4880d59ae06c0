"""Write a set to disk: images one by one, the two tables beside them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2

from sample_data.annotators import LABEL_COLUMNS, label_rows
from sample_data.copies import PORTRAIT_JPEG, broken_file, jpeg, make_copy
from sample_data.places import draw_place
from sample_data.plan import Kind, Plan
from sample_data.portraits import draw_portrait
from sample_data.scenes import draw_scene
from sample_data.truth import TRUTH_COLUMNS, FaceTruth, truth_rows

FOLDER = "photos"
_SCENE_JPEG = 84
_BATCH = 8


@dataclass(frozen=True)
class Made:
    """One image as it goes to disk.

    Attributes:
        name: Of its file.
        content: Its bytes.
        truth: Its rows of `truth.csv`.
        labels: Its rows of `labels.csv`.
    """

    name: str
    content: bytes
    truth: list[tuple[str, ...]]
    labels: list[tuple[str, ...]]


def make_image(plan: Plan, index: int) -> Made:
    """Make the image at an index from 0; it depends on nothing made before it."""
    kind, number = plan.kind_and_number(index)
    name = plan.name(kind, number)
    match kind:
        case Kind.COPY:
            return _made_copy(plan, number)
        case Kind.BROKEN:
            return Made(name, broken_file(plan, number), truth_rows(name, kind.value, ()), [])
        case Kind.PORTRAIT:
            drawn, quality = draw_portrait(plan, number), PORTRAIT_JPEG
        case Kind.SCENE:
            drawn, quality = draw_scene(plan, number), _SCENE_JPEG
        case Kind.PLACE:
            drawn, quality = draw_place(plan, number), _SCENE_JPEG
    labels = [] if kind is not Kind.PORTRAIT else _said(plan, kind, number, drawn.faces[0])
    truth = truth_rows(name, kind.value, drawn.faces)
    return Made(name, jpeg(drawn.picture, quality), truth, labels)


def _made_copy(plan: Plan, number: int) -> Made:
    """Make a copy with its origin in the table."""
    copy, name = make_copy(plan, number), plan.name(Kind.COPY, number)
    truth = truth_rows(name, Kind.COPY.value, (copy.face,), copy.origin, copy.kind.value)
    return Made(name, copy.content, truth, _said(plan, Kind.COPY, number, copy.face))


def _said(plan: Plan, kind: Kind, number: int, face: FaceTruth) -> list[tuple[str, ...]]:
    """Give what is said of an image: who labelled it how, and whom it shows.

    An image that nobody labelled has one row, which tells its subject.
    """
    rows = label_rows(plan, kind, number, face.label) or [(plan.name(kind, number), "", "")]
    return [(*row, face.subject) for row in rows]


def _prepare_worker() -> None:
    """Keep OpenCV to one thread: the workers already share the cores."""
    cv2.setNumThreads(1)


@contextmanager
def _made_images(plan: Plan, workers: int) -> Iterator[Iterator[Made]]:
    """Make all images in order, in this process or in several."""
    make = partial(make_image, plan)
    if workers == 1:
        yield map(make, range(plan.images))
        return
    # a fresh interpreter each: OpenCV's threads do not survive a fork
    with get_context("spawn").Pool(workers, _prepare_worker) as pool:
        yield pool.imap(make, range(plan.images), _BATCH)


def write_set(plan: Plan, out: Path, workers: int = 1) -> None:
    """Write images to `out/photos`, and `truth.csv` and `labels.csv` to `out`.

    The bytes depend on the plan alone, not on the number of workers. One image at a time
    is held, so that a set may be as large as the disk. Files of the same name are
    overwritten.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (out / "truth.csv").open("w", newline="", encoding="utf-8") as truth_file,
        (out / "labels.csv").open("w", newline="", encoding="utf-8") as labels_file,
        _made_images(plan, workers) as images,
    ):
        truth = csv.writer(truth_file, lineterminator="\n")
        labels = csv.writer(labels_file, lineterminator="\n")
        truth.writerow(TRUTH_COLUMNS)
        labels.writerow((*LABEL_COLUMNS, "subject"))
        for image in images:
            (folder / image.name).write_bytes(image.content)
            truth.writerows(image.truth)
            labels.writerows(image.labels)

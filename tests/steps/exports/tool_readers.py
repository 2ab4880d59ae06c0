"""Read the formats that are made for other tools by those tools themselves."""

import contextlib
import io
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import datasets
import mlcroissant
import numpy as np
from pycocotools.coco import COCO
from webdataset.autodecode import Decoder, basichandlers
from webdataset.tariterators import group_by_keys, tar_file_expander

from db.labels import SPLITS
from tests.steps.exports.readers import LABELS, Back, Reader, pixels_of, soft_of

datasets.config.HF_HUB_OFFLINE = True
datasets.disable_progress_bars()


def read_hugging_face(folder: Path) -> dict[int, Back]:
    with tempfile.TemporaryDirectory() as cache:
        opened = datasets.load_dataset(str(folder), cache_dir=cache)
        names = {split: rows.features["label"].names for split, rows in opened.items()}
        assert names == dict.fromkeys(SPLITS, LABELS)
        return {
            row["face_id"]: Back(
                names[split][row["label"]], split, np.asarray(row["image"]), soft_of(row)
            )
            for split, rows in opened.items()
            for row in rows
        }


def read_web_dataset(folder: Path) -> dict[int, Back]:
    labels = (folder / "labels.txt").read_text().split()
    return {
        int(sample["__key__"]): Back(
            labels[sample["cls"]],
            Path(sample["__url__"]).name.partition("-")[0],
            pixels_of(sample["png"]),
            tuple(sample["json"]["soft"]) if "soft" in sample["json"] else None,
        )
        for sample in _samples(sorted(folder.glob("*.tar")))
    }


def _samples(shards: list[Path]) -> Iterator[dict[str, Any]]:
    decoder = Decoder([basichandlers])
    for shard in shards:
        with shard.open("rb") as stream:  # the library's own opener leaves files open
            opened = [{"url": str(shard), "stream": stream}]
            for sample in group_by_keys(tar_file_expander(opened)):
                yield decoder(sample)


def read_coco(folder: Path) -> dict[int, Back]:
    return {
        face["id"]: Back(
            found.loadCats(face["category_id"])[0]["name"],
            split,
            None,
            soft_of(face["attributes"]),
        )
        for split in SPLITS
        for found in [opened_coco(folder / "annotations" / f"{split}.json")]
        for face in found.loadAnns(found.getAnnIds())
        if (folder / "images" / image_of(found, face)["file_name"]).is_file()
    }


def read_croissant(folder: Path) -> dict[int, Back]:
    with warnings.catch_warnings():  # what it uses of another library is on its way out
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        described = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    issues = described.metadata.ctx.issues
    assert not issues.errors
    assert not issues.warnings
    rows = (
        {name.removeprefix("faces/"): value for name, value in row.items()}
        for row in described.records("faces")
    )
    return {
        row["face_id"]: Back(
            row["label"].decode(), row["split"].decode(), np.asarray(row["image"]), soft_of(row)
        )
        for row in rows
    }


def opened_coco(path: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def image_of(found: COCO, face: Mapping[str, Any]) -> dict[str, Any]:
    (image,) = found.loadImgs(face["image_id"])
    return dict(image)


TOOL_READERS: dict[str, Reader] = {
    "huggingface": read_hugging_face,
    "webdataset": read_web_dataset,
    "coco": read_coco,
    "croissant": read_croissant,
}

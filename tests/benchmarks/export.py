"""How long a snapshot takes to go out in each format, beside what one writes instead.

    python -m tests.benchmarks.export [--faces 100000] [--formats folders,zip] [--json]

A snapshot of drawn faces is made: distinct 75 x 75 crops, three in four in grey. Each way then
takes it out in a process of its own, from reading the manifest to the last byte; ours also
compares each crop with its hash, and flushes all to disk before the export gets its name.
Peak memory is that of the whole process with its libraries; where it hardly differs from that of
a tenth of the faces, it does not grow with them. The rivals write the same pixels:

- folders, csv: a loop of `shutil.copy2`;
- zip (of folders): a loop of `zipfile.ZipFile.write`;
- parquet: Hugging Face `datasets`, `Dataset.from_dict`, the files embedded, `to_parquet`;
- fer2013: a loop with OpenCV, and `csv.writer`;
- npz: all pixels in one array a split, `np.savez`;
- tfrecord: `tf.io.TFRecordWriter` with `tf.train.Example`;
- webdataset: `webdataset.ShardWriter`.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from curator.steps.exports.export_snapshot import export_folder, export_zip
from curator.steps.exports.exported_file import ExportChoices
from curator.steps.exports.formats import FORMATS
from curator.steps.exports.open_export import open_export
from db.jobs.progress import finished
from db.labels import SPLITS
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from db.terminal import table
from tests.steps.exports.drawn import LABELS, drawn_snapshot

ZIP = "zip"
QUIET = {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
Way = Callable[[Snapshot, Path], None]


def ours(name: str, snapshot: Snapshot, out: Path) -> None:
    """Take it out as the command does."""
    export = open_export(snapshot, ExportChoices(), None)
    if name == ZIP:
        finished(export_zip(export, "folders", out / "drawn.zip"))
    else:
        finished(export_folder(export, name, out / name))


def copied(snapshot: Snapshot, out: Path) -> None:
    """Copy the crops to folders by label."""
    for face_id, label, split, crop in _rows(snapshot):
        folder = out / split / label
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(crop, folder / f"{face_id}.png")


def zipped(snapshot: Snapshot, out: Path) -> None:
    """Write the crops into a zip by label."""
    with zipfile.ZipFile(out / "drawn.zip", "w") as archive:
        for face_id, label, split, crop in _rows(snapshot):
            archive.write(crop, f"{split}/{label}/{face_id}.png")


def hugging_face_parquet(snapshot: Snapshot, out: Path) -> None:
    """Write a Parquet file a split with the library `datasets`."""
    datasets = import_module("datasets")
    embedded = import_module("datasets.table").embed_table_storage
    told = {"image": datasets.Image(), "label": datasets.ClassLabel(names=LABELS)}
    for split in SPLITS:
        rows = _rows(snapshot, split)
        columns = {"image": [str(row[3]) for row in rows], "label": [row[1] for row in rows]}
        made = datasets.Dataset.from_dict(columns, features=datasets.Features(told))
        whole = made.with_format("arrow").map(embedded, batched=True, batch_size=1000)
        whole.with_format(None).to_parquet(out / f"{split}.parquet")


def challenge_csv(snapshot: Snapshot, out: Path) -> None:
    """Write 48 x 48 grey levels as text."""
    with (out / "fer2013.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for _, label, split, path in _rows(snapshot):
            crop = cv2.resize(_read(path, cv2.IMREAD_GRAYSCALE), (48, 48))
            levels = " ".join(map(str, crop.ravel().tolist()))
            writer.writerow([LABELS.index(label), levels, split])


def arrays(snapshot: Snapshot, out: Path) -> None:
    """Hold all pixels and save them."""
    held: dict[str, Any] = {}
    for split in SPLITS:
        rows = _rows(snapshot, split)
        held[f"x_{split}"] = np.stack([_read(row[3], cv2.IMREAD_COLOR)[..., ::-1] for row in rows])
        held[f"y_{split}"] = np.array([LABELS.index(row[1]) for row in rows])
    np.savez(out / "faces.npz", **held)


def _read(path: Path, how: int) -> np.ndarray:
    pixels = cv2.imread(str(path), how)
    assert pixels is not None
    return pixels


def tensorflow_records(snapshot: Snapshot, out: Path) -> None:
    """Write a TFRecord file a split with TensorFlow."""
    tf = import_module("tensorflow")
    for split in SPLITS:
        with tf.io.TFRecordWriter(str(out / f"{split}.tfrecord")) as writer:
            for _, label, _, path in _rows(snapshot, split):
                image = tf.train.BytesList(value=[path.read_bytes()])
                number = tf.train.Int64List(value=[LABELS.index(label)])
                feature = {
                    "image": tf.train.Feature(bytes_list=image),
                    "label": tf.train.Feature(int64_list=number),
                }
                example = tf.train.Example(features=tf.train.Features(feature=feature))
                writer.write(example.SerializeToString())


def web_dataset(snapshot: Snapshot, out: Path) -> None:
    """Write shards with the library `webdataset`."""
    shards = import_module("webdataset").ShardWriter
    for split in SPLITS:
        with shards(str(out / f"{split}-%06d.tar"), maxcount=10_000, verbose=0) as writer:
            for face_id, label, _, path in _rows(snapshot, split):
                number = LABELS.index(label)
                writer.write({"__key__": str(face_id), "png": path.read_bytes(), "cls": number})


def _rows(snapshot: Snapshot, *splits: str) -> list[tuple[int, str, str, Path]]:
    """List the faces of some splits, or of all: id, label, split and crop."""
    faces = snapshot.faces[snapshot.faces["split"].isin(splits or SPLITS)]
    columns = (faces[name] for name in ("face_id", "label", "split", "crop_sha256"))
    return [(*row, snapshot.crop_path(name)) for *row, name in zip(*columns, strict=True)]


RIVALS: dict[str, tuple[str, Way, str]] = {
    "folders": ("copy2", copied, "shutil"),
    "csv": ("copy2", copied, "shutil"),
    ZIP: ("zipfile", zipped, "zipfile"),
    "parquet": ("datasets", hugging_face_parquet, "datasets"),
    "fer2013": ("csv.writer", challenge_csv, "csv"),
    "npz": ("np.savez", arrays, "numpy"),
    "tfrecord": ("TFRecordWriter", tensorflow_records, "tensorflow"),
    "webdataset": ("ShardWriter", web_dataset, "webdataset"),
}
"""By format: the rival's name, what it does, and the module that it needs."""


def measured(way: str, name: str, snapshot: Path) -> dict[str, float]:
    """Run one way in a process of its own."""
    os.sync()  # so that nobody has to flush what was written before
    with tempfile.TemporaryDirectory(dir=snapshot.parent) as out:
        command = [sys.executable, "-m", "tests.benchmarks.export", "--way", way, "--formats", name]
        run = subprocess.run(
            [*command, str(snapshot), out],
            check=True,
            stdout=subprocess.PIPE,
            env=os.environ | QUIET,
        )
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def run_way(way: str, name: str, folder: Path, out: Path) -> dict[str, float]:
    """Take a snapshot out and tell the seconds and the peak memory."""
    rival = RIVALS[name] if way == "rival" else None
    if rival is not None:
        import_module(rival[2])  # its loading is not measured, as ours is not
    began = time.perf_counter()
    snapshot = read_snapshot(folder)
    if rival is None:
        ours(name, snapshot, out)
    else:
        rival[1](snapshot, out)
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 2), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    # Not `ru_maxrss`, which a process takes over from the one that starts it.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def measure(folder: Path, faces: int, names: list[str]) -> dict[str, Any]:
    """Measure every format that is asked for."""
    for size in (faces // 10, faces):
        drawn_snapshot(folder / f"{size}@1", size)
    rows = {name: _row(folder, name, faces) for name in names}
    return {
        "faces": faces,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "formats": rows,
    }


def _row(folder: Path, name: str, faces: int) -> dict[str, Any]:
    small = measured("ours", name, folder / f"{faces // 10}@1")
    found = measured("ours", name, folder / f"{faces}@1")
    row: dict[str, Any] = {**found, "faces_a_second": round(faces / found["seconds"])}
    row["peak_mb_of_a_tenth"] = small["peak_mb"]
    if name in RIVALS and find_spec(RIVALS[name][2]) is not None:
        rival = measured("rival", name, folder / f"{faces}@1")
        ratio = round(rival["seconds"] / found["seconds"], 1)
        row |= {"rival": RIVALS[name][0], "rival_seconds": rival["seconds"], "times_ours": ratio}
        row["rival_peak_mb"] = rival["peak_mb"]
    return row


COLUMN_NAMES = {
    "seconds": "seconds",
    "faces_a_second": "faces/s",
    "peak_mb": "peak MB",
    "peak_mb_of_a_tenth": "of a tenth",
    "rival": "rival",
    "rival_seconds": "its seconds",
    "rival_peak_mb": "its peak MB",
    "times_ours": "times ours",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--formats", default=",".join(["folders", ZIP, *list(FORMATS)[1:]]))
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    parser.add_argument("--way", choices=["ours", "rival"], help=argparse.SUPPRESS)
    parser.add_argument("paths", type=Path, nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        sys.stdout.write(json.dumps(run_way(asked.way, asked.formats, *asked.paths)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), asked.faces, asked.formats.split(","))
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found))
        return
    rows: list[list[object]] = [
        [name, *(row.get(key, "") for key in COLUMN_NAMES)]
        for name, row in found["formats"].items()
    ]
    console = Console(width=120)
    console.print(f"{found['faces']:,} faces, {found['cores']} cores, load {found['load']}")
    console.print(table(["format", *COLUMN_NAMES.values()], rows))


if __name__ == "__main__":
    main()

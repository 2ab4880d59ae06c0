"""How many faces a second a net learns and describes, and how long the classifiers take.

    python -m tests.benchmarks.training [--nets MiniResNet,ResNet50] [--faces 1024]
        [--rounds 3] [--classifiers-on 9775] [--json]

Nets: the rival is a bare loop over the same Keras model, `train_on_batch` and
`predict_on_batch`, with the same faces already in memory and in the same mini-batches. Ours is
what a run does: shuffled faces in parts that can be stopped, and a word on how far it is;
scoring on validation faces and checkpoints are left out. Rounds of ours and of the rival take
turns, each net warmed up by one of either before; the ratio is the median over rounds.

Classifiers: each is fitted on four fifths of made features of 1,024 numbers and scores all of
them, as a cell of a run does, with its files written.
"""

import argparse
import json
import math
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from db.labels import SPLITS
from db.run_folder.run_files import NetFiles
from db.terminal import MESSAGES, table
from trainer.backend import device_here, keras
from trainer.classifiers import CLASSIFIERS
from trainer.data.loading import LABELS, Faces
from trainer.nets import CROP_SIZE_PX, NETS
from trainer.presets import PRESETS, Preset
from trainer.runs.cells import fitted_cell
from trainer.training.epochs import Training, go_on, new_training
from trainer.training.features import PREDICT_BATCH_SIZE, NetOutputs, net_outputs

FEATURES = 1_024
SEPARATION = 0.15
"""How far apart the labels lie among made features, in their deviations; about as hard to tell
as expressions are."""


def made_faces(count: int, side_px: int, rng: np.random.Generator) -> Faces:
    """Make faces of noise, in turn of each label."""
    return Faces(
        crops=rng.integers(0, 256, (count, side_px, side_px, 3), dtype=np.uint8),
        classes=np.arange(count) % len(LABELS),
        units=np.arange(count).astype(str),
        face_ids=np.arange(count),
        votes=np.zeros((count, len(LABELS)), dtype=np.int64),
    )


def timed_net(net: str, preset: Preset, faces: Faces, rounds: int) -> dict[str, Any]:
    """Time a net in both phases beside the bare loop, in faces a second."""
    with tempfile.TemporaryDirectory() as scratch:
        training = new_training(net, preset, 0, NetFiles(Path(scratch)))
        one_of_each = made_faces(len(LABELS), CROP_SIZE_PX, np.random.default_rng(1))
        reached = go_on(training, {"train": faces, "validation": one_of_each}, ())
        learned = []
        for _ in range(rounds + 1):
            ours = _ours_learned(reached, faces, preset.batch_size)
            learned.append((ours, _bare_learned(training, faces)))
        described = [
            (_per_second(faces, _ours_described, training), _bare_described(training, faces))
            for _ in range(rounds + 1)
        ]
    return {"net": net, "train": _compared(learned[1:]), "features": _compared(described[1:])}


def _compared(rounds: list[tuple[float, float]]) -> dict[str, float]:
    ours, bare = zip(*rounds, strict=True)
    return {
        "ours": median(ours),
        "bare": median(bare),
        "ratio": median(one / other for one, other in rounds),
    }


def _ours_learned(reached: Any, faces: Faces, batch_size: int) -> float:
    started_at = time.perf_counter()
    while next(reached).share:
        pass
    seconds = time.perf_counter() - started_at
    return (len(faces) - len(faces) % batch_size) / seconds


def _bare_learned(training: Training, faces: Faces) -> float:
    size = training.preset.batch_size
    targets = np.eye(len(LABELS), dtype=np.float32)[faces.classes]
    starts = range(0, len(faces) - size + 1, size)
    started_at = time.perf_counter()
    for start in starts:
        part = slice(start, start + size)
        training.learner.train_on_batch(faces.crops[part], targets[part])
    return len(starts) * size / (time.perf_counter() - started_at)


def _ours_described(training: Training, faces: Faces) -> NDArray[np.float32]:
    return net_outputs(training.net, faces.crops).features


def _per_second(faces: Faces, what: Any, training: Training) -> float:
    started_at = time.perf_counter()
    what(training, faces)
    return len(faces) / (time.perf_counter() - started_at)


def _bare_described(training: Training, faces: Faces) -> float:
    started_at = time.perf_counter()
    for start in range(0, len(faces), PREDICT_BATCH_SIZE):
        training.net.predict_on_batch(faces.crops[start : start + PREDICT_BATCH_SIZE])
    return len(faces) / (time.perf_counter() - started_at)


def timed_classifiers(count: int) -> dict[str, float]:
    """Fit and score each classifier on made features, in seconds."""
    rng = np.random.default_rng(0)
    faces = {
        split: made_faces(size, 1, rng) for split, size in zip(SPLITS, _sizes(count), strict=True)
    }
    middles = SEPARATION * rng.normal(size=(len(LABELS), FEATURES))
    outputs = {}
    for split, some in faces.items():
        features = middles[some.classes] + rng.normal(size=(len(some), FEATURES))
        closeness = features @ middles.T / FEATURES
        shares = np.exp(closeness) / np.exp(closeness).sum(axis=1, keepdims=True)
        outputs[split] = NetOutputs(features.astype(np.float32), shares.astype(np.float32))
    seconds = {}
    with tempfile.TemporaryDirectory() as scratch:
        files = NetFiles(Path(scratch))
        for name in CLASSIFIERS:
            started_at = time.perf_counter()
            fitted_cell(files, name, faces, outputs, 0)
            seconds[name] = time.perf_counter() - started_at
    return seconds


def _sizes(count: int) -> tuple[int, int, int]:
    """Share faces out to training, validation and test, 8 to 1 to 1."""
    tenth = count // 10
    return count - 2 * tenth, tenth, tenth


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nets", default="MiniResNet,MobileNetV3,ResNet50")
    parser.add_argument("--faces", type=int, default=1_024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--classifiers-on", type=int, default=9_775)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    names = list(NETS) if asked.nets == "all" else asked.nets.split(",")
    preset = replace(PRESETS["paper"].changed(epochs=asked.rounds + 1), checkpoint_seconds=math.inf)
    faces = made_faces(asked.faces, CROP_SIZE_PX, np.random.default_rng(0))
    nets = []
    for net in names:  # the deep ones take minutes: none waits for the last to be told
        nets.append(timed_net(net, preset, faces, asked.rounds))
        MESSAGES.print_json(json.dumps(nets[-1]), indent=None)
    classifiers = timed_classifiers(asked.classifiers_on)
    if asked.json:
        Console().print_json(json.dumps({"nets": nets, "classifiers": classifiers}))
    else:
        show(nets, classifiers)


def show(nets: list[dict[str, Any]], classifiers: dict[str, float]) -> None:
    """Print the tables."""
    console = Console()
    console.print(f"{device_here('float32')}, Keras on {keras.backend.backend()}; faces a second")
    rows: list[list[object]] = [
        [
            timed["net"],
            *(
                f"{timed[phase][who]:.2f}" if who == "ratio" else f"{timed[phase][who]:,.1f}"
                for phase in ("train", "features")
                for who in ("ours", "bare", "ratio")
            ),
        ]
        for timed in nets
    ]
    headings = ["net", "learned", "bare loop", "ratio", "described", "bare loop", "ratio"]
    console.print(table(headings, rows))
    spent = {**classifiers, "all": sum(classifiers.values())}
    times: list[list[object]] = [[name, f"{seconds:.1f}"] for name, seconds in spent.items()]
    console.print(table(["classifier", "seconds"], times))


if __name__ == "__main__":
    main()
